"""What pack.yaml and its ladder may not say."""

from collections.abc import Callable

import pytest

CASES = {
    "signal misspelt in a stance rule": (
        {"pack.yaml": ("when: link.resale or term.resale", "when: link.resal")},
        [
            "pool-tickets/pack.yaml:17:33: when: There is no signal 'link.resal'. Did you mean 'link.resale'?",
        ],
    ),
    "version written as a number": (
        {"pack.yaml": ("version: 1.2.0", "version: 1.2")},
        [
            "pool-tickets/pack.yaml:2:10: version: expected text, got the number 1.2. Put it in quotes.",
        ],
    ),
    "version of the wrong form": (
        {"pack.yaml": ("version: 1.2.0", "version: one")},
        [
            "pool-tickets/pack.yaml:2:10: version: expected three numbers such as 1.0.0, got 'one'.",
        ],
    ),
    "sentence of nothing but space": (
        {
            "pack.yaml": (
                'publisher: {zh: "碧波社区", en: "Bluewater Community"}',
                'publisher: {zh: " ", en: b}',
            )
        },
        [
            "pool-tickets/pack.yaml:6:17: publisher.zh: expected text, got nothing but space.",
        ],
    ),
    "no languages": (
        {"pack.yaml": ("languages: [zh, en]\n", "")},
        [
            "pool-tickets/pack.yaml:1:1: languages: expected the languages of the pack, such as [zh, en].",
        ],
    ),
    "language that is none": (
        {"pack.yaml": ("languages: [zh, en]\n", "languages: [zh, en, English]\n")},
        [
            "pool-tickets/pack.yaml:7:12: languages: 'English' is no language such as zh or en.",
        ],
    ),
    "time zone misspelt": (
        {"pack.yaml": ("Asia/Shanghai", "Asia/Shangai")},
        [
            "pool-tickets/pack.yaml:8:11: timezone: there is no 'Asia/Shangai'. Use a name such as Asia/Shanghai.",
        ],
    ),
    "no time zone": (
        {"pack.yaml": ("timezone: Asia/Shanghai\n", "")},
        [
            "pool-tickets/pack.yaml:1:1: The key 'timezone' is missing.",
        ],
    ),
    "end before the beginning": (
        {"pack.yaml": ("valid_to: null", "valid_to: 2024-01-01")},
        [
            "pool-tickets/pack.yaml:10:11: valid_to: does not lie after valid_from.",
        ],
    ),
    "beginning at no time": (
        {"pack.yaml": ("valid_from: 2025-01-01", "valid_from: soon")},
        [
            "pool-tickets/pack.yaml:9:13: valid_from: Expected a time such as 2026-11-20T09:00:00+08:00, got 'soon'.",
        ],
    ),
    "authority basis misspelt": (
        {"pack.yaml": ("authority_basis: contract", "authority_basis: contracts")},
        [
            "pool-tickets/pack.yaml:5:18: 'contracts' is no authority basis. Did you mean 'contract'?",
        ],
    ),
    "band missing": (
        {"pack.yaml": ("    minor:\n      first: {kind: warn}", "    small:\n      first: {kind: warn}")},
        [
            "pool-tickets/pack.yaml:25:5: The key 'minor' is missing.",
            "pool-tickets/pack.yaml:25:5: Unknown key 'small'. Known here: minor, moderate, serious, severe.",
        ],
    ),
    "floors out of order": (
        {
            "pack.yaml": (
                "band_floor: {minor: 0, moderate: 25, serious: 50",
                "band_floor: {minor: 0, moderate: 55, serious: 50",
            )
        },
        [
            "pool-tickets/pack.yaml:20:15: band_floor: expected 0 for minor and rising floors after it, got [0, 55, 50, 80].",
        ],
    ),
    "base points out of order": (
        {"pack.yaml": ("base_points: {minor: 15, moderate: 35", "base_points: {minor: 35, moderate: 15")},
        [
            "pool-tickets/pack.yaml:19:16: base_points: expected points that rise with severity, got [35, 15, 60, 85].",
        ],
    ),
    "base points of a severity missing": (
        {"pack.yaml": ("base_points: {minor: 15, ", "base_points: {")},
        [
            "pool-tickets/pack.yaml:19:16: The key 'minor' is missing.",
        ],
    ),
    "base points beyond 100": (
        {"pack.yaml": ("base_points: {minor: 15, ", "base_points: {minor: 150, ")},
        [
            "pool-tickets/pack.yaml:19:24: minor: expected a whole number from 0 to 100, got the number 150.",
        ],
    ),
    "function misspelt": (
        {"pack.yaml": ("A: [external_link, qr, search_visible]", "A: [external_lnk, qr, search_visible]")},
        [
            "pool-tickets/pack.yaml:22:9: 'external_lnk' is no function, or set of functions above. Did you mean 'external_link'?",
        ],
    ),
    "set named as a function": (
        {
            "pack.yaml": (
                "    A: [external_link, qr, search_visible]",
                "    live: [qr]\n    A: [external_link, qr, search_visible]",
            )
        },
        [
            "pool-tickets/pack.yaml:22:11: 'live' is the name of a function; a set needs another.",
        ],
    ),
    "set that is not there": (
        {"pack.yaml": ("functions: A, lasts: 7d", "functions: C, lasts: 7d")},
        [
            "pool-tickets/pack.yaml:28:45: 'C' is no function, or set of functions above. Known: A, B, external_link, qr, mini_program_jump, recommendation, search_visible, publish_mass, menu_custom, auto_reply, comment_pin, ads_monetise, tipping, payment_receive, new_followers, original_badge, live, api_access, group_create, profile_edit, primary_sale_list, gift_transfer, withdraw.",
        ],
    ),
    "restriction without functions": (
        {"pack.yaml": ("functions: A, lasts: 7d", "lasts: 7d")},
        [
            "pool-tickets/pack.yaml:28:17: functions: restrict, and only restrict, names functions (A, B, external_link, qr, mini_program_jump, ...).",
        ],
    ),
    "warning with functions": (
        {"pack.yaml": ("first: {kind: warn}", "first: {kind: warn, functions: A}")},
        [
            "pool-tickets/pack.yaml:26:38: functions: restrict, and only restrict, names functions (A, B, external_link, qr, mini_program_jump, ...).",
        ],
    ),
    "ban as a rung": (
        {"pack.yaml": ("{kind: suspend, lasts: 90d}]", "{kind: ban}]")},
        [
            "pool-tickets/pack.yaml:45:53: A ban is never a rung: after the last one it is proposed, and two people sign it.",
        ],
    ),
    "suspension without an end": (
        {"pack.yaml": ("{kind: suspend, lasts: 90d}]", "{kind: suspend}]")},
        [
            "pool-tickets/pack.yaml:45:46: lasts: a suspension after a failed re-check needs its length.",
        ],
    ),
    "period below the minimum": (
        {"pack.yaml": ("      rectify_for: 24h", "      rectify_for: 1h")},
        [
            "pool-tickets/pack.yaml:44:20: rectify_for: shorter than minimum_rectify_for, which is never under 24h.",
        ],
    ),
    "order without a deadline": (
        {"pack.yaml": ("      rectify_for: 72h\n", "")},
        [
            "pool-tickets/pack.yaml:34:14: An order to rectify, or a measure during it, needs rectify_for.",
        ],
    ),
    "cured strike heavier than a strike": (
        {"pack.yaml": ("strike_cured: 0.5", "strike_cured: 3")},
        [
            "pool-tickets/pack.yaml:37:21: strike_cured: a cured violation cannot weigh more than an uncured one.",
        ],
    ),
    "strike of a third": (
        {"pack.yaml": ("strike_cured: 0.5", "strike_cured: 0.3")},
        [
            "pool-tickets/pack.yaml:37:21: strike_cured: expected strikes in halves, such as 0, 0.5, 1 or 4, got the number 0.3.",
        ],
    ),
    "suspensions out of order": (
        {"pack.yaml": ("[7d, 15d, 30d, 90d]", "[15d, 7d, 30d, 90d]")},
        [
            "pool-tickets/pack.yaml:56:21: suspension_steps: each length must be longer than the one before it.",
        ],
    ),
    "no suspensions": (
        {"pack.yaml": ("[7d, 15d, 30d, 90d]", "[]")},
        [
            "pool-tickets/pack.yaml:56:21: suspension_steps: expected at least one length of time, got none.",
        ],
    ),
    "length of time in words": (
        {"pack.yaml": ("probation_for: 30d", "probation_for: 30 days")},
        [
            "pool-tickets/pack.yaml:60:18: probation_for: expected a length of time such as 72h or 15d, got '30 days'.",
        ],
    ),
    "length of time as a number": (
        {"pack.yaml": ("probation_for: 30d", "probation_for: 30")},
        [
            "pool-tickets/pack.yaml:60:18: probation_for: expected a length of time such as 72h or 15d, got the number 30.",
        ],
    ),
    "length of time of nothing": (
        {"pack.yaml": ("probation_for: 30d", "probation_for: 0d")},
        [
            "pool-tickets/pack.yaml:60:18: probation_for: expected a length of time such as 72h or 15d, got '0d'.",
        ],
    ),
    "length of time beyond the calendar": (
        {"pack.yaml": ("probation_for: 30d", "probation_for: 99999999999999y")},
        [
            "pool-tickets/pack.yaml:60:18: probation_for: expected a length of time such as 72h or 15d, got '99999999999999y'.",
        ],
    ),
    "ban at no strikes": (
        {"pack.yaml": ("ban_at_strikes: 4", "ban_at_strikes: 0")},
        [
            "pool-tickets/pack.yaml:59:19: ban_at_strikes: expected more than 0 strikes.",
        ],
    ),
    "interim suspension over before it is confirmed": (
        {"pack.yaml": ("interim_lasts: 7d", "interim_lasts: 1h")},
        [
            "pool-tickets/pack.yaml:66:18: interim_lasts: shorter than interim_confirm_within, so none could be confirmed.",
        ],
    ),
    "filing key misspelt": (
        {"pack.yaml": ("duty: false", "dutty: false")},
        [
            "pool-tickets/pack.yaml:15:10: Unknown key 'dutty'. Did you mean 'duty'?",
        ],
    ),
    "label without its text": (
        {
            "pack.yaml": (
                'label_text: {zh: "此信息可能涉及转卖泳池票。", en: "This may offer pool tickets for resale."}\n',
                "",
            )
        },
        [
            "pool-tickets/pack.yaml:1:1: POOL-SELL may label items, but there is no label_text to show.",
        ],
    ),
    "no clause": (
        {"clauses/POOL-SELL.yaml": None, "clauses/POOL-RING.yaml": None, "exemptions/X-POOL-SWAP.yaml": None},
        [
            "pool-tickets/pack.yaml:1:1: The pack has no clause. Add one under clauses/, or say abstract: true.",
        ],
    ),
    "version written as true": (
        {"pack.yaml": ("version: 1.2.0", "version: true")},
        [
            "pool-tickets/pack.yaml:2:10: version: expected text, got true. Put it in quotes.",
        ],
    ),
    "strike missing": (
        {
            "pack.yaml": (
                "      strike: 1\n      strike_lasts: 1y\n      no_return_for: 90d\n    moderate",
                "      strike_lasts: 1y\n      no_return_for: 90d\n    moderate",
            )
        },
        [
            "pool-tickets/pack.yaml:26:7: The key 'strike' is missing.",
        ],
    ),
    "base points missing": (
        {"pack.yaml": ("  base_points: {minor: 15, moderate: 35, serious: 60, severe: 85}\n", "")},
        [
            "pool-tickets/pack.yaml:19:3: The key 'base_points' is missing.",
        ],
    ),
    "no bands": (
        {"pack.yaml": ("    minor:\n", "  xands:\n    minor:\n")},
        [
            "pool-tickets/pack.yaml:25:3: The key 'bands' is missing.",
            "pool-tickets/pack.yaml:25:3: Unknown key 'xands'. Did you mean 'bands'?",
        ],
    ),
    "function sets missing": (
        {
            "pack.yaml": (
                "    A: [external_link, qr, search_visible]\n    B: [A, publish_mass, comment_pin]\n",
                "",
            )
        },
        [
            "pool-tickets/pack.yaml:26:45: 'A' is no function, or set of functions above. Known: external_link, qr, mini_program_jump, recommendation, search_visible, publish_mass, menu_custom, auto_reply, comment_pin, ads_monetise, tipping, payment_receive, new_followers, original_badge, live, api_access, group_create, profile_edit, primary_sale_list, gift_transfer, withdraw.",
            "pool-tickets/pack.yaml:34:45: 'B' is no function, or set of functions above. Known: external_link, qr, mini_program_jump, recommendation, search_visible, publish_mass, menu_custom, auto_reply, comment_pin, ads_monetise, tipping, payment_receive, new_followers, original_badge, live, api_access, group_create, profile_edit, primary_sale_list, gift_transfer, withdraw.",
            "pool-tickets/pack.yaml:41:43: 'B' is no function, or set of functions above. Known: external_link, qr, mini_program_jump, recommendation, search_visible, publish_mass, menu_custom, auto_reply, comment_pin, ads_monetise, tipping, payment_receive, new_followers, original_badge, live, api_access, group_create, profile_edit, primary_sale_list, gift_transfer, withdraw.",
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=CASES.keys())
def test_fault_is_named_at_its_place(edits: dict, expected: list[str], faults: Callable) -> None:
    """Every fault is said once, where it stands, and nothing else is."""
    assert expected == faults(edits)
