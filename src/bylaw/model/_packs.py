"""What a pack is made of: rules as they were published, our reading of them, words, lists, and the ladder.

These values change when the format of packs does, and for no other reason. How they come of files, and
conditions of their source, is said in `policy`.
"""

from __future__ import annotations

__all__ = [
    "AddressScheme",
    "BandTerms",
    "Clause",
    "Example",
    "ExampleItem",
    "Exemption",
    "ExemptionTest",
    "HeadShare",
    "Ladder",
    "Lexicon",
    "ListEntry",
    "ModelConfidence",
    "ModelHead",
    "Pack",
    "Poster",
    "PosterList",
    "Registry",
    "RuleText",
    "Rung",
    "SeverityFactor",
    "Source",
    "StanceRule",
    "Term",
    "TextModel",
    "TrainingSet",
    "WordWeight",
]

from datetime import datetime, timedelta
from typing import Literal

from bylaw.model._words import (
    AuthorityBasis,
    Detection,
    Function,
    ItemKind,
    Level,
    MeasureKind,
    Role,
    Severity,
    Stance,
    Text,
    Value,
)


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


class HeadShare(Value, frozen=True, kw_only=True):
    """How much is added to a head of what another says, or of several the one that says most."""

    heads: tuple[str, ...]
    share: float


class ModelHead(Value, frozen=True, kw_only=True):
    """One question a text model answers: `model.<id>`, and at other thresholds `_low`, `_high`, `_sure`.

    probability = 1 / (1 + exp(-(own + shares of the own logits of others)))
    own = scale * mean of the runs + words * mean of the words + bias
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
    sure: float | None = None  # enough where no word of the topic stands beside it
    others: tuple[HeadShare, ...] = ()


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
    passage: int = 0  # how many of them are read together at most; 0 for all of them
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
