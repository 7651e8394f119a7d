"""How findings and texts look to people: the words that were found, in place, with their disguise laid open.

The reader has never seen the pack: signals and disguises are called by their names, what is hidden or encoded
is also shown as it reads, and what stands in a picture is said to stand there.
"""

from __future__ import annotations

__all__ = [
    "SPELLINGS",
    "items_of",
    "marked",
    "quoted",
    "read_as",
    "render_evidence",
    "render_finding",
    "sure",
    "telling",
    "verdict_of",
    "visible",
]

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.text import Text as Styled

from bylaw.cli._frame import Frame
from bylaw.cli._spoken import SignalNames
from bylaw.model import Box, Evidence, Finding

_FOUND_WIDTH = 18  # cells that the words found take in a list of evidence
_SURE = (0.35, 0.55, 0.75, 0.9)  # the least confidence for each word but the first
_SAYS_NO_MORE = {"message", "wechat", "qq", "telegram", "whatsapp", "line", "phone", "email"}
"""Values of contacts that only repeat what the signal is called."""
SPELLINGS = frozenset({"traditional", "full-width", "numeral"})
"""Ways to write a word that a finding names as what was undone, and that hide nothing by themselves."""


def visible(text: str) -> str:
    """Return the text with what cannot be seen made visible: ZERO WIDTH SPACE is ‹200B›, a line end ⏎."""
    shown = []
    for char in text:
        if char == "\n":
            shown.append("⏎ ")
        elif char == "\t":
            shown.append(" ")
        elif unicodedata.category(char) in {"Cf", "Cc", "Cs", "Co", "Cn"}:
            shown.append(f"‹{ord(char):04X}›")
        else:
            shown.append(char)
    return "".join(shown)


def marked(text: str, evidence: Iterable[Evidence], *, style: str = "bold red", around: int = 40) -> Styled:
    """Return the text with the evidence marked; stretches far from any evidence are left out.

    Evidence that overlaps is one mark; evidence of another version of the text is none.
    """
    spans = sorted({(each.start, each.end) for each in evidence if text[each.start : each.end] == each.text})
    styled, at = Styled(), 0
    for start, end in spans:
        if end <= at:
            continue
        begin = max(start, at)
        gap = text[at:begin]
        if len(gap) > 2 * around + 3:
            gap = (gap[:around] if at else "") + " … " + gap[-around:]
        styled.append(visible(gap))
        styled.append(visible(text[begin:end]), style=style)
        at = end
    tail, room = text[at:], around if spans else 2 * around
    styled.append(visible(tail[:room] + " …" if len(tail) > room + 2 else tail))
    return styled


def quoted(text: Styled) -> Styled:
    """Return a text between quotation marks."""
    return Styled("“").append_text(text).append("”")


def telling(evidence: Sequence[Evidence], *, most: int | None = None) -> list[Evidence]:
    """Return the hits worth a line: disguised ones first, none that lies within another and says no more.

    What weighed most with a model comes last and stands for no words within it.
    """
    kept: list[Evidence] = []
    for each in sorted(evidence, key=_telling):
        inside = [k for k in kept if k.start <= each.start and each.end <= k.end]
        said_again = any(k.value == each.value and k.text == each.text for k in kept)
        if not said_again and not any(set(each.disguise) <= set(k.disguise) for k in inside):
            kept.append(each)
    kept = kept[:most]
    return kept if most is not None else sorted(kept, key=lambda e: (e.start, e.end))


def _telling(hit: Evidence) -> tuple[bool, bool, int, int]:
    return hit.signal.startswith("model."), not hit.disguise, hit.start - hit.end, hit.start


def render_evidence(
    out: Frame, evidence: Iterable[Evidence], names: SignalNames, *, indent: int = 4, places: bool = True
) -> None:
    """Print each hit on a line: what stands there, what that is, what it means, how it was hidden.

    Signals that found the same words share a line.
    """
    by_place = sorted(evidence, key=lambda each: (each.item_id, each.start, each.end))
    for _, group in groupby(by_place, key=lambda each: (each.item_id, each.start, each.end)):
        same = list(group)
        first = same[0]
        line = Styled()
        found = visible(first.text)
        line.append(found, style="bold red")
        line.append(" " * max(2, _FOUND_WIDTH - cell_len(found)))
        told: dict[str, list[str]] = {}  # what each name says besides
        for each in same:
            told.setdefault(names(each.signal), []).extend(filter(None, [_further(out, each)]))
        if len({each for further in told.values() for each in further}) < 2:  # else it is said whose it is
            told = {out.words.listed(told): [each for further in told.values() for each in further]}
        for nth, (name, further) in enumerate(told.items()):
            line.append(out.words.either("；", "; ") if nth else "")
            line.append(name, style="cyan")
            for more in dict.fromkeys(further):
                line.append(f"{out.words.either('，', ', ')}{visible(more)}")
        disguise = tuple(dict.fromkeys(name for each in same for name in each.disguise))
        if disguise:
            hidden = out.words.listed(map(out.words.disguise, disguise))
            kind = "spelling" if SPELLINGS.issuperset(disguise) else "disguise"
            line.append(f"  ⟵ {out.words(kind)}{out.words.either('：', ' ')}{hidden}", style="magenta")
        if isinstance(first.box, Box):
            line.append(_in_picture(out, first.box), style="dim")
        elif places:
            line.append(f"  [{first.start}:{first.end}]", style="dim")
        out.lay(line, indent=indent)


def _in_picture(out: Frame, box: Box) -> str:
    """Return where in which picture words stand."""
    picture, at = visible(box.picture), f"{box.x},{box.y} {box.w}×{box.h}"
    return out.words.either(f"  图片 {picture}（{at}）", f"  in picture {picture} ({at})")


def _further(out: Frame, hit: Evidence) -> str:
    """Return what is to be said of a hit besides its words and its name; often nothing."""
    words, either = out.words, out.words.either
    if hit.signal == "link.lookalike":
        meant, _, how = hit.value.partition(" ")
        reason, _, score = how.rpartition(" ")
        return either(f"即 {meant}（{words(reason)}，{score}）", f"namely {meant} ({words(reason)}, {score})")
    if hit.signal.startswith("model."):
        return either(f"概率 {hit.value}", f"probability {hit.value}")
    reading = read_as(hit)
    return either(f"读作“{reading}”", f"reads “{reading}”") if reading else ""


def read_as(hit: Evidence) -> str:
    """Return what a hit reads as, where its own words do not say so; else nothing."""
    family, value = hit.signal.partition(".")[0], hit.value
    if family in ("price", "amount"):
        value = value.rpartition(" ")[2]  # the currency is among the words that were found
    elif family == "contact" and value in _SAYS_NO_MORE:
        return ""
    elif family in ("evasion", "quotation", "aside"):
        return ""  # the value names the disguises, the marks, or which side it is
    plain = unicodedata.normalize("NFKC", hit.text).casefold().replace(",", "")
    if value.casefold() == hit.text.casefold():
        return ""
    is_said = not hit.disguise and all(each in plain for each in value.casefold().split())
    return "" if is_said else value


def render_finding(out: Frame, finding: Finding, names: SignalNames, texts: dict[str, str]) -> None:
    """Print one finding: clause, stance, how sure, and each of its texts with the evidence marked."""
    out.say(f"[bold]{finding.clause}[/]  {verdict_of(out, finding)}")
    for item_id, own in items_of(finding.evidence):
        if item_id in texts:
            out.lay(quoted(marked(texts[item_id], own)), indent=4)
        render_evidence(out, telling(own), names, indent=6)
    if finding.counter:
        out.say(f"{out.words('counter')}{out.words.either('：', ':')}", indent=4)
        render_evidence(out, telling(finding.counter), names, indent=6)


def items_of(evidence: Iterable[Evidence]) -> list[tuple[str, list[Evidence]]]:
    """Return evidence by item, the most disguised item first."""
    by_item: dict[str, list[Evidence]] = {}
    for each in evidence:
        by_item.setdefault(each.item_id, []).append(each)
    return sorted(by_item.items(), key=lambda one: -len({name for e in one[1] for name in e.disguise}))


def verdict_of(out: Frame, finding: Finding) -> str:
    """Return on one line whether it violates, in which stance, and how sure that is."""
    words = out.words
    if finding.exempt:
        found = f"[yellow]{words('exempt')} {finding.exempt}[/]"
    elif finding.violates:
        found = f"[red]{words('violation')}{words.either('，', ', ')}{words(finding.severity)}[/]"
    else:
        found = words.either("[green]只是谈论[/]", "[green]mere talk[/]")
    rest = [f"{words('stance')}{words.either('：', ': ')}{words(finding.stance)}"]
    if finding.strength != "plain":
        rest.append(words.either(f"{words(finding.strength)}命中", f"a {words(finding.strength)} hit"))
    rest.append(sure(out, finding.confidence))
    return " · ".join([found, *rest])


def sure(out: Frame, confidence: float) -> str:
    """Return how sure a finding is, in a word and the number."""
    word = out.words(f"sure.{sum(confidence >= least for least in _SURE)}")
    return out.words.either(f"置信度{word}（{confidence:.2f}）", f"confidence {word} ({confidence:.2f})")
