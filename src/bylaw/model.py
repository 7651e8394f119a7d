"""The vocabulary: every frozen value the rest of Bylaw speaks in.

Nothing here decides anything. A reader who knows this file and `events.py` knows every noun in the house.
Times are aware and in UTC; ids are strings; offsets are code points into the text as it came.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType

import msgspec

ItemId = NewType("ItemId", str)
AccountId = NewType("AccountId", str)
PartyId = NewType("PartyId", str)
CaseId = NewType("CaseId", str)
ActorId = NewType("ActorId", str)
PersonId = NewType("PersonId", str)

Text = dict[str, str]
"""A sentence in several languages: {"zh": ..., "en": ...}."""


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What every value is: frozen, keyword-only, slotted, and strict about its fields.

    A frozen value holds what was made before it, so no circle of them can close and the collector of circles
    need not look: where many are made at once, it would take a third of the time.
    """


# --- words -------------------------------------------------------------------------------------------


class Severity(StrEnum):
    """How bad, in the four words used for a clause's base and for a case's band, from least to most."""

    MINOR = "minor"
    MODERATE = "moderate"
    SERIOUS = "serious"
    SEVERE = "severe"

    @property
    def rank(self) -> int:
        """0 for minor to 3 for severe."""
        return list(Severity).index(self)


class Stance(StrEnum):
    """What the author does with the topic. Only the first three can violate."""

    OFFERS = "offers"
    FACILITATES = "facilitates"
    PROMOTES = "promotes"
    REPORTS = "reports"
    TEACHES = "teaches"
    WARNS = "warns"
    QUOTES = "quotes"
    ASKS = "asks"
    MENTIONS = "mentions"

    @property
    def can_violate(self) -> bool:
        """Whether a finding of this stance may lead to a measure."""
        return self in (Stance.OFFERS, Stance.FACILITATES, Stance.PROMOTES)


class MeasureKind(StrEnum):
    """What may be imposed on a subject or an item."""

    WARN = "warn"
    ORDER = "order"
    LABEL = "label"
    REMOVE = "remove"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    BAN = "ban"


class Function(StrEnum):
    """The closed list of functions that `restrict` can take away (POLICY 3c.3)."""

    EXTERNAL_LINK = "external_link"
    QR = "qr"
    MINI_PROGRAM_JUMP = "mini_program_jump"
    RECOMMENDATION = "recommendation"
    SEARCH_VISIBLE = "search_visible"
    PUBLISH_MASS = "publish_mass"
    MENU_CUSTOM = "menu_custom"
    AUTO_REPLY = "auto_reply"
    COMMENT_PIN = "comment_pin"
    ADS_MONETISE = "ads_monetise"
    TIPPING = "tipping"
    PAYMENT_RECEIVE = "payment_receive"
    NEW_FOLLOWERS = "new_followers"
    ORIGINAL_BADGE = "original_badge"
    LIVE = "live"
    API_ACCESS = "api_access"
    GROUP_CREATE = "group_create"
    PROFILE_EDIT = "profile_edit"
    PRIMARY_SALE_LIST = "primary_sale_list"
    GIFT_TRANSFER = "gift_transfer"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """What a registered actor may do (DESIGN 7)."""

    REVIEWER = "reviewer"
    SENIOR = "senior"
    LEGAL = "legal"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class AppealOutcome(StrEnum):
    """What became of the decision that was appealed."""

    UPHELD = "upheld"
    VARIED = "varied"
    OVERTURNED = "overturned"


class ItemStatus(StrEnum):
    """The platform's answer about one item at a re-check."""

    SHOWN = "shown"
    EDITED = "edited"
    GONE = "gone"
    UNKNOWN = "unknown"


ItemKind = Literal[
    "post",
    "article",
    "profile",
    "comment",
    "message",
    "page",
    "image",
    "menu",
    "auto_reply",
    "mini_program",
    "listing",
    "group",
]
Audience = Literal["public", "group", "private"]
AuthorityBasis = Literal["law", "regulation", "soft_law", "contract"]
Detection = Literal["text", "facts", "manual"]
Level = Literal["item", "subject"]


# --- what is looked at -------------------------------------------------------------------------------


class Item(Value, frozen=True, kw_only=True):
    """One piece of public content at one version."""

    item_id: str
    text: str
    account_id: str | None = None
    created_at: datetime | None = None
    kind: ItemKind = "post"
    audience: Audience | None = None  # required for kind "message"; "private" is out of scope
    lang: str | None = None
    url: str | None = None
    media: tuple[str, ...] = ()
    edited_at: datetime | None = None
    meta: dict[str, str] = {}


class Account(Value, frozen=True, kw_only=True):
    """The account that answers for conduct, and what is known of it."""

    account_id: str
    name: str = ""
    bio: str = ""
    created_at: datetime | None = None
    party_id: str | None = None
    lang: str | None = None  # the language its notices are written in; the pack's first one if absent
    facts: dict[str, str | bool | int] = {}
    """Positive facts somebody established: `territory`, `editorial`, `document.KIND` = "valid until DATE"."""


# --- what is found -----------------------------------------------------------------------------------


class Box(Value, frozen=True, kw_only=True):
    """Where in a picture something stands: pixels of the picture as it is shown, from the top left."""

    picture: str  # its name, as the item has it
    x: int
    y: int
    w: int
    h: int


class Evidence(Value, frozen=True, kw_only=True):
    """One hit: where in which item, and what was done to hide it."""

    item_id: str
    signal: str  # "term.asset", "link.exchange", "contact.wechat"
    value: str  # the canonical thing found: the lexicon's term, the registrable domain, the handle
    start: int  # code points into the text as it came
    end: int
    text: str  # exactly text[start:end]
    disguise: tuple[str, ...] = ()  # names of the foldings without which it would not have been seen
    box: Box | msgspec.UnsetType = msgspec.UNSET  # where it was read, if it was read in a picture


class Finding(Value, frozen=True, kw_only=True):
    """A machine's claim that a clause held: a complete argument that never has to ask the rule again.

    It violates when it is not exempt and its stance can. `strength` grades an item-level hit for the
    clause's subject condition. For level "subject" the evidence spans several items and `item_id` is the
    newest of them.
    """

    finding_id: str
    item_id: str
    item_version: str  # digest of the text that was judged
    account_id: str | None
    published_at: datetime | None
    pack: str  # "wechat-2022@1.0.0"
    pack_digest: str
    clause: str
    level: Level
    severity: Severity
    strength: Literal["strong", "plain", "weak"] = "plain"
    confidence: float  # 0 to 1, two decimals
    stance: Stance
    exempt: str | None = None
    in_force: bool | None = None  # null when nobody knows when the item was published
    evidence: tuple[Evidence, ...]
    counter: tuple[Evidence, ...] = ()  # hits that spoke for a harmless reading

    @property
    def violates(self) -> bool:
        """Whether this finding, if upheld, is a violation."""
        return self.exempt is None and self.stance.can_violate

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Every item the finding rests on, in order of first mention."""
        return tuple(dict.fromkeys([e.item_id for e in self.evidence] + [self.item_id]))

    @property
    def signals(self) -> frozenset[str]:
        """Names of the signals in the evidence."""
        return frozenset(e.signal for e in self.evidence)

    @property
    def rests_on_facts(self) -> bool:
        """Whether it rests on facts established of the account, and on no words of an item."""
        return bool(self.evidence) and all(e.signal.startswith("fact.") for e in self.evidence)

    @property
    def is_disguised(self) -> bool:
        """Whether any of the evidence was hidden from a plain reader of bytes."""
        return any(e.disguise for e in self.evidence)


# --- what a pack is made of --------------------------------------------------------------------------


class Source(Value, frozen=True, kw_only=True):
    """Where a sentence or a fact comes from."""

    instrument: str
    article: str = ""
    date: str = ""  # ISO date of the instrument
    url: str = ""
    provenance: str = ""  # "press quotation", "official page"
    verified_on: str = ""


class RuleText(Value, frozen=True, kw_only=True):
    """The published sentence, verbatim. Translations are marked unofficial wherever they are shown."""

    text: str
    lang: str
    source: Source
    translation: Text = {}


class SeverityFactor(Value, frozen=True, kw_only=True):
    """One named reason that moves the severity score of a case.

    Exactly one of `signal` and `fact` is set: the factor applies when the findings' evidence holds that
    signal, or when casework establishes that fact (`repeat evasion subject_level first_and_small
    self_removed cooperated ongoing_harm identified_victims active_ban coordinated continuing`).
    """

    id: str
    points: int
    name: Text
    signal: str | None = None
    fact: str | None = None


class StanceRule(Value, frozen=True, kw_only=True):
    """The first rule in order whose condition holds names the stance."""

    stance: Stance
    when: str


class ExampleItem(Value, frozen=True, kw_only=True):
    """One item of an example story."""

    text: str
    at: datetime | None = None
    kind: ItemKind = "post"


class Example(Value, frozen=True, kw_only=True):
    """A small story and what must come of it: the pack's own tests."""

    id: str
    lang: str
    expect: Literal["violates", "allowed"]
    items: tuple[ExampleItem, ...]
    facts: dict[str, str | bool | int] = {}
    stance: Stance | None = None  # when given, the stance must come out too
    exempt: str | None = None  # when given, this exemption must be the one that applied
    why: str = ""


class Term(Value, frozen=True, kw_only=True):
    """One lexicon entry. `cancels` marks an allow-term: it cancels hits of its group that lie inside it."""

    text: str
    cancels: bool = False
    weak: bool = False  # too ambiguous to carry a clause alone; counts for `weak`, never for `strong`
    initials: bool = False  # its pinyin initials are meant by it too, as a weak hit


class Lexicon(Value, frozen=True, kw_only=True):
    """A term group: signal `term.<id>`."""

    id: str
    name: Text
    terms: tuple[Term, ...]


class ListEntry(Value, frozen=True, kw_only=True):
    """One row of a registry: one name or one domain of a party, and where that is known from.

    A party is one entity: all its rows share its id, whichever language or spelling a name is in. The first
    `name` is what it is called; an `alias` is any other name, an `app` what its application is called.
    """

    party: str
    kind: Literal["name", "alias", "app", "domain"]
    value: str
    weak: bool = False  # also an ordinary word: counts for `weak`, never for `item` or `strong`
    status: Literal["active", "closed", "unverified"] = "active"
    source: str = ""
    verified_on: str = ""

    @property
    def is_weak(self) -> bool:
        """Whether a hit on this row is weak evidence: an ordinary word, or what nobody verified."""
        return self.weak or self.status == "unverified"


class Registry(Value, frozen=True, kw_only=True):
    """A list of parties: names give signal `term.<id>`, domains give `link.<id>`."""

    id: str
    name: Text
    entries: tuple[ListEntry, ...]
    allow: tuple[str, ...] = ()  # cancel hits of the names that lie inside them
    beside: tuple[str, ...] = ()  # words of the trade that stand beside a name in an address
    removal: Text = {}  # how a party is taken off


class Poster(Value, frozen=True, kw_only=True):
    """One picture that is known: by its PDQ hash, not by its content, which no pack holds."""

    what: str  # an id for what it shows: the campaign, the party
    pdq: str  # 64 hexadecimal digits
    distance: int = 31  # of 256 bits, how many may differ
    source: str
    verified_on: str


class PosterList(Value, frozen=True, kw_only=True):
    """A list of known pictures: signal `picture.<id>`, and `picture.known` with those of every list."""

    id: str
    name: Text
    entries: tuple[Poster, ...]
    removal: Text = {}  # how a picture is taken off


class AddressScheme(Value, frozen=True, kw_only=True):
    """One way in which payment addresses are written: signal `address.<id>`.

    `base58check`, `bech32` and `bech32m` carry a version and a checksum; `hex` carries one in the case of its
    letters, unless all are alike; `base58` has none. An address without a checksum is a weak hit.
    """

    id: str
    name: Text
    form: Literal["base58", "base58check", "bech32", "bech32m", "hex"]
    sizes: tuple[int, ...]  # how many bytes an address may stand for, without version and checksum
    versions: tuple[int, ...] = ()
    prefix: str = ""  # what stands before the digits: the human-readable part, or 0x
    source: Source


class ModelHead(Value, frozen=True, kw_only=True):
    """One question a text model answers: signal `model.<id>`, with `_low` and `_high` where these are set.

    probability = 1 / (1 + exp(-(scale * mean of the runs + words * mean of the words + bias)))
    """

    id: str
    name: Text
    scale: float  # not below 0
    bias: float
    words: float = 0.0  # the scale of what the pack's words weigh, not below 0
    unspaced: float = 0.0  # added to the bias where most letters are of a script without spaces between words
    threshold: float  # the least probability at which the signal hits
    low: float | None = None  # enough beside words that say much themselves
    high: float | None = None


class WordWeight(Value, frozen=True, kw_only=True):
    """What a signal `term.<id>` weighs for each head: that it hits, and once more that it hits often."""

    signal: str
    once: tuple[int, ...]
    often: tuple[int, ...]


class ModelConfidence(Value, frozen=True, kw_only=True):
    """How a finding's confidence is calibrated: a logistic function, rising in both of what it is told."""

    head: str
    offset: float
    formula: float  # the weight of the logit of the plain formula, not below 0
    model: float  # the weight of the head's logit, not below 0
    automation: float = 0.99  # the least confidence on which automation may be built; nothing acts on it here


class TrainingSet(Value, frozen=True, kw_only=True):
    """Something a model was trained on."""

    what: str
    licence: str
    rows: int


class TextModel(Value, frozen=True, kw_only=True):
    """A linear model over hashed runs of folded characters and the pack's words, with its card.

    It gives signals, no verdicts.

    `weights` is one signed byte for each bucket and head, bucket after bucket.
    """

    id: str
    name: Text
    orders: tuple[int, ...]  # how many characters a run has
    bits: int  # the logarithm of the number of buckets
    seed: int
    longest: int  # how many characters of a text are read
    heads: tuple[ModelHead, ...]
    often: int = 3  # from so many hits on, a word is there often
    words: tuple[WordWeight, ...] = ()
    confidence: ModelConfidence | None = None
    trained_on: tuple[TrainingSet, ...] = ()
    measured: Text = {}
    fails: Text = {}
    weights: bytes


class Clause(Value, frozen=True, kw_only=True):
    """The smallest citable rule: our reading of one published sentence."""

    id: str
    name: Text
    rule: RuleText
    reading: Text
    severity: Severity
    detection: Detection
    level: Level  # "item": every item finding can open a case; "subject": only the subject condition can
    stances: tuple[Stance, ...]
    item: str | None = None  # conditions, in the grammar of docs/reference/conditions.md
    strong: str | None = None
    weak: str | None = None
    window: timedelta | None = None
    subject: str | None = None  # over the window's counts: hits, items, share, days, strong, weak
    stance_rules: tuple[StanceRule, ...] = ()  # tried before the pack's
    exemptions: tuple[str, ...] = ()
    kinds: tuple[ItemKind, ...] = ()  # item kinds looked at; empty means all
    measures: tuple[MeasureKind, ...]
    aggravate: tuple[SeverityFactor, ...] = ()
    mitigate: tuple[SeverityFactor, ...] = ()
    enabled: bool = True  # false: read, checked and tested like the others, and asked of nobody
    requires: tuple[str, ...] = ()  # account facts that must be there and not false before it can hold
    fast_track: bool = False  # may go straight to a ban proposal (POLICY 3c.2)
    never_ban: bool = False
    raises_band: bool = False  # beside another clause it raises the case's band by one
    role: Role | None = None  # who rules on it must hold this role too; only where people decide
    dsa_category: str = ""
    dsa_keywords: tuple[str, ...] = ()
    rectify: Text = {}  # what the account holder must do to cure it
    examples: tuple[Example, ...] = ()
    order: int = 0


class ExemptionTest(Value, frozen=True, kw_only=True):
    """One question an exemption asks. `when` must hold."""

    id: str
    name: Text
    when: str


class Exemption(Value, frozen=True, kw_only=True):
    """A protected use. It applies when every test holds; each test is shown to the reviewer."""

    id: str
    name: Text
    reading: Text
    tests: tuple[ExemptionTest, ...]
    requires: tuple[str, ...] = ()  # account facts that must be present and not false
    manual: bool = False  # only a person can say that it applies; it has neither tests nor required facts
    clauses: tuple[str, ...] = ()  # empty means every clause that names it
    order: int = 0


class Rung(Value, frozen=True, kw_only=True):
    """One step of the ladder: what happens, and for how long."""

    kind: MeasureKind
    functions: tuple[Function, ...] = ()
    lasts: timedelta | None = None  # null means until the rung ends
    freeze_items: bool = False  # links and codes of the items are frozen
    interim: bool = False


class BandTerms(Value, frozen=True, kw_only=True):
    """The ladder's line for one band of severity (POLICY 3c.2, table of timings)."""

    band: Severity
    first: Rung
    during: Rung | None = None  # concurrent with the period for rectifying
    rectify_for: timedelta | None = None
    on_fail: tuple[Rung, ...] = ()  # first failed re-check, second, ...; after the last: a ban proposal
    strike_cured: int  # half strikes: 1 means 0.5
    strike: int
    strike_lasts: timedelta
    no_return_for: timedelta  # how long a banned party may not register again


class Ladder(Value, frozen=True, kw_only=True):
    """Bands, thresholds and clocks of a pack. Every number is the pack's; the engine has none."""

    base_points: dict[str, int]  # severity -> points
    band_floor: dict[str, int]  # severity -> lowest score of its band
    bands: tuple[BandTerms, ...]
    function_sets: dict[str, tuple[Function, ...]] = {}
    suspension_steps: tuple[timedelta, ...]
    ban_after_suspensions: int  # the n-th suspension within `suspensions_within` proposes a ban
    suspensions_within: timedelta
    ban_at_strikes: int  # half strikes
    probation_for: timedelta
    stale_after: timedelta  # content older than this at detection gives no strike
    info_within: timedelta
    hearing_for: timedelta
    second_within: timedelta
    interim_confirm_within: timedelta
    interim_lasts: timedelta
    deemed_delivered_after: timedelta
    appeal_within: timedelta
    appeal_answer_days: int  # working days
    minimum_rectify_for: timedelta
    recheck_again_after: tuple[timedelta, ...] = ()
    filing_within: timedelta

    def terms(self, band: Severity) -> BandTerms:
        """Return the line of the ladder for a band."""
        return next(line for line in self.bands if line.band is band)


class Pack(Value, frozen=True, kw_only=True):
    """A versioned directory of policy, loaded. `digest` covers every file of it and of what it extends."""

    id: str
    version: str
    digest: str
    title: Text
    authority_basis: AuthorityBasis
    publisher: Text
    languages: tuple[str, ...]
    timezone: str
    valid_from: datetime
    valid_to: datetime | None = None
    sources: tuple[Source, ...] = ()
    clauses: tuple[Clause, ...]
    exemptions: tuple[Exemption, ...] = ()
    lexicons: tuple[Lexicon, ...] = ()
    registries: tuple[Registry, ...] = ()
    addresses: tuple[AddressScheme, ...] = ()
    posters: tuple[PosterList, ...] = ()
    models: tuple[TextModel, ...] = ()
    stance_rules: tuple[StanceRule, ...] = ()
    ladder: Ladder
    filing_duty: bool = False
    filing_channel: str | None = None
    label_text: Text = {}
    notices: dict[str, str] = {}  # "<template>.<lang>" -> text with {fields}
    disclaimer: Text = {}  # what in this pack is nobody's official rule

    @property
    def ref(self) -> str:
        """The name a decision stores: `id@version`."""
        return f"{self.id}@{self.version}"

    def clause(self, clause_id: str) -> Clause:
        """Return a clause by id; `KeyError` if the pack has none of that name."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(clause_id)


# --- what is decided ---------------------------------------------------------------------------------


class Actor(Value, frozen=True, kw_only=True):
    """Somebody registered to act. Two actors may be one person; safeguards look at the person."""

    actor_id: str
    person_id: str
    roles: tuple[Role, ...]
    languages: tuple[str, ...] = ("zh", "en")
    revoked_at: datetime | None = None


class SeverityTerm(Value, frozen=True, kw_only=True):
    """One addend of a severity score, as the notice prints it."""

    id: str
    points: int
    name: Text


class SeverityScore(Value, frozen=True, kw_only=True):
    """The sum, its band, and every term of it (POLICY 3c.1)."""

    score: int
    band: Severity
    terms: tuple[SeverityTerm, ...]


class Measure(Value, frozen=True, kw_only=True):
    """What is imposed: kind, on what, from when until when, under which decision."""

    measure_id: str
    decision_id: str
    kind: MeasureKind
    account_id: str
    item_ids: tuple[str, ...] = ()  # for label, remove, and frozen links; empty means the account
    functions: tuple[Function, ...] = ()
    starts_at: datetime
    ends_at: datetime | None = None  # null means until lifted
    interim: bool = False


class Strike(Value, frozen=True, kw_only=True):
    """A countable mark on an account, in half strikes, with an expiry."""

    strike_id: str
    case_id: str
    account_id: str
    halves: int
    entered_at: datetime
    expires_at: datetime


class ItemAnswer(Value, frozen=True, kw_only=True):
    """What the platform said of one item, and for an edited one whether it still violates."""

    item_id: str
    status: ItemStatus
    version: str | None = None
    still_violates: bool | None = None


class Receipt(Value, frozen=True, kw_only=True):
    """The platform's answer to a request to act."""

    outbox_id: str
    done: bool
    at: datetime
    reference: str = ""
    problem: str = ""


class StatementOfReasons(Value, frozen=True, kw_only=True):
    """The structured why of one decision, field by field as POLICY 3d numbers them."""

    decision_id: str
    case_id: str
    account_id: str
    kind: str
    issued_at: datetime
    timezone: str
    languages: tuple[str, ...]
    pack: str
    pack_digest: str
    authority_basis: AuthorityBasis
    clauses: tuple[ClauseReason, ...]
    items: tuple[ItemReason, ...]
    facts: Text  # facts and circumstances, in the reviewer's words
    exemptions: tuple[ExemptionReason, ...]
    severity: SeverityScore
    measures: tuple[Measure, ...]
    rectify: tuple[Text, ...] = ()
    rectify_for: timedelta | None = None
    rectify_by: datetime | None = None  # in a reminder: the running deadline, extension and all
    on_failure: Text = {}
    found_by: str  # "own scan", "report", "authority order"
    automated_detection: bool
    automated_decision: bool
    decided_by_roles: tuple[Role, ...]
    strike_halves_now: int
    strikes_expire_at: tuple[datetime, ...] = ()
    appeal_by: datetime | None = None
    appeal_answer_days: int


class ClauseReason(Value, frozen=True, kw_only=True):
    """Which clause, its published sentence, our reading, and why these facts meet it."""

    clause: str
    name: Text
    rule: RuleText
    reading: Text
    why: Text


class ItemReason(Value, frozen=True, kw_only=True):
    """Exactly which item, and the words in it that the finding rests on."""

    item_id: str
    version: str
    published_at: datetime | None
    excerpt: tuple[Evidence, ...]


class ExemptionReason(Value, frozen=True, kw_only=True):
    """An exemption that was considered, and why it did not apply."""

    exemption: str
    name: Text
    failed: tuple[Text, ...]  # names of the tests that did not hold


# --- the life of a case ------------------------------------------------------------------------------


class CaseState(StrEnum):
    """Where a case stands. The table of allowed moves is the docstring of `casework`."""

    REVIEW = "review"
    INFO = "info_requested"
    DECIDED = "decided"  # the notice is out and not yet delivered
    RECTIFY = "rectify"
    RESTRICTED = "restricted"
    INTERIM = "interim_suspended"
    SUSPENDED = "suspended"
    PROBATION = "probation"
    BAN_PROPOSED = "ban_proposed"
    BANNED = "banned"
    CLOSED = "closed"


Outcome = Literal["violation", "no_violation", "exempt"]
NoticeKind = Literal[
    "warning", "order", "restriction", "suspension", "interim", "ban", "upheld", "reversal", "reminder"
]
Relation = Literal["before_decision", "new_breach", "late"]
Need = Literal["second", "confirm", "decision", "ban_proposal", "snapshot", "appeal", "platform"]
"""What a person must do next, most urgent first."""


class Decider(Value, frozen=True, kw_only=True):
    """Who put their name to something, as they stood when they did."""

    actor_id: str
    person_id: str
    roles: tuple[Role, ...]


class Ruling(Value, frozen=True, kw_only=True):
    """What a person rules: the human half of a decision. Whatever is left out follows the proposal.

    `line` and `rung` name another step of the ladder than the one proposed, `functions` a smaller set than
    the step's: both need `deviation`, the reason in words, and a harsher step also a second reviewer.
    `follow_up_fixed` fixes in advance that a failed re-check brings the next restriction by itself.
    """

    outcome: Outcome
    reasons: Text  # facts and circumstances, in the person's own words
    clauses: tuple[str, ...] = ()
    established: tuple[str, ...] = ()  # facts found to hold, such as "ongoing_harm"
    denied: tuple[str, ...] = ()  # facts casework would assume, found not to hold
    suspected: bool = False
    exemption: str | None = None  # for outcome "exempt"
    considered: tuple[ExemptionReason, ...] = ()
    line: Severity | None = None
    rung: int | None = None  # 0 is the line's first step
    functions: tuple[Function, ...] | None = None
    remove: tuple[str, ...] = ()  # items to take down as well
    label: tuple[str, ...] = ()  # items to label as well
    follow_up_fixed: bool = False
    deviation: str = ""


class AppealRuling(Value, frozen=True, kw_only=True):
    """What a person rules on an appeal; for `varied`, `instead` is the milder ruling in its place."""

    outcome: AppealOutcome
    reasons: Text
    instead: Ruling | None = None


class Decision(Value, frozen=True, kw_only=True):
    """Outcome, clauses, measures, reasons and deciders: the only way a measure reaches a subject.

    `measures` are dated as if they began when decided; each begins when its notice is delivered, interim
    ones at once. `follows` names the decision whose failed re-check or breach led to this one: if that
    one is overturned, so is this.
    """

    decision_id: str
    case_id: str
    outcome: Outcome
    suspected: bool = False
    clauses: tuple[str, ...] = ()
    finding_ids: tuple[str, ...] = ()
    pack: str
    pack_digest: str
    severity: SeverityScore | None = None
    line: Severity | None = None  # the line of the ladder it follows: its band, unless a reason is given
    rung: int = 0
    rectify_for: timedelta | None = None
    measures: tuple[Measure, ...] = ()
    reasons: Text
    established: tuple[str, ...] = ()
    exemption: str | None = None
    follow_up_fixed: bool = False
    deviation: str = ""
    deciders: tuple[Decider, ...]
    seconder: Decider | None = None
    automated: bool = False
    follows: str | None = None
    replaces: str | None = None  # the decision this one varies, after an appeal
    decided_at: datetime


class Proposal(Value, frozen=True, kw_only=True):
    """What the ladder suggests for a case. It binds nobody."""

    case_id: str
    clauses: tuple[str, ...]
    severity: SeverityScore
    line: Severity
    rung: int
    step: Rung
    during: Rung | None
    wants_ban: bool  # the ladder is spent, or strikes, suspensions or a breach in probation ask for it
    rectify: tuple[Text, ...]
    rectify_for: timedelta | None
    on_failure: Text
    why: tuple[Text, ...]


# --- wishes: what the one door does to the world -----------------------------------------------------


class Wish(Value, frozen=True, kw_only=True, tag_field="wish"):
    """Something an event asks the engine to do, after the event is committed."""


class ApplyMeasure(Wish, frozen=True, kw_only=True, tag="measure.apply"):
    """Have the platform impose a measure."""

    measure: Measure


class LiftMeasure(Wish, frozen=True, kw_only=True, tag="measure.lift"):
    """Have the platform end a measure."""

    measure: Measure
    why: str


class DeliverNotice(Wish, frozen=True, kw_only=True, tag="notice.deliver"):
    """Render a statement with the pack's template and hand it to the platform for the account.

    The statement itself stays in the event that issued the notice: once, where it can be erased.
    """

    notice_id: str
    notice_kind: NoticeKind


class EnterStrike(Wish, frozen=True, kw_only=True, tag="strike.enter"):
    """Put a strike on the account."""

    strike: Strike


class VoidStrikes(Wish, frozen=True, kw_only=True, tag="strikes.void"):
    """Take every strike of a case off the account."""

    case_id: str


class CountSuspension(Wish, frozen=True, kw_only=True, tag="suspension.count"):
    """Count a suspension toward the limit of the ladder."""

    measure: Measure


class UncountSuspension(Wish, frozen=True, kw_only=True, tag="suspension.uncount"):
    """Stop counting the suspensions of a decision that fell."""

    decision_id: str


class QueueFiling(Wish, frozen=True, kw_only=True, tag="filing.queue"):
    """Put an upheld violation on the list of what the authority must be told."""

    filing_id: str
    case_id: str
    decision_id: str
    due_at: datetime


class WithdrawFiling(Wish, frozen=True, kw_only=True, tag="filing.withdraw"):
    """Take a filing off the list, or mark the one sent as withdrawn."""

    filing_id: str


class SendCorrection(Wish, frozen=True, kw_only=True, tag="correction.send"):
    """Tell every earlier recipient that a decision fell or changed."""

    case_id: str
    decision_id: str
    outcome: AppealOutcome
    recipients: tuple[str, ...]


class BarParty(Wish, frozen=True, kw_only=True, tag="party.bar"):
    """Bar the party behind an account from registering again until a date."""

    account_id: str
    until: datetime


class LiftBar(Wish, frozen=True, kw_only=True, tag="party.unbar"):
    """Lift the bar on the party behind an account."""

    account_id: str
