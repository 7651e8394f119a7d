"""The interface has a word in both languages for everything the code can name."""

from typing import get_args, get_type_hints

import pytest

from bylaw import events, model
from bylaw.casework._words import in_words
from bylaw.cli._words import _WORDS, Words
from bylaw.figures import FilingDue
from bylaw.policy._signals import BUILTIN_SIGNALS, SUBJECT_SIGNALS
from bylaw.scan._tables import SEEN_THROUGH

ENUMS = (
    model.AppealOutcome,
    model.CaseState,
    model.Function,
    model.MeasureKind,
    model.Role,
    model.Severity,
    model.Stance,
)
LITERALS = {
    name: getattr(model, name) for name in ("Outcome", "NoticeKind", "Need", "Level", "AuthorityBasis")
} | {
    "Closing": events.Closing,
    "LiftCause": events.LiftCause,
    "why a ban proposal fell": get_type_hints(events.BanLapsed)["why"],
    "why an interim suspension lapsed": get_type_hints(events.InterimLapsed)["why"],
    "strength": get_type_hints(model.Finding)["strength"],
}
SPOKEN = {
    **{enum.__name__: [str(each) for each in enum] for enum in ENUMS},
    **{name: get_args(literal) for name, literal in LITERALS.items()},
    "how a filing stands": [f"filing_{each}" for each in get_args(get_type_hints(FilingDue)["status"])],
    "disguises": SEEN_THROUGH,
    "signals": BUILTIN_SIGNALS,
    # The rest is told with its number, by `_spoken`.
    "counts of a subject condition": set(SUBJECT_SIGNALS).difference(("days", "hits", "items", "share")),
}


@pytest.mark.parametrize("kind", SPOKEN)
def test_everything_nameable_has_a_word(kind):
    """No code of this kind reaches people as it stands in JSON."""
    assert SPOKEN[kind]
    assert set() == set(SPOKEN[kind]) - set(_WORDS)


@pytest.mark.parametrize("key", _WORDS)
def test_a_word_is_in_both_languages(key):
    """Each entry has a Chinese word with Chinese in it and an English one without."""
    zh, en = _WORDS[key]
    assert any("一" <= char <= "鿿" for char in zh)
    assert en.strip()
    assert en.isascii()


@pytest.mark.parametrize("enum", [model.Severity, model.Stance, model.Function, model.Role])
def test_reviewers_and_account_holders_read_the_same_word(enum):
    """What a notice calls a severity, a stance, a function or a role, the interface calls it too."""
    for each in enum:
        assert (in_words(each)["zh"], in_words(each)["en"]) == _WORDS[each]


@pytest.mark.parametrize(
    ("wanted", "lang"),
    [("zh", "zh"), ("zh_CN.UTF-8", "zh"), ("en", "en"), ("C", "en"), ("de", "en")],
)
def test_a_locale_gives_a_language(wanted, lang):
    """Chinese locales read Chinese, all others English."""
    assert lang == Words.of(wanted).lang


def test_a_key_without_a_word_is_its_own_word():
    """A pack's own name passes through."""
    assert "X-NEWS" == Words.of("zh")("X-NEWS")
