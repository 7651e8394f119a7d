"""Which listed domain a host was made to look like: who is meant, how it was done, and how sure that is.

A host is judged by its letters alone; nothing is asked of a network, and nothing says who owns it. A mirror
that a listed party runs itself and an imitation somebody else runs look the same from here, so both come out
as a likeness with its reason, and neither is a row of a list.

What is compared are the names of the lists as they could stand in a domain. How much likeness it takes hangs
on the name:

- an *own* name, of letters nobody would string together otherwise, is known wherever it stands, with a word,
  a number, a wrong letter;
- a *short* one (three or four letters) only between hyphens and digits, with nothing but known words, or with
  one digit for a letter;
- an *ordinary* one, marked weak in its list or made of known words, only with a word of the trade (`beside`
  in the list's sheet) and nothing unknown;
- a *coined* one, marked weak but no English word, with any known words beside it, and a short one with a
  number and an ending of its own;
- one *in another script*, such as a Chinese name, by itself or between known words and digits.

Slight likenesses count only with a second sign: an ending that is often abused, a host where strangers have
pages, known words beside the name. Slight are the name under another ending, a plural, two letters around the
name, and a typo that reads as English words. A name cut out of words that go on (`seat` in `seatbelt`) is a
typo at most.

`REASONS` has the ways. A score is a rank fixed by hand and checked on labelled domains (docs/reference/
links.md has the figures), not a chance. `THRESHOLD` is where the signal begins.

INVARIANT: pure. The time it takes grows with the length of the host, and hardly with the number of names.
"""

from __future__ import annotations

__all__ = ["REASONS", "THRESHOLD", "Likeness", "Lookalikes"]

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from bylaw.model import ListEntry, Registry
from bylaw.scan._english import is_word, is_words
from bylaw.scan._hosts import in_ascii, in_capitals, parents, registrable, split, unfolded, unmarked
from bylaw.scan._lookalike_edits import LONG, Near, edit
from bylaw.scan._lookalike_script import ScriptNames
from bylaw.scan._lookalike_words import (
    COMPANIONS,
    ENDINGS_FOR_ALL,
    ENDINGS_OF_ABUSE,
    ENDINGS_OF_CHANCE,
    LURES,
    PLATFORMS,
    TONGUES,
)
from bylaw.scan._vocabulary import LONGEST, Vocabulary

REASONS = (
    "added letter",
    "another ending",
    "beside words",
    "changed letter",
    "dated",
    "doubled letter",
    "foreign letters",
    "hyphenated",
    "inside",
    "look-alike letters",
    "missing letter",
    "name in its script",
    "neighbouring key",
    "numbered",
    "subdomain",
    "swapped letters",
    "two letters off",
    "user part",
)
THRESHOLD = 0.6
"""The least score that is a hit of `link.lookalike`."""
_SHOWN = 0.4
_ALONE = 0.55
"""The most that a slight likeness is worth without a second sign."""

_LETTERS_ALIKE = str.maketrans("0134578i", "oleastbl")
_PAIRS_ALIKE = (("rn", "m"), ("vv", "w"))
_NEARLY = 0.5
"""The least that a second sign makes a hit of, where a typo alone is none."""
_ON_PLATFORM = 0.5
_SLIPS = frozenset({"doubled letter", "swapped letters"})
"""What happens to ordinary words, too, and leaves them no words."""
_YEAR = re.compile(r"(?:20[12]\d)(?:[01]\d(?:[0-3]\d)?)?|[01]\d[0-3]\d")
_PLAIN = re.compile("[a-z0-9]+")
_USER_HOST = re.compile(r"[/:\\?#]")


class Likeness(NamedTuple):
    """Whom a host looks like."""

    domain: str
    """The listed domain that is meant."""
    list: str
    party: str
    reason: str
    score: float
    written: str
    """The label of the host that looks like it."""


class _Name(NamedTuple):
    word: str
    domain: str
    list: str
    party: str
    is_own: bool
    is_fused: bool = False  # a name and its ending, or an ordinary name and a word, in one
    is_coined: bool = False  # weak in its list, and yet no word of the language


class _Found(NamedTuple):
    name: _Name
    reason: str
    score: float
    is_slight: bool = False  # worth something with a second sign only


class Lookalikes:
    """The names of a pack's lists, ready to be compared with hosts."""

    def __init__(self, registries: Iterable[Registry]) -> None:
        """Index the names."""
        registries = tuple(registries)
        self._trade = frozenset(word for registry in registries for word in registry.beside)
        self._words = Vocabulary(COMPANIONS | self._trade)
        self._known = self._words.has
        self._words_alike = {_alike(word): word for word in sorted(self._words.words) if len(word) >= 4}
        self._allowed = frozenset(
            text.lower()
            for registry in registries
            for text in registry.allow
            if _PLAIN.fullmatch(text.lower())
        )
        self._listed: dict[str, _Name] = {}
        self._names: dict[str, _Name] = {}
        self._spelt: dict[
            str, _Name
        ] = {}  # a name and an ending of the party's, as a domain that is not listed
        self._in_script: dict[str, _Name] = {}  # names in letters other than Latin ones
        self._dotless: set[str] = set()  # whole domains without their dot
        self._labels: dict[str, _Name] = {}  # every label of a listed domain, ordinary words too
        for registry in registries:
            by_party: dict[str, list[ListEntry]] = {}
            for entry in registry.entries:
                by_party.setdefault(entry.party, []).append(entry)
            for entries in by_party.values():
                self._add(registry.id, entries)
        self._alike: dict[str, _Name] = {}
        # The first three letters of a name, in likeness -> names so written.
        self._starts: dict[str, list[str]] = {}
        self._near = Near(self._trade | {"bit"})
        self._longest = max(map(len, self._names), default=0)
        self._script_names = ScriptNames(self._in_script)
        self._domains_alike = {_alike(domain): name for domain, name in reversed(self._listed.items())}
        for word, name in self._names.items():
            alike = _alike(word)
            if self._alike.setdefault(alike, name) is name or not self._alike[alike].is_own:
                self._alike[alike] = name
            if len(word) >= 3 and alike not in self._starts.setdefault(alike[:3], []):
                self._starts[alike[:3]].append(alike)
            if len(word) >= (9 if name.is_fused else 5 if name.is_own else 6):
                self._near.add(word)

    def _add(self, list_id: str, entries: list[ListEntry]) -> None:
        domains = [entry for entry in entries if entry.kind == "domain" and "/" not in entry.value]
        if not domains:
            return
        meant = next((entry for entry in domains if not entry.is_weak), domains[0]).value.lower()
        names = {
            _squeezed(entry.value): entry.weak
            for entry in entries
            if entry.kind != "domain" and entry.value.isascii()
        }
        party = entries[0].party
        for entry in entries:
            word = entry.value.lower()
            if entry.kind != "domain" and not word.isascii():
                self._in_script.setdefault(word, _Name(word, meant, list_id, party, is_own=not entry.weak))

        def add(word: str, domain: str, *, is_own: bool, is_fused: bool = False) -> None:
            if len(word) >= 3:
                is_ordinary = len(word) < LONG and self._known(word)
                is_coined = not (is_own or is_fused or is_ordinary or len(word) < 5 or is_word(word))
                is_own = is_own and not is_ordinary
                known = self._names.get(word)
                if known is None or (is_own and not known.is_own):
                    self._names[word] = _Name(word, domain, list_id, party, is_own, is_fused, is_coined)

        with_ending = {
            _squeezed(entry.value)
            for entry in domains
            if (label := _squeezed(entry.value.partition(".")[0])) in names or self._known(label)
        }
        ordinary = [word for word, is_weak in names.items() if is_weak]
        for word, is_weak in names.items():
            is_fused = word in with_ending or any(word.startswith(each) and word != each for each in ordinary)
            add(word, meant, is_own=not is_weak, is_fused=is_fused)
        for entry in domains:
            host = in_ascii(entry.value.lower())
            self._listed.setdefault(host, _Name(host, host, list_id, party, is_own=True))
            labels, suffix = split(host)
            if len(labels) != 1:
                continue  # a part of somebody else's domain, whose name is not the party's
            label = _squeezed(labels[-1])
            self._labels.setdefault(label, _Name(label, meant, list_id, party, is_own=False))
            for word in names:
                if len(word) >= 5:
                    self._spelt.setdefault(f"{word}.{suffix}", _Name(word, host, list_id, party, is_own=True))
            self._dotless.add(label + _squeezed(suffix))
            host = meant if entry.is_weak else host
            if label not in names and not any(name.startswith(label) for name in names):
                add(label, host, is_own=True)
            fused = label + _squeezed(suffix)
            if len(fused) >= 6 and len(label) >= 3:
                add(fused, host, is_own=len(fused) >= 7 and len(label) >= 4, is_fused=True)

    def is_name(self, label: str) -> bool:
        """Say whether a label is the name of a party, and no ordinary word."""
        name = self._names.get(label)
        return name is not None and name.is_own

    def judge(self, host: str) -> Likeness | None:
        """Return whom the host looks like, the likeliest first; None for a listed host, or one like none."""
        if any(parent in self._listed for parent in parents(host)):
            return None
        written, suffix = split(host)
        if not written:
            return None
        found = self._found(host, written, suffix, tuple(map(unfolded, written)))
        if any(label.startswith("xn--") or not label.isascii() for label in written):
            # What is a v in small letters may be an N in capitals, and a host is one in either.
            found += self._found(host, written, suffix, tuple(map(in_capitals, written)))
        if not found:
            return None
        best, label = max(found, key=lambda pair: (pair[0].score, len(pair[0].name.word)))
        if best.score < _SHOWN:
            return None
        name = best.name
        return Likeness(name.domain, name.list, name.party, best.reason, round(best.score, 2), label)

    def judge_user(self, user: str) -> Likeness | None:
        """Return whom the part of an address before its `@` names: a reader takes it for the host."""
        host = in_ascii(_USER_HOST.split(unquote(user), maxsplit=1)[0].lower().strip("."))
        name = next((self._listed[parent] for parent in parents(host) if parent in self._listed), None)
        if name is None:
            return None
        return Likeness(name.domain, name.list, name.party, "user part", 0.97, user)

    def _found(
        self, host: str, written: tuple[str, ...], suffix: str, labels: tuple[str, ...]
    ) -> list[tuple[_Found, str]]:
        """Return what the labels of a host, as they are read, may be made to look like, and which it was."""
        found: list[tuple[_Found, str]] = []
        is_doubtful = self._is_doubtful(host, labels[-1], suffix)
        for place, label in enumerate(labels):
            if in_script := self._written_in_script(label, is_doubtful=is_doubtful):
                found.append((in_script, written[place]))
        for place, label in enumerate(labels[:-1]):
            if name := self._domain_in(label, (*labels[place + 1 :], suffix)):
                found.append((_Found(name, "subdomain", 0.97), written[place]))
            is_spelt_out = self._known(labels[place + 1].partition("-")[0])
            for each in self._in_label(label, is_foreign=written[place] != label, is_doubtful=is_doubtful):
                if each.name.is_own and len(each.name.word) >= 5:
                    below = _below(each, is_backed=is_doubtful or is_spelt_out)
                    if registrable(host) in PLATFORMS:
                        below = below._replace(score=min(below.score, _ON_PLATFORM))
                    found.append((below, written[place]))
        for each in self._in_label(labels[-1], is_foreign=written[-1] != labels[-1], is_doubtful=is_doubtful):
            registered = self._registered(each, written[-1], labels[-1], suffix, is_doubtful=is_doubtful)
            found.append((registered, written[-1]))
        if len(labels) > 1 and (across := self._across(*labels[-2:])):
            found.append((across, f"{written[-2]}.{written[-1]}"))
        return found

    def _registered(
        self, found: _Found, written: str, label: str, suffix: str, *, is_doubtful: bool
    ) -> _Found:
        """Weigh what the label looks like that somebody registered, by the ending it has."""
        if found.reason == "foreign letters" and _is_of_another_script(written):
            # Not even the ending tells the two apart.
            least = 0.9 if f"{label}.{suffix}" in self._listed else 0.0
            return found._replace(score=max(found.score, least))
        is_alone = found.is_slight
        if len(found.name.word) < 5 and f"{found.name.word}.{suffix}" in self._listed:
            # A short name with its own ending is a second sign of itself.
            if found.reason == "look-alike letters" and len(label) == len(found.name.word):
                return found._replace(score=0.8)
            is_alone = is_alone and found.reason != "numbered"
        if found.reason == "another ending" and found.name.is_own:
            # What has its own ending in it (venueexample, of venue.example) has no namesakes.
            is_open = suffix in ENDINGS_FOR_ALL or suffix in ENDINGS_OF_CHANCE
            is_alone = not is_open and found.name.word not in self._dotless
        return _alone(found) if is_alone and not is_doubtful else found

    def _is_doubtful(self, host: str, label: str, suffix: str) -> bool:
        """Say whether an ending is often abused, a word of the trade, or a place for strangers' pages."""
        if suffix in ENDINGS_OF_ABUSE or suffix in self._trade:
            return True
        return "." in suffix and registrable(host) != f"{label}.{suffix}"

    def _domain_in(self, label: str, after: tuple[str, ...]) -> _Name | None:
        """Return the listed domain that the label and what follows it spell out, before the host goes on."""
        first = label.rpartition("-")[2]
        text = first
        for nth, following in enumerate(after[:2]):
            head, _, rest = following.partition("-")
            goes_on = bool(rest) or nth < len(after) - 2
            text = f"{text}.{head}"
            if goes_on and (name := self._listed.get(text) or self._domains_alike.get(_alike(text))):
                return name
            if rest and (name := self._spelt.get(text)):
                return name
            text = text if not rest else f"{text}-{rest}"
        return None

    def _written_in_script(self, label: str, *, is_doubtful: bool) -> _Found | None:
        """Find a name in letters other than Latin ones, alone or with known words and digits beside it."""
        if label.isascii() or (found := self._script_names.find(label, self._known)) is None:
            return None
        name, rests = self._in_script[found[0]], found[1]
        reason, own = (_beside(rests), 0.75) if rests else ("name in its script", 0.8)
        if name.is_own:
            return _Found(name, reason, own)
        weak = _Found(name, reason, 0.65, is_slight=True)
        return weak if is_doubtful else _alone(weak)

    def _across(self, label: str, following: str) -> _Found | None:
        """Find a name that a dot was put into, with nothing but known words behind it."""
        head, _, rest = following.partition("-")
        name = self._names.get(label + head)
        if name is None or not name.is_own or not rest or not all(map(self._known, rest.split("-"))):
            return None
        return _Found(name, "hyphenated", 0.75)

    def _in_label(self, label: str, *, is_foreign: bool, is_doubtful: bool) -> Iterator[_Found]:
        """Yield whatever a label may be made to look like."""
        squeezed = label.replace("-", "")
        tokens = [token for token in label.split("-") if token]
        exact = self._names.get(squeezed) or (self._labels.get(squeezed) if is_foreign else None)
        if exact is not None:
            yield from self._whole(exact, len(tokens), is_foreign=is_foreign)
        if len(squeezed) > 63:
            return
        for nth, token in enumerate(tokens):
            others = tokens[:nth] + tokens[nth + 1 :]
            if token != squeezed and (name := self._names.get(token)):
                yield from self._token(name, others, is_doubtful=is_doubtful)
            yield from self._glued(token, others)
        cores = {squeezed, *tokens}
        is_loose = sum(not self._known(token) for token in tokens) > 1
        if len(tokens) > 1:
            yield from self._split_up(squeezed, tokens)
            cores |= {core for token in tokens for core in self._stripped(token)}
        else:
            cores |= self._stripped(squeezed)
        for core in cores:
            if core not in self._names and len(core) >= 5 and (len(core) >= LONG or not self._known(core)):
                is_beside = core != squeezed
                yield from self._edited(core, is_loose=is_loose and is_beside, is_beside=is_beside)
                if core[-1] == "s" and len(core) >= 7 and core[:-1] not in self._names:
                    yield from self._edited(core[:-1], is_loose=True, is_beside=is_beside, is_plural=True)

    def _whole(self, name: _Name, tokens: int, *, is_foreign: bool) -> Iterator[_Found]:
        size = len(name.word)
        if is_foreign:
            yield _Found(name, "foreign letters", 0.97 if size >= 5 else 0.8 if size == 4 else 0.5)
        elif name.is_own and size >= 5:
            yield _Found(name, "hyphenated" if tokens > 1 else "another ending", 0.8 if size >= 6 else 0.75)
        elif name.is_coined and tokens == 1:
            yield _Found(name, "another ending", 0.65, is_slight=True)

    def _token(self, name: _Name, others: list[str], *, is_doubtful: bool) -> Iterator[_Found]:
        """A name between hyphens."""
        is_known = all(map(self._known, others))
        if name.is_own and len(name.word) >= 5:
            yield _Found(name, _beside(others), 0.9 if is_known else 0.8)
        elif is_known and (name.is_own or (len(name.word) >= 4 and any(map(self._has_trade, others)))):
            yield _Found(name, _beside(others), 0.75 if name.is_own else 0.65)
        elif name.is_coined:
            is_slight = not (is_known and any(map(str.isalpha, others)))
            yield _Found(name, _beside(others), 0.7 if is_known else 0.62, is_slight=is_slight)
        elif is_known and is_doubtful and len(name.word) >= 5 and not LURES.isdisjoint(others):
            yield _Found(name, "beside words", 0.62)

    def _glued(self, token: str, others: list[str]) -> Iterator[_Found]:
        """Names inside a token, with words or digits or anything else around them."""
        alike = _alike(token)
        if len(token) < 3 or self._known(token):
            return
        for start in range(len(alike) - 2):
            for word in self._starts.get(alike[start : start + 3], ()):
                if not alike.startswith(word, start):
                    continue
                name, end = self._alike[word], start + len(word)
                if word == alike and name.word == token:
                    continue
                # Where letters became fewer in likeness (rn, vv) the rest is read in likeness too.
                text = token if len(alike) == len(token) else alike
                before, after = text[:start], text[end:]
                written = "" if name.word in token else token[start:end] if text is token else name.word
                yield from self._among(name, before, after, others, disguised=written)

    def _among(
        self, name: _Name, before: str, after: str, others: list[str], *, disguised: str
    ) -> Iterator[_Found]:
        """A name with what stands before and behind it; `disguised` is how it is written, if not as it is."""
        size, is_disguised = len(name.word), bool(disguised)
        before, after = self._as_read(before), self._as_read(after)
        rest = before + after
        is_known = self._are_known(before, after)
        text = f"{before}{name.word}{after}"
        if any(allowed in text for allowed in self._allowed) or self._is_crossed(text, len(before), size):
            return
        if is_words(text) and not (self._is_clear(before) and self._is_clear(after)):
            return  # a name cut out of words that go on: seat in seatbelt
        reason = "look-alike letters" if is_disguised else _beside([before, after])
        more = 0.05 if is_disguised else 0.0
        if not name.is_own:
            yield from self._ordinary(name, reason, before, after, others, is_disguised=is_disguised)
        elif size < 5:
            yield from self._short(name, reason, before, after, others, disguised=disguised)
        elif is_disguised and not rest and self._is_numbered(disguised):
            yield _Found(name, "numbered", 0.7)
        elif is_disguised and not rest:
            yield _Found(name, reason, 0.95 if size >= 6 else 0.85)
        elif name.is_fused:
            if is_known and (not before or before.isdecimal()):
                yield _Found(name, reason, 0.75 + more)
        elif is_known:
            is_slight = rest == "s" and not others and is_words(text)
            yield _Found(name, reason, (0.7 if rest == "s" else 0.9 if size >= 6 else 0.8) + more, is_slight)
        elif self._near.is_hardly_a_name(name.word) and not self._known(before):
            return  # po|latoken, and not latoken
        elif len(rest) >= 3 and self._is_clear(before) and self._is_clear(after):
            yield _Found(name, reason, (0.7 if size >= 6 else 0.62) + more, size < 6 and not others)
        else:
            yield from self._inside(name, reason if is_disguised else "inside", before, after, others, more)

    def _ordinary(
        self, name: _Name, reason: str, before: str, after: str, others: list[str], *, is_disguised: bool
    ) -> Iterator[_Found]:
        """A name that is weak in its list or an ordinary word: only between known words."""
        size, rest = len(name.word), before + after
        if is_disguised:
            return
        is_known = self._are_known(before, after) and all(map(self._known, others))
        is_trade = self._has_trade(before) or self._has_trade(after)
        if size >= 5 and is_known and is_trade:
            yield _Found(name, reason, 0.65)
        elif name.is_coined and rest and self._is_clear(before) and self._is_clear(after):
            is_sure = is_known and len(rest) >= 3 and not rest.isdecimal()
            score = 0.7 if self._are_known(before, after) else 0.62
            yield _Found(name, reason, score, is_slight=not is_sure)
        elif size < 5 and rest.isdecimal() and not others and not is_word(name.word):
            yield _Found(name, reason, 0.62, is_slight=True)

    def _short(
        self, name: _Name, reason: str, before: str, after: str, others: list[str], *, disguised: str
    ) -> Iterator[_Found]:
        """A name of three or four letters: only between known words and numbers, one digit for a letter."""
        rest = before + after
        if not (self._are_known(before, after) and all(map(self._known, others))):
            return
        if not disguised:
            is_enough = rest.isdecimal() or len(rest) >= 3 or rest in TONGUES
            if is_enough and (len(name.word) == 4 or not before or rest.isdecimal()):
                yield _Found(name, reason, 0.7)
        elif _has_one_digit_more(disguised, name.word):
            is_backed = any(map(str.isalpha, others)) if not rest else len(rest) >= 3 and rest.isalpha()
            if is_backed or not rest:
                yield _Found(name, reason, 0.65, is_slight=not is_backed)

    def _are_known(self, before: str, after: str) -> bool:
        """Say whether known words or numbers stand before and behind a name, which may have a plural's s."""
        return self._known(before) and (self._known(after) or (after[:1] == "s" and self._known(after[1:])))

    def _is_numbered(self, written: str) -> bool:
        """Say whether what may be letters in likeness is a number behind a word or another name: gate|10."""
        head = written.rstrip("0123456789")
        return len(head) >= 3 and head != written and (head in self._names or is_word(head))

    def _inside(
        self, name: _Name, reason: str, before: str, after: str, others: list[str], more: float
    ) -> Iterator[_Found]:
        """A name of its own among letters that are no known words."""
        is_slight = len(before + after) == 2 and not any(map(self._known, others))
        if len(name.word) == 5:
            if before or len(after) < 3:
                return
            score, is_slight = 0.62, True
        elif len(name.word) >= 8 or (len(name.word) == 7 and not (before and after)):
            score = 0.75
        elif len(name.word) == 7 or not before or (more and not after):
            score = 0.65
        else:
            score = 0.5
        yield _Found(name, reason, score + more, is_slight)

    def _as_read(self, rest: str) -> str:
        """Return the known word that what stands beside a name is made to look like, or what stands there."""
        alike = _alike(rest)
        word = self._words_alike.get(alike)
        if word is None and rest[:1] == "s" and alike[1:] in self._words_alike:
            return f"s{self._words_alike[alike[1:]]}"
        return word or rest

    def _is_clear(self, rest: str) -> bool:
        """Say whether what stands before or behind a name is words of its own."""
        if rest[:1] == "s" and len(rest) > 1 and self._is_clear(rest[1:]):
            return True
        return not rest or (rest != "s" and self._known(rest)) or is_words(rest)

    def _is_crossed(self, text: str, start: int, size: int) -> bool:
        """Say whether a longer word begins before the name and ends in it, or the other way round."""
        end = start + size
        for at in (*range(start), *range(start + 1, end)):
            for stop in range(max(at + 5, start + 1), min(at + LONGEST, len(text)) + 1):
                crosses = stop < end if at < start else stop > end and self._known(text[:at])
                if crosses and text[at:stop] in self._words.words:
                    # A plural says no more than the word: tickets|eatmaster is ticket|seatmaster.
                    return not (text[stop - 1] == "s" and text[at : stop - 1] in self._words.words)
        return False

    def _split_up(self, squeezed: str, tokens: list[str]) -> Iterator[_Found]:
        """Names that a hyphen was put into: it begins a token, and ends one or goes on in known words."""
        edges, at = set(), 0
        for token in tokens:
            edges.add(at)
            at += len(token)
        for start in edges:
            for alike in self._starts.get(_alike(squeezed[start : start + 3]), ()):
                name = self._alike[alike]
                end = start + len(name.word)
                if not (name.is_own and end - start >= 6 and squeezed.startswith(name.word, start)):
                    continue
                if any(start < edge < end for edge in edges):
                    rest = squeezed[end : min((edge for edge in edges if edge >= end), default=at)]
                    yield _Found(name, "hyphenated", 0.8 if self._known(rest) else 0.65)

    def _stripped(self, token: str) -> set[str]:
        """Return a token less the known words it begins or ends with, each with or without the others."""
        size = len(token)
        left = {0, *(end for end in self._words.ends(token) if 3 <= end < min(LONGEST, size - 4))}
        right = {
            size,
            *(at for at in self._words.starts(token) if max(5, size - LONGEST) <= at < size - 2),
        }
        cores = {token[start:end] for start in left for end in right if end - start >= 5}
        return cores | {core.strip("0123456789") for core in cores}

    def _edited(
        self, core: str, *, is_loose: bool, is_beside: bool, is_plural: bool = False
    ) -> Iterator[_Found]:
        """Names that are a wrong letter away, or two where they are long."""
        if len(core) > self._longest + 2 or core in self._allowed:
            return
        off = (0.05 if is_loose else 0.0) + (0.1 if is_plural else 0.0)
        for word in self._near.to(core):
            done = edit(core, word, self._near.stems[word])
            if done is None:
                continue
            reason, score = done
            name, is_far = self._names[word], reason == "two letters off"
            if not name.is_own:
                if reason in _SLIPS and not is_words(core):
                    yield _Found(name, reason, 0.65 - off, is_slight=not is_beside)
            elif not (is_far and name.is_fused):
                is_plain = len(word) < LONG and (is_far or not is_beside) and is_words(core)
                is_slight = is_plain or (is_far and len(word) < 9)
                if _NEARLY <= score - off < THRESHOLD and not is_words(core):
                    score, off, is_slight = THRESHOLD, 0.0, not is_beside
                yield _Found(name, reason, score - off, is_slight)

    def _has_trade(self, text: str) -> bool:
        return any(
            text[start:end] in self._trade
            for start in range(len(text))
            for end in range(start + 3, len(text) + 1)
        )


def _alone(found: _Found) -> _Found:
    """Return what a slight likeness is worth that nothing else speaks for."""
    return found._replace(score=min(found.score, _ALONE))


def _below(found: _Found, *, is_backed: bool) -> _Found:
    """Weigh what a label looks like that stands below a registered one."""
    if found.reason == "another ending":
        return found._replace(reason="subdomain", score=0.65)
    found = found if is_backed or not found.is_slight else _alone(found)
    return found._replace(score=found.score - 0.05)


def _is_of_another_script(label: str) -> bool:
    """Say whether a label has letters of another alphabet, and not only marks on Latin ones."""
    return not unmarked(label).isascii()


def _squeezed(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _alike(text: str) -> str:
    """Return a text in which letters and digits that look alike are one."""
    for pair, letter in _PAIRS_ALIKE:
        text = text.replace(pair, letter)
    return text.translate(_LETTERS_ALIKE)


def _has_one_digit_more(written: str, word: str) -> bool:
    """Say whether one letter of a word is written as a digit that looks like it, and nothing else changed."""
    changed = [mine for mine, its in zip(written, word, strict=False) if mine != its]
    return len(written) == len(word) and len(changed) == 1 and changed[0].isdecimal()


def _beside(rests: Iterable[str]) -> str:
    """Say what stands beside a name: a date, a number, or words."""
    digits = [rest for rest in rests if rest]
    if not digits or not all(rest.isdecimal() for rest in digits):
        return "beside words"
    return "dated" if _YEAR.fullmatch("".join(digits)) else "numbered"
