"""What lexica, lists and notices may not say."""

from collections.abc import Callable

import pytest

SHEET = "name: {zh: a, en: b}\nremoval: {zh: a, en: b}\n"  # of a list
CASES = {
    "term written as a number": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - 96110\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: terms: expected text, got the number 96110. Put it in quotes.",
        ],
    ),
    "initials of a term in Latin": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - {text: pool ticket, initials: true}\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:35: initials: expected a term of three or more Chinese characters.",
        ],
    ),
    "initials of two characters": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - {text: 泳票, initials: true}\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:26: initials: expected a term of three or more Chinese characters.",
        ],
    ),
    "term twice": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - 泳池票\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: The term '泳池票' stands in this group twice.",
        ],
    ),
    "term that is allowed too": (
        {"lexicon/ticket.yaml": ("[投票]", "[pool ticket]")},
        [
            "pool-tickets/lexicon/ticket.yaml:6:9: 'pool ticket' is both a term and allowed: it would cancel itself.",
        ],
    ),
    "term of space": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - '  '\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: terms: expected text, got nothing but space.",
        ],
    ),
    "term of signs": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - '!!'\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: The term '!!' has no letter or digit to be found by.",
        ],
    ),
    "term too long": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - " + "x" * 201 + "\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: A term has at most 200 characters, this one 201.",
        ],
    ),
    "term of two lines": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", '  - "a\\nb"\n')},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: A term is one line of text, without control characters.",
        ],
    ),
    "no terms": (
        {"lexicon/ticket.yaml": "name: {zh: a, en: b}\nterms: []\n"},
        [
            "pool-tickets/lexicon/ticket.yaml:2:8: terms: expected at least one term, got none.",
        ],
    ),
    "term key misspelt": (
        {"lexicon/ticket.yaml": ("weak: true", "weka: true")},
        [
            "pool-tickets/lexicon/ticket.yaml:5:17: Unknown key 'weka'. Did you mean 'weak'?",
        ],
    ),
    "mark without a term": (
        {"lexicon/swap.txt": "swap\n!\n"},
        [
            "pool-tickets/lexicon/swap.txt:2:1: A mark without a term. Write the term behind it.",
        ],
    ),
    "column misspelt": (
        {"lists/resale.csv": ("status", "state")},
        [
            "pool-tickets/lists/resale.csv:1:1: Unknown column 'state'. Did you mean 'status'?",
        ],
    ),
    "column missing": (
        {"lists/resale.csv": "party,value\na,b\n"},
        [
            "pool-tickets/lists/resale.csv:1:1: The header lacks kind. It is party,kind,value,weak,status,source,verified_on.",
        ],
    ),
    "column twice": (
        {"lists/resale.csv": "party,kind,value,value\na,name,b,b\n"},
        [
            "pool-tickets/lists/resale.csv:1:1: The header names a column twice.",
        ],
    ),
    "list without a header": (
        {"lists/resale.csv": ""},
        [
            "pool-tickets/lists/resale.csv:1:1: Expected the header party,kind,value,weak,status,source,verified_on, got an empty file.",
        ],
    ),
    "kind misspelt": (
        {"lists/resale.csv": ("touts,domain", "touts,domian")},
        [
            "pool-tickets/lists/resale.csv:3:1: kind: 'domian' is none of name, alias, app, domain. Did you mean 'domain'?",
        ],
    ),
    "status misspelt": (
        {"lists/resale.csv": ("closed", "close")},
        [
            "pool-tickets/lists/resale.csv:4:1: status: 'close' is none of active, closed, unverified. Did you mean 'closed'?",
        ],
    ),
    "address instead of a domain": (
        {"lists/resale.csv": ("touts.example.com", "https://Touts.example.com/")},
        [
            "pool-tickets/lists/resale.csv:3:1: value: expected a host name in small ASCII letters, such as example.com, or with a path, example.com/name, got 'https://Touts.example.com/'.",
        ],
    ),
    "address with a question": (
        {"lists/resale.csv": ("touts.example.com", "touts.example.com/group?x=1")},
        [
            "pool-tickets/lists/resale.csv:3:1: value: expected a host name in small ASCII letters, such as example.com, or with a path, example.com/name, got 'touts.example.com/group?x=1'.",
        ],
    ),
    "path of two parties": (
        {
            "lists/resale.csv": (
                "touts,domain,touts.example.com,,active,house list,2025-01-02",
                "touts,domain,a.example/Group\nrumour,domain,a.example/group",
            )
        },
        [
            "pool-tickets/lists/resale.csv:4:1: The domain 'a.example/group' is claimed by two parties: touts in line 3, and rumour here. Give it to one of them, or make them one.",
        ],
    ),
    "word beside a name that no address has": (
        {"lists/resale.yaml": ("allow: [潮水位]", "beside: [ticket, 'Re sale']")},
        [
            "pool-tickets/lists/resale.yaml:2:9: beside: expected words of small letters and digits, got 'Re sale'.",
        ],
    ),
    "list that would be a signal of its own": (
        {"lists/lookalike.csv": "party,kind,value\na,name,b\n", "lists/lookalike.yaml": SHEET},
        [
            "pool-tickets/lists/lookalike.csv:0:0: link.lookalike is a built-in signal. Rename the list.",
        ],
    ),
    "domain twice": (
        {"lists/resale.csv": ("xn--fiqs8s.example", "touts.example.com")},
        [
            "pool-tickets/lists/resale.csv:4:1: The domain 'touts.example.com' is claimed by two parties: touts in line 3, and tides here. Give it to one of them, or make them one.",
        ],
    ),
    "name of two parties": (
        {"lists/resale.csv": ("潮水", "票 友会！")},
        [
            "pool-tickets/lists/resale.csv:5:1: The name '票 友会！' is claimed by two parties: touts in line 2, and rumour here. Give it to one of them, or make them one.",
        ],
    ),
    "name of one party twice": (
        {"lists/resale.csv": ("rumour,name,潮水", "touts,alias,票-友会")},
        [
            "pool-tickets/lists/resale.csv:5:1: The alias '票-友会' stands in this list twice, first in line 2.",
        ],
    ),
    "name without a letter": (
        {"lists/resale.csv": ("潮水", "!!")},
        [
            "pool-tickets/lists/resale.csv:5:1: value: '!!' has no letter or digit to be found by.",
        ],
    ),
    "name too long": (
        {"lists/resale.csv": ("潮水", "潮" * 201)},
        [
            "pool-tickets/lists/resale.csv:5:1: value: a name has at most 200 characters, this one 201.",
        ],
    ),
    "weak in other words": (
        {"lists/resale.csv": ("潮水,yes", "潮水,true")},
        [
            "pool-tickets/lists/resale.csv:5:1: weak: expected yes or nothing, got 'true'.",
        ],
    ),
    "verified by nobody": (
        {"lists/resale.csv": ("closed,house list,2025-01-03", "closed,,")},
        [
            "pool-tickets/lists/resale.csv:4:1: status: closed needs source and verified_on. A row that nobody checked is unverified.",
        ],
    ),
    "list without a sheet": (
        {"lists/resale.yaml": None},
        [
            "pool-tickets/lists/resale.csv:0:0: The list has no sheet. Add lists/resale.yaml. It names the list and says how a party is taken off: keys name and removal.",
        ],
    ),
    "list that nobody is taken off": (
        {"lists/resale.yaml": "name: {zh: a, en: b}\n"},
        [
            "pool-tickets/lists/resale.yaml:1:1: The key 'removal' is missing.",
        ],
    ),
    "way off the list in one language": (
        {"lists/resale.yaml": "name: {zh: a, en: b}\nremoval: {en: write to us}\n"},
        [
            "pool-tickets/lists/resale.yaml:2:10: removal: there is no zh text. Every language of the pack needs one.",
        ],
    ),
    "row too long": (
        {"lists/resale.csv": ("2025-01-03", "2025-01-03,x")},
        [
            "pool-tickets/lists/resale.csv:4:1: The row has 8 values, the header 7.",
        ],
    ),
    "row without a value": (
        {"lists/resale.csv": ("touts,name,票友会", "touts,name,")},
        [
            "pool-tickets/lists/resale.csv:2:1: value: expected a value, got none.",
        ],
    ),
    "party with a space": (
        {"lists/resale.csv": ("touts,name,票友会", "票 友,name,票友会")},
        [
            "pool-tickets/lists/resale.csv:2:1: party: expected an id of letters, digits, '_', '.' or '-', got '票 友'.",
        ],
    ),
    "day in words": (
        {"lists/resale.csv": ("house list,2025-01-02", "house list,yesterday")},
        [
            "pool-tickets/lists/resale.csv:2:1: verified_on: expected a date such as 2022-06-20, got 'yesterday'.",
            "pool-tickets/lists/resale.csv:3:1: verified_on: expected a date such as 2022-06-20, got 'yesterday'.",
        ],
    ),
    "quote that never ends": (
        {"lists/resale.csv": ("touts,name,票友会", 'touts,name,"票友会')},
        [
            "pool-tickets/lists/resale.csv:2:1: This is not CSV: unexpected end of data.",
        ],
    ),
    "list name without its list": (
        {"lists/other.yaml": "name: {zh: a, en: b}\nremoval: {zh: a, en: b}\n"},
        [
            "pool-tickets/lists/other.yaml:0:0: The sheet of a list without its rows. Add lists/other.csv.",
        ],
    ),
    "list named as a lexicon": (
        {"lists/ticket.csv": "party,kind,value\na,name,b\n", "lists/ticket.yaml": SHEET},
        [
            "pool-tickets/lists/ticket.csv:0:0: term.ticket is already the lexicon 'ticket' of pool-tickets. Rename one of them.",
        ],
    ),
    "list named as a built-in signal": (
        {"lists/any.csv": "party,kind,value\na,name,b\n", "lists/any.yaml": SHEET},
        [
            "pool-tickets/lists/any.csv:0:0: link.any is a built-in signal. Rename the list.",
        ],
    ),
    "notice in one language only": (
        {"notices/order.en.txt": None},
        [
            "pool-tickets/notices/order.zh.txt:0:0: The notice 'order' has no en text. Add order.en.txt.",
        ],
    ),
    "notice field with an attribute": (
        {"notices/order.en.txt": "hi\n{account.__class__}"},
        [
            "pool-tickets/notices/order.en.txt:2:1: Expected a field such as {account}, got {account.__class__}.",
        ],
    ),
    "notice brace that never ends": (
        {"notices/order.en.txt": "{account"},
        [
            "pool-tickets/notices/order.en.txt:0:0: The braces do not pair up: expected '}' before end of string. Write {{ for a brace itself.",
        ],
    ),
    "notice of nothing": (
        {"notices/order.en.txt": ""},
        [
            "pool-tickets/notices/order.en.txt:0:0: The notice is empty.",
        ],
    ),
    "notice without a language": (
        {"notices/order.txt": "a"},
        [
            "pool-tickets/notices/order.txt:0:0: Notices are named <template>.<language>.txt, such as order.zh.txt.",
        ],
    ),
    "term of null": (
        {"lexicon/ticket.yaml": ("  - pool ticket\n", "  - ~\n")},
        [
            "pool-tickets/lexicon/ticket.yaml:4:5: terms: expected text, got nothing. Put it in quotes.",
        ],
    ),
    "lexicon that is not YAML": (
        {"lexicon/ticket.yaml": "name: [\n"},
        [
            "pool-tickets/lexicon/ticket.yaml:2:1: This is not YAML: while parsing a flow node expected the node content, but found '<stream end>'.",
        ],
    ),
    "list name that is not YAML": (
        {"lists/resale.yaml": "name: [\n"},
        [
            "pool-tickets/lists/resale.yaml:2:1: This is not YAML: while parsing a flow node expected the node content, but found '<stream end>'.",
        ],
    ),
    "list in another encoding": (
        {"lists/resale.csv": b"party,kind,value\ntouts,name,\xc6\xb1\xd3\xd1\xbb\xe1\n"},
        [
            "pool-tickets/lists/resale.csv:2:13: The file is not UTF-8: byte 0xd3 here. Save it as UTF-8.",
        ],
    ),
    "notice in another encoding": (
        {"notices/order.zh.txt": b"\xc7\xeb\xc9\xbe\xb3\xfd"},
        [
            "pool-tickets/notices/order.zh.txt:1:1: The file is not UTF-8: byte 0xc7 here. Save it as UTF-8.",
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=CASES.keys())
def test_fault_is_named_at_its_place(edits: dict, expected: list[str], faults: Callable) -> None:
    """Every fault is said once, where it stands, and nothing else is."""
    assert expected == faults(edits)
