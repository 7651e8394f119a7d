"""What a clause or an exemption may not say: each fault at its line and column, with the way out."""

from collections.abc import Callable

import pytest

CASES = {
    "key misspelt": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severitty: moderate")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:1: The key 'severity' is missing.",
            "pool-tickets/clauses/POOL-SELL.yaml:11:1: Unknown key 'severitty'. Did you mean 'severity'?",
        ],
    ),
    "key nobody knows": (
        {"clauses/POOL-SELL.yaml": ("kinds:", "zzz: 1\nkinds:")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:15:1: Unknown key 'zzz'. Known here: aggravate, detection, dsa, enabled, examples, exemptions, fast_track, id, item, kinds, level, measures, mitigate, name, never_ban, order, raises_band, reading, rectify, requires, role, rule, severity, stance_rules, stances, strong, subject, weak, window.",
        ],
    ),
    "key missing": (
        {"clauses/POOL-SELL.yaml": ("measures: [warn, order, label, remove, restrict, suspend, ban]\n", "")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:1: The key 'measures' is missing.",
        ],
    ),
    "severity misspelt": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: moderat")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:11:11: 'moderat' is no severity. Did you mean 'moderate'?",
        ],
    ),
    "stance misspelt": (
        {"clauses/POOL-SELL.yaml": ("stances: [offers, facilitates]", "stances: [offers, facilitate]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:14:19: 'facilitate' is no stance that can violate. Did you mean 'facilitates'?",
        ],
    ),
    "stance that cannot violate": (
        {"clauses/POOL-SELL.yaml": ("stances: [offers, facilitates]", "stances: [offers, reports]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:14:19: 'reports' is no stance that can violate. Known: offers, facilitates, promotes.",
        ],
    ),
    "no stance": (
        {"clauses/POOL-SELL.yaml": ("stances: [offers, facilitates]", "stances: []")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:14:10: stances: expected at least one stance that can violate, got none.",
        ],
    ),
    "stance twice": (
        {"clauses/POOL-SELL.yaml": ("stances: [offers, facilitates]", "stances: [offers, offers]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:14:19: 'offers' stands here twice.",
        ],
    ),
    "signal misspelt": (
        {"clauses/POOL-SELL.yaml": ("weak: term.ticket", "weak: term.tickt")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:18:7: weak: There is no signal 'term.tickt'. Did you mean 'term.ticket'?",
        ],
    ),
    "signal misspelt inside quotes": (
        {"clauses/POOL-SELL.yaml": ("weak: term.ticket", 'weak: "contact or term.tickt"')},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:18:19: weak: There is no signal 'term.tickt'. Did you mean 'term.ticket'?",
        ],
    ),
    "signal misspelt in folded text": (
        {"clauses/POOL-SELL.yaml": ("weak: term.ticket", "weak: >\n  contact or\n  term.tickt")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:18:7: weak: There is no signal 'term.tickt'. Did you mean 'term.ticket'?",
        ],
    ),
    "text clause without a condition": (
        {
            "clauses/POOL-SELL.yaml": (
                "item: term.ticket and (contact or price.fiat or link.resale)\nstrong: near(term.ticket, contact, 30)\nweak: term.ticket\n",
                "",
            )
        },
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:1: A clause detected in text needs a condition: item, strong or weak.",
        ],
    ),
    "facts clause with conditions": (
        {
            "clauses/POOL-RING.yaml": (
                "level: subject",
                "level: subject\nitem: contact\nsubject: hits >= 2\nwindow: 30d",
            )
        },
        [
            "pool-tickets/clauses/POOL-RING.yaml:12:7: item: detection is facts, so no condition may decide it. Leave it out.",
            "pool-tickets/clauses/POOL-RING.yaml:13:10: subject: detection is facts, so no condition may decide it. Leave it out.",
            "pool-tickets/clauses/POOL-RING.yaml:14:9: window: detection is facts, so no condition may decide it. Leave it out.",
        ],
    ),
    "window without a subject condition": (
        {"clauses/POOL-SELL.yaml": ("subject: items >= 3 or strong >= 2\n", "")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:19:9: window: does nothing without a subject condition. Write one, or leave it out.",
        ],
    ),
    "near in a subject condition": (
        {"clauses/POOL-SELL.yaml": ("items >= 3 or strong >= 2", "near(items, hits, 3)")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:20:10: subject: near compares places in one text; a window has none.",
        ],
    ),
    "text signal in a subject condition": (
        {"clauses/POOL-SELL.yaml": ("items >= 3 or strong >= 2", "contact")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:20:10: subject: There is no signal 'contact'.",
        ],
    ),
    "too few examples of a language": (
        {
            "clauses/POOL-SELL.yaml": (
                '  - {id: ok-en-3, lang: en, expect: allowed, text: "Where can I buy a pool ticket?"}\n',
                "",
            )
        },
        [
            "pool-tickets/clauses/POOL-SELL.yaml:33:3: examples: expected at least 3 en examples that say allowed, got 2.",
        ],
    ),
    "too few examples of a facts clause": (
        {
            "clauses/POOL-RING.yaml": (
                '  - {id: ring-1, lang: en, expect: violates, text: "Three accounts, one bank account.", facts: {ring.established: true}}\n',
                "",
            )
        },
        [
            "pool-tickets/clauses/POOL-RING.yaml:15:3: examples: expected at least 3 examples that say violates, got 2.",
        ],
    ),
    "exemption misspelt": (
        {"clauses/POOL-SELL.yaml": ("[X-POOL-NEWS, X-POOL-SWAP]", "[X-POOL-NEW, X-POOL-SWAP]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:23:14: 'X-POOL-NEW' is no exemption of this pack. Did you mean 'X-POOL-NEWS'?",
            "pool-tickets/clauses/POOL-SELL.yaml:49:5: Example 'ok-en-2': the clause does not name the exemption X-POOL-NEWS.",
        ],
    ),
    "exemption kept for another clause": (
        {"exemptions/X-POOL-SWAP.yaml": ("[POOL-SELL]", "[POOL-RING]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:23:27: The exemption X-POOL-SWAP is only for POOL-RING.",
        ],
    ),
    "exemption for an unknown clause": (
        {"exemptions/X-POOL-SWAP.yaml": ("[POOL-SELL]", "[POOL-SEL]")},
        [
            "pool-tickets/exemptions/X-POOL-SWAP.yaml:6:11: 'POOL-SEL' is no clause of this pack. Did you mean 'POOL-SELL'?",
        ],
    ),
    "exemption without a test": (
        {"exemptions/X-POOL-SWAP.yaml": "id: X-POOL-SWAP\nname: {zh: a, en: b}\nreading: {zh: a, en: b}\n"},
        [
            "pool-tickets/exemptions/X-POOL-SWAP.yaml:1:1: An exemption without tests or required facts would excuse everything. Write some, or say manual: true where only a person can tell.",
        ],
    ),
    "exemption for people, with a test": (
        {"exemptions/X-POOL-SWAP.yaml": ("tests:", "manual: true\ntests:")},
        [
            "pool-tickets/exemptions/X-POOL-SWAP.yaml:4:9: manual: a person decides this exemption, so no test or fact may. Leave them out.",
        ],
    ),
    "facts clause without facts": (
        {"clauses/POOL-RING.yaml": ("requires: [ring.established]\n", "")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:1:1: A clause detected by facts needs requires: the account facts that decide it. Name them, or say detection: manual.",
        ],
    ),
    "facts clause with a role": (
        {"clauses/POOL-RING.yaml": ("level: subject", "level: subject\nrole: legal")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:12:7: role: only a clause that people decide can ask for a role. Leave it out.",
        ],
    ),
    "text clause with a role": (
        {"clauses/POOL-SELL.yaml": ("kinds:", "role: legal\nkinds:")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:15:7: role: only a clause that people decide can ask for a role. Leave it out.",
        ],
    ),
    "facts clause about items": (
        {"clauses/POOL-RING.yaml": ("level: subject", "level: item")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:11:8: level: facts are of the account, not of an item. Write subject.",
        ],
    ),
    "manual clause with facts": (
        {"clauses/POOL-RING.yaml": ("detection: facts", "detection: manual")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:21:11: requires: people decide this clause, so no fact does. Leave it out.",
        ],
    ),
    "facts clause with a stance rule": (
        {
            "clauses/POOL-RING.yaml": (
                "level: subject",
                "level: subject\nstance_rules: [{stance: offers, when: contact}]",
            )
        },
        [
            "pool-tickets/clauses/POOL-RING.yaml:12:15: stance_rules: detection is facts, so no condition may decide it. Leave it out.",
        ],
    ),
    "exemption with two tests of one id": (
        {
            "exemptions/X-POOL-SWAP.yaml": (
                "tests:\n",
                "tests:\n  - {id: swap, name: {zh: a, en: b}, when: contact}\n",
            )
        },
        [
            "pool-tickets/exemptions/X-POOL-SWAP.yaml:5:3: tests: each needs an id of its own, got swap, swap.",
        ],
    ),
    "measure misspelt": (
        {"clauses/POOL-SELL.yaml": ("measures: [warn,", "measures: [warnn,")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:24:12: 'warnn' is no measure. Did you mean 'warn'?",
        ],
    ),
    "never_ban beside ban": (
        {"clauses/POOL-SELL.yaml": ("examples:", "never_ban: true\nexamples:")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:32:12: never_ban: the measures allow ban. Take one of the two away.",
        ],
    ),
    "fast track without ban": (
        {"clauses/POOL-RING.yaml": ("suspend, ban]", "suspend]")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:13:13: fast_track: leads straight to a ban proposal, but ban is not a measure here.",
        ],
    ),
    "id is not the file name": (
        {"clauses/POOL-SELL.yaml": ("id: POOL-SELL", "id: POOL-SALE")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:5: id: the file is named 'POOL-SELL', the id is 'POOL-SALE'. They must be the same.",
        ],
    ),
    "id with a space": (
        {"clauses/POOL-SELL.yaml": ("id: POOL-SELL", 'id: "POOL SELL"')},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:5: id: expected letters, digits, '_', '.' or '-', at most 64, got 'POOL SELL'.",
        ],
    ),
    "sentence in one language only": (
        {
            "clauses/POOL-SELL.yaml": (
                'name: {zh: "转卖泳池票", en: "Reselling pool tickets"}',
                'name: {zh: "转卖泳池票"}',
            )
        },
        [
            "pool-tickets/clauses/POOL-SELL.yaml:2:7: name: there is no en text. Every language of the pack needs one.",
        ],
    ),
    "sentence without languages": (
        {"clauses/POOL-SELL.yaml": ('name: {zh: "转卖泳池票", en: "Reselling pool tickets"}', 'name: "x"')},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:2:7: name: expected zh: ..., en: ..., got 'x'.",
        ],
    ),
    "sentence in a language that is none": (
        {"clauses/POOL-SELL.yaml": ('name: {zh: "转卖泳池票", en:', 'name: {zh: "转卖泳池票", English:')},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:2:7: name: there is no en text. Every language of the pack needs one.",
            "pool-tickets/clauses/POOL-SELL.yaml:2:21: name: 'English' is no language such as zh or en.",
        ],
    ),
    "rule without its translation": (
        {"clauses/POOL-SELL.yaml": ('  translation: {en: "Pool tickets may not be resold."}\n', "")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:4:3: The key 'translation' is missing.",
        ],
    ),
    "rule without its source": (
        {
            "clauses/POOL-SELL.yaml": (
                '  source: {instrument: "House rules of the pool", article: "4", date: 2024-12-01}\n',
                "",
            )
        },
        [
            "pool-tickets/clauses/POOL-SELL.yaml:4:3: The key 'source' is missing.",
        ],
    ),
    "rule missing": (
        {
            "clauses/POOL-RING.yaml": (
                'rule:\n  text: Nobody may run a trade in pool tickets.\n  lang: en\n  source: {instrument: "House rules of the pool", article: "5"}\n  translation: {zh: "任何人不得经营泳池票买卖。"}\n',
                "",
            )
        },
        [
            "pool-tickets/clauses/POOL-RING.yaml:1:1: The key 'rule' is missing.",
        ],
    ),
    "rule in a language that is none": (
        {"clauses/POOL-RING.yaml": ("  lang: en\n  source", "  lang: English\n  source")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:5:9: lang: 'English' is no language such as zh or en.",
            "pool-tickets/clauses/POOL-RING.yaml:7:16: translation: there is no en text. Every language of the pack needs one.",
        ],
    ),
    "source with an impossible date": (
        {"clauses/POOL-SELL.yaml": ("date: 2024-12-01", "date: 2024-13-01")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:6:71: date: expected a date such as 2022-06-20, got '2024-13-01'.",
        ],
    ),
    "factor with a signal and a fact": (
        {"clauses/POOL-SELL.yaml": ("signal: amount.large", "signal: amount.large, fact: repeat")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:26:5: Expected one of signal and fact, and not both.",
        ],
    ),
    "factor with an unknown signal": (
        {"clauses/POOL-SELL.yaml": ("signal: amount.large", "signal: amount.larg")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:26:76: 'amount.larg' is no signal. Did you mean 'amount.large'?",
        ],
    ),
    "factor with the wrong sign": (
        {"clauses/POOL-SELL.yaml": ("points: -15", "points: 15")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:29:27: points: expected a whole number from -100 to -1, got the number 15.",
        ],
    ),
    "factor twice": (
        {"clauses/POOL-SELL.yaml": ("id: again", "id: many")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:27:10: 'many' stands in aggravate twice.",
        ],
    ),
    "factor with an unknown fact": (
        {"clauses/POOL-SELL.yaml": ("fact: repeat", "fact: repeated")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:27:69: 'repeated' is no fact casework establishes. Did you mean 'repeat'?",
        ],
    ),
    "word outside the DSA schema": (
        {"clauses/POOL-SELL.yaml": ("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "other")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:30:17: category: expected a name of the DSA's schema in capitals, got 'other'.",
        ],
    ),
    "two examples of one id": (
        {"clauses/POOL-SELL.yaml": ("id: ok-zh-2", "id: ok-zh-1")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:46:10: There is another example 'ok-zh-1' in this clause.",
        ],
    ),
    "example at no time": (
        {"clauses/POOL-SELL.yaml": ("at: 2025-07-01T09:00}", "at: 2025-07-91}")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:43:72: at: Expected a time such as 2026-11-20T09:00:00+08:00, got '2025-07-91'.",
        ],
    ),
    "example at a number": (
        {"clauses/POOL-SELL.yaml": ("at: 2025-07-01T09:00}", "at: 2025}")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:43:72: at: expected text, got the number 2025. Put it in quotes.",
        ],
    ),
    "example before the first year": (
        {"clauses/POOL-SELL.yaml": ("at: 2025-07-01T09:00}", "at: 0001-01-01T00:00+08:00}")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:43:72: at: The year is not one from 1 to 9999.",
        ],
    ),
    "example with a text and items": (
        {
            "clauses/POOL-SELL.yaml": (
                'text: "泳池今天人真多"}',
                'text: "泳池今天人真多", items: [{text: a}]}',
            )
        },
        [
            "pool-tickets/clauses/POOL-SELL.yaml:45:70: An example has a text, or items, not both.",
        ],
    ),
    "example with nothing": (
        {"clauses/POOL-SELL.yaml": (', text: "泳池今天人真多"}', "}")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:45:5: An example needs a text, or items.",
        ],
    ),
    "example with an unknown outcome": (
        {
            "clauses/POOL-SELL.yaml": (
                'expect: allowed, text: "泳池今天人真多"}',
                'expect: allow, text: "泳池今天人真多"}',
            )
        },
        [
            "pool-tickets/clauses/POOL-SELL.yaml:33:3: examples: expected at least 3 zh examples that say allowed, got 2.",
            "pool-tickets/clauses/POOL-SELL.yaml:45:37: 'allow' is no outcome of an example. Did you mean 'allowed'?",
        ],
    ),
    "example both violating and exempt": (
        {"clauses/POOL-SELL.yaml": ("stance: offers,", "exempt: X-POOL-NEWS,")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:33:5: Example 'sell-zh-1': what is exempt does not violate.",
        ],
    ),
    "example with an unknown exemption": (
        {"clauses/POOL-SELL.yaml": ("exempt: X-POOL-NEWS,", "exempt: X-POOL-NWS,")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:49:54: 'X-POOL-NWS' is no exemption of this pack. Did you mean 'X-POOL-NEWS'?",
        ],
    ),
    "example with an exemption the clause lacks": (
        {"clauses/POOL-SELL.yaml": ("exemptions: [X-POOL-NEWS, X-POOL-SWAP]", "exemptions: [X-POOL-SWAP]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:49:5: Example 'ok-en-2': the clause does not name the exemption X-POOL-NEWS.",
        ],
    ),
    "example violating by a stance the clause lacks": (
        {"clauses/POOL-SELL.yaml": ("stance: offers,", "stance: promotes,")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:33:5: Example 'sell-zh-1': the clause is not violated by who promotes.",
        ],
    ),
    "example in a language that is none": (
        {"clauses/POOL-SELL.yaml": ("ok-zh-1, lang: zh", "ok-zh-1, lang: Chinese")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:33:3: examples: expected at least 3 zh examples that say allowed, got 2.",
            "pool-tickets/clauses/POOL-SELL.yaml:45:25: lang: 'Chinese' is no language such as zh or en.",
        ],
    ),
    "example with a list as a fact": (
        {"clauses/POOL-SELL.yaml": ("facts: {editorial: false}", "facts: {editorial: [1]}")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:41:24: editorial: expected text, a whole number, true or false, got a list.",
        ],
    ),
    "example with facts in a list": (
        {"clauses/POOL-SELL.yaml": ("facts: {editorial: false}", "facts: [1]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:41:12: facts: expected names and values, got a list.",
        ],
    ),
    "example with an unknown kind of item": (
        {"clauses/POOL-SELL.yaml": ("kind: comment}", "kind: coment}")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:44:102: 'coment' is no kind of item. Did you mean 'comment'?",
        ],
    ),
    "examples that are no list": (
        {"clauses/POOL-RING.yaml": ("examples:\n", "examples: 3\nwhy:\n")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:14:11: examples: expected a list, got the number 3.",
            "pool-tickets/clauses/POOL-RING.yaml:14:11: examples: expected at least 3 examples that say allowed, got 0.",
            "pool-tickets/clauses/POOL-RING.yaml:14:11: examples: expected at least 3 examples that say violates, got 0.",
            "pool-tickets/clauses/POOL-RING.yaml:15:1: Unknown key 'why'. Known here: aggravate, detection, dsa, enabled, examples, exemptions, fast_track, id, item, kinds, level, measures, mitigate, name, never_ban, order, raises_band, reading, rectify, requires, role, rule, severity, stance_rules, stances, strong, subject, weak, window.",
        ],
    ),
    "list instead of a word": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: [moderate]")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:11:11: a list is no severity. Known: minor, moderate, serious, severe.",
        ],
    ),
    "yes instead of true": (
        {"clauses/POOL-RING.yaml": ("fast_track: true", "fast_track: yes")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:13:13: fast_track: expected true or false, got 'yes'.",
        ],
    ),
    "example that is a number": (
        {"clauses/POOL-RING.yaml": ("  - {id: ring-1,", "  - 3\n  - {id: ring-1,")},
        [
            "pool-tickets/clauses/POOL-RING.yaml:15:5: Expected keys and values, got the number 3.",
        ],
    ),
    "condition of nothing but space": (
        {"clauses/POOL-SELL.yaml": ("weak: term.ticket", 'weak: " "')},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:18:7: weak: expected text, got nothing but space.",
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=CASES.keys())
def test_fault_is_named_at_its_place(edits: dict, expected: list[str], faults: Callable) -> None:
    """Every fault is said once, where it stands, and nothing else is."""
    assert expected == faults(edits)
