"""A small pack, a few people, findings, and a life that is led move by move and checked as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bylaw.casework import Case, advance, due, moves, replay
from bylaw.events import CaseEvent, decode, encode
from bylaw.model import (
    Actor,
    BandTerms,
    Clause,
    Evidence,
    Exemption,
    ExemptionTest,
    Finding,
    Function,
    ItemAnswer,
    ItemStatus,
    Ladder,
    MeasureKind,
    Pack,
    Receipt,
    Role,
    RuleText,
    Ruling,
    Rung,
    Severity,
    SeverityFactor,
    Source,
    Stance,
    Text,
)
from bylaw.ports import SubjectHistory

T0 = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL_KINDS = tuple(MeasureKind)
SET_A = (
    Function.EXTERNAL_LINK,
    Function.QR,
    Function.MINI_PROGRAM_JUMP,
    Function.RECOMMENDATION,
    Function.SEARCH_VISIBLE,
)
SET_B = (
    *SET_A,
    Function.PUBLISH_MASS,
    Function.MENU_CUSTOM,
    Function.AUTO_REPLY,
    Function.COMMENT_PIN,
    Function.ADS_MONETISE,
    Function.TIPPING,
    Function.PAYMENT_RECEIVE,
)
WHY: Text = {
    "zh": "该帐号六次发布加价转让门票的信息并留下联系方式。",
    "en": "The account offered tickets above face value six times and left a way to make contact.",
}


def factor(name: str, points: int, *, signal: str | None = None, fact: str | None = None) -> SeverityFactor:
    """A reason that moves the score."""
    return SeverityFactor(
        id=name, points=points, name={"zh": f"因素 {name}", "en": f"factor {name}"}, signal=signal, fact=fact
    )


def clause(name: str, severity: Severity, **changes: Any) -> Clause:
    """A clause, with anything changed."""
    fields: dict[str, Any] = {
        "id": name,
        "name": {"zh": f"条款 {name}", "en": f"Clause {name}"},
        "rule": RuleText(
            text=f"不得加价转让门票（{name}）。",
            lang="zh",
            source=Source(instrument="票务规范", article="3.1", date="2026-01-01"),
            translation={"en": f"Tickets may not be passed on above face value ({name})."},
        ),
        "reading": {"zh": "以高于票面的价格转让。", "en": "Passing on above face value."},
        "severity": severity,
        "detection": "text",
        "level": "item",
        "stances": (Stance.OFFERS,),
        "measures": ALL_KINDS,
        "rectify": {"zh": "删除相关内容。", "en": "Delete the items."},
    }
    return Clause(**{**fields, **changes})


def rung(kind: MeasureKind, **fields: Any) -> Rung:
    """A step of the ladder."""
    return Rung(kind=kind, **fields)


LADDER = Ladder(
    base_points={"minor": 15, "moderate": 35, "serious": 60, "severe": 85},
    band_floor={"minor": 0, "moderate": 25, "serious": 50, "severe": 80},
    function_sets={"A": SET_A, "B": SET_B},
    bands=(
        BandTerms(
            band=Severity.MINOR,
            first=rung(MeasureKind.WARN),
            rectify_for=7 * DAY,
            on_fail=(
                rung(MeasureKind.RESTRICT, functions=SET_A, lasts=7 * DAY),
                rung(MeasureKind.SUSPEND, lasts=7 * DAY),
            ),
            strike_cured=0,
            strike=2,
            strike_lasts=365 * DAY,
            no_return_for=90 * DAY,
        ),
        BandTerms(
            band=Severity.MODERATE,
            first=rung(MeasureKind.ORDER, freeze_items=True),
            rectify_for=72 * HOUR,
            on_fail=(
                rung(MeasureKind.RESTRICT, functions=SET_B, lasts=15 * DAY),
                rung(MeasureKind.SUSPEND, lasts=15 * DAY),
            ),
            strike_cured=1,
            strike=2,
            strike_lasts=365 * DAY,
            no_return_for=90 * DAY,
        ),
        BandTerms(
            band=Severity.SERIOUS,
            first=rung(MeasureKind.ORDER),
            during=rung(MeasureKind.RESTRICT, functions=SET_B),
            rectify_for=24 * HOUR,
            on_fail=(rung(MeasureKind.SUSPEND, lasts=30 * DAY), rung(MeasureKind.SUSPEND)),
            strike_cured=4,
            strike=4,
            strike_lasts=365 * DAY,
            no_return_for=365 * DAY,
        ),
        BandTerms(
            band=Severity.SEVERE,
            first=rung(MeasureKind.SUSPEND, interim=True),
            strike_cured=8,
            strike=8,
            strike_lasts=3 * 365 * DAY,
            no_return_for=3 * 365 * DAY,
        ),
    ),
    suspension_steps=(7 * DAY, 15 * DAY, 30 * DAY, 90 * DAY),
    ban_after_suspensions=4,
    suspensions_within=365 * DAY,
    ban_at_strikes=8,
    probation_for=30 * DAY,
    stale_after=90 * DAY,
    info_within=7 * DAY,
    hearing_for=72 * HOUR,
    second_within=48 * HOUR,
    interim_confirm_within=4 * HOUR,
    interim_lasts=7 * DAY,
    deemed_delivered_after=24 * HOUR,
    appeal_within=30 * DAY,
    appeal_answer_days=7,
    minimum_rectify_for=24 * HOUR,
    recheck_again_after=(7 * DAY, 30 * DAY),
    filing_within=7 * DAY,
)

_MITIGATE = (factor("first_and_small", -15, fact="first_and_small"),)
_AGGRAVATE = (
    factor("repeat_12m", 15, fact="repeat"),
    factor("amount_ge_100k", 10, signal="amount.large"),
    factor("ongoing", 20, fact="ongoing_harm"),
)

EXEMPTION = Exemption(
    id="X-NEWS",
    name={"zh": "新闻报道", "en": "News"},
    reading={"zh": "注明来源的报道。", "en": "A report that names its source."},
    tests=(
        ExemptionTest(id="source", name={"zh": "注明来源", "en": "names a source"}, when="term.attribution"),
    ),
)

NOTICE_FIELDS = [
    "notice_id",
    "issued_at",
    "account_id",
    "items",
    "facts",
    "clauses",
    "exemptions",
    "severity",
    "measures",
    "rectify",
    "deadline",
    "on_failure",
    "found_by",
    "automation",
    "deciders",
    "strikes",
    "appeal",
    "export",
    "authority",
    "ledger",
]
KINDS = ["warning", "order", "restriction", "suspension", "interim", "ban", "upheld", "reversal", "reminder"]

PACK = Pack(
    id="tickets",
    version="1.0.0",
    digest="sha256:" + "0" * 64,
    title={"zh": "门票转让规范", "en": "Ticket resale rule"},
    authority_basis="contract",
    publisher={"zh": "示例平台", "en": "Example platform"},
    languages=("zh", "en"),
    timezone="Asia/Shanghai",
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    clauses=(
        clause("TR-CONTENT", Severity.MINOR, never_ban=True),
        clause("TR-SWAP", Severity.MODERATE),
        clause(
            "TR-SELL",
            Severity.SERIOUS,
            level="subject",
            mitigate=_MITIGATE,
            aggravate=_AGGRAVATE,
            fast_track=True,
        ),
        clause("TR-BOT", Severity.SERIOUS, exemptions=("X-NEWS",)),
        clause("TR-FRAUD", Severity.SEVERE, fast_track=True),
        clause("TR-HARM", Severity.SEVERE, never_ban=True),
        clause("TR-UNQUAL", Severity.MINOR, detection="manual", measures=(MeasureKind.RESTRICT,)),
        clause("TR-OTHER", Severity.MINOR, detection="manual", role=Role.LEGAL, never_ban=True),
        clause("TR-OLD", Severity.MINOR, detection="manual", enabled=False),
        clause(
            "TR-EVADE",
            Severity.SERIOUS,
            detection="facts",
            level="subject",
            requires=("evade.same_party", "evade.same_payout"),
            raises_band=True,
            fast_track=True,
            aggravate=(factor("active_ban", 20, fact="active_ban"),),
        ),
    ),
    exemptions=(EXEMPTION,),
    ladder=LADDER,
    filing_duty=True,
    notices={
        f"{kind}.{lang}": f"{kind}\n" + "\n".join(f"[{name}] {{{name}}}" for name in NOTICE_FIELDS)
        for kind in KINDS
        for lang in ("zh", "en")
    },
)

CLEAN = SubjectHistory()


def actor(name: str, *roles: Role, person: str | None = None) -> Actor:
    """A registered actor; a reviewer unless roles are given."""
    return Actor(actor_id=name, person_id=person or f"person-{name}", roles=roles or (Role.REVIEWER,))


ANNA = actor("anna", Role.REVIEWER)
BEN = actor("ben", Role.SENIOR)
CAI = actor("cai", Role.SENIOR, Role.LEGAL)
ANNA_AGAIN = actor("anna-2", Role.SENIOR, Role.REVIEWER, Role.LEGAL, person="person-anna")
AUDITOR = actor("audrey", Role.AUDITOR)


def evidence(item_id: str, signal: str = "term.resale", text: str = "加价转让") -> Evidence:
    """A hit at the start of an item."""
    return Evidence(item_id=item_id, signal=signal, value=text, start=0, end=len(text), text=text)


def finding(name: str = "TR-SELL", item_id: str = "i1", **changes: Any) -> Finding:
    """A finding, with anything changed."""
    chosen = next(one for one in PACK.clauses if one.id == name)
    fields: dict[str, Any] = {
        "finding_id": f"f-{name}-{item_id}-{changes.get('item_version', 'v1')}-{changes.get('level', chosen.level)}",
        "item_id": item_id,
        "item_version": "v1",
        "account_id": "acc",
        "published_at": T0 - DAY,
        "pack": PACK.ref,
        "pack_digest": PACK.digest,
        "clause": name,
        "level": chosen.level,
        "severity": chosen.severity,
        "confidence": 0.9,
        "stance": Stance.OFFERS,
        "in_force": True,
        "evidence": (evidence(item_id),),
    }
    return Finding(**{**fields, **changes})


def violation(**changes: Any) -> Ruling:
    """A ruling that there is a violation."""
    return Ruling(**{"outcome": "violation", "reasons": WHY, **changes})


def receipt(at: datetime, *, done: bool = True, problem: str = "") -> Receipt:
    """The platform's answer."""
    return Receipt(outbox_id="o", done=done, at=at, problem=problem)


def answers(case: Case, *statuses: ItemStatus) -> tuple[ItemAnswer, ...]:
    """One status for every item, or one each."""
    given = statuses if len(statuses) > 1 else statuses * len(case.recheck_items)
    return tuple(
        ItemAnswer(item_id=item_id, status=status)
        for (item_id, _), status in zip(case.recheck_items, given, strict=True)
    )


class Life:
    """A case led move by move. After each it must equal its own replay, and every event must survive a trip."""

    def __init__(
        self, *findings: Finding, pack: Pack = PACK, history: SubjectHistory = CLEAN, **changes: Any
    ) -> None:
        self.pack = pack
        self.history = history
        self.now = T0
        fields: dict[str, Any] = {"case_id": "c1", "account_id": "acc", "pack": pack, "now": T0}
        self.events: list[CaseEvent] = list(moves.open_case(findings, **{**fields, **changes}))
        self.case = replay(self.events)

    def take(self, events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
        """Record events as the engine would."""
        taken = tuple(events)
        self.case = advance(self.case, taken)
        self.events += taken
        assert self.case == replay(decode(encode(event)) for event in self.events)
        return taken

    def do(
        self, move: Callable[..., tuple[CaseEvent, ...]], *args: Any, **kwargs: Any
    ) -> tuple[CaseEvent, ...]:
        """Make a move now, handing it the pack and the history where it asks for them."""
        names = move.__code__.co_varnames[: move.__code__.co_argcount + move.__code__.co_kwonlyargcount]
        given = {"pack": self.pack, "history": self.history, "now": self.now}
        return self.take(move(self.case, *args, **{k: v for k, v in given.items() if k in names}, **kwargs))

    def decide(
        self, actor: Actor = ANNA, seconder: Actor | None = None, **ruling: Any
    ) -> tuple[CaseEvent, ...]:
        """Let somebody rule that there is a violation."""
        return self.do(moves.decide, violation(**ruling), actor=actor, seconder=seconder)

    def deliver(self, *, done: bool = True, problem: str = "") -> tuple[CaseEvent, ...]:
        """Let the newest notice arrive now."""
        notice_id = self.case.notices[-1].notice_id
        return self.do(moves.deliver, notice_id, receipt(self.now, done=done, problem=problem))

    def recheck(self, *statuses: ItemStatus) -> tuple[CaseEvent, ...]:
        """Let the platform answer, one status for every item or one each."""
        return self.do(moves.recheck, answers(self.case, *statuses))

    def tick(self, after: timedelta = timedelta()) -> tuple[CaseEvent, ...]:
        """Let time pass and record what it brings; the re-check stays to be answered."""
        self.now += after
        brought = self.take(due(self.case, pack=self.pack, history=self.history, now=self.now).events)
        again = due(self.case, pack=self.pack, history=self.history, now=self.now)
        assert again.events == ()
        return brought

    @property
    def asks(self) -> tuple[tuple[str, str], ...]:
        """Which items the platform must be asked about now."""
        return due(self.case, pack=self.pack, history=self.history, now=self.now).recheck

    @property
    def active(self) -> list[MeasureKind]:
        """The kinds of measures that last."""
        return [record.measure.kind for record in self.case.active]


def kinds(events: Iterable[CaseEvent]) -> list[str]:
    """The names of events."""
    return [event.kind for event in events]


def ordered(**changes: Any) -> Life:
    """A moderate case whose order has arrived: three items, 72 hours to rectify."""
    life = Life(*(finding("TR-SWAP", f"i{n}") for n in (1, 2, 3)))
    life.decide(**changes)
    life.deliver()
    return life


def with_ladder(**changes: Any) -> Pack:
    """The pack with another ladder."""
    return replace(PACK, ladder=replace(LADDER, **changes))
