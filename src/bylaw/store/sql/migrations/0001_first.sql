-- The first schema.

PRAGMA application_id = 1113148503;  -- "BYLW"
PRAGMA user_version = 1;

-- The workspace -----------------------------------------------------------------------------------------

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE actor (
    actor_id TEXT PRIMARY KEY,
    value BLOB NOT NULL,
    credential TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The ledger --------------------------------------------------------------------------------------------

CREATE TABLE ledger (
    idx INTEGER PRIMARY KEY,
    entry BLOB NOT NULL,
    body BLOB,
    salt BLOB
) STRICT;

CREATE TABLE tree_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    size INTEGER NOT NULL,
    edge BLOB NOT NULL CHECK (length(edge) % 32 = 0)
) STRICT;

CREATE TABLE tile (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT;

CREATE TABLE checkpoint (
    number INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (size, note)
) STRICT;

-- FAIL, because ABORT would have every insert copy the page it writes, to undo what it has not done yet.
CREATE TRIGGER ledger_has_no_gap BEFORE INSERT ON ledger
WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM ledger)
BEGIN
    SELECT RAISE(FAIL, 'a ledger index has no gap and no repeat');
END;

CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger
WHEN NEW.idx <> OLD.idx OR NEW.entry <> OLD.entry OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a ledger entry stays; only its body and salt may be erased');
END;

CREATE TRIGGER ledger_only_grows BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger only grows');
END;

CREATE TRIGGER tile_stays BEFORE UPDATE ON tile
BEGIN
    SELECT RAISE(ABORT, 'a tile is written once');
END;

-- Cases -------------------------------------------------------------------------------------------------

CREATE TABLE case_file (
    case_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    pack TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    open_under TEXT GENERATED ALWAYS AS
        (CASE WHEN is_open THEN substr(pack, 1, instr(pack || '@', '@') - 1) END) VIRTUAL,
    severity TEXT,
    opened_at INTEGER NOT NULL,
    due_at INTEGER,
    claimed_by TEXT,
    needs TEXT,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A closed case is open under nothing, and a null stands beside any other: so one index lists the cases of an
-- account and lets it have one open under each pack.
CREATE UNIQUE INDEX case_of_account ON case_file (account_id, open_under);
CREATE INDEX case_due ON case_file (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX case_needing ON case_file (needs, opened_at) WHERE needs IS NOT NULL;

-- Events stand in the order of the ledger: what is added lies together, whichever cases it belongs to, and only
-- the small index of each case's events is written all over the file.
CREATE TABLE case_event (
    ledger_index INTEGER PRIMARY KEY REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
    case_id TEXT NOT NULL REFERENCES case_file,
    seq INTEGER NOT NULL CHECK (seq > 0),
    body BLOB,
    salt BLOB,
    UNIQUE (case_id, seq)
) STRICT;

CREATE TRIGGER case_event_stays BEFORE UPDATE ON case_event
WHEN NEW.case_id <> OLD.case_id OR NEW.seq <> OLD.seq OR NEW.ledger_index <> OLD.ledger_index
    OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an event stays; only its body and salt may be erased');
END;

CREATE TRIGGER case_only_grows BEFORE DELETE ON case_event
BEGIN
    SELECT RAISE(ABORT, 'a case only grows');
END;

-- Items, accounts, findings -----------------------------------------------------------------------------

CREATE TABLE account (
    account_id TEXT PRIMARY KEY,
    party_id TEXT,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_of_party ON account (party_id) WHERE party_id IS NOT NULL;

CREATE TABLE item (
    arrival INTEGER PRIMARY KEY,
    item_id TEXT NOT NULL,
    version TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT;

CREATE INDEX item_by_id ON item (item_id);

CREATE TABLE finding (
    arrival INTEGER PRIMARY KEY,
    finding_id TEXT NOT NULL,
    case_id TEXT REFERENCES case_file DEFERRABLE INITIALLY DEFERRED,
    account_id TEXT,
    pack TEXT NOT NULL,
    pack_id TEXT NOT NULL GENERATED ALWAYS AS (substr(pack, 1, instr(pack || '@', '@') - 1)) VIRTUAL,
    clause TEXT NOT NULL,
    value BLOB NOT NULL
) STRICT;

-- Ids are digests, so each lands on a page of its own: twelve digits find a row as well as all, on a fifth of
-- the pages.
CREATE INDEX finding_by_id ON finding (substr(finding_id, 8, 12));
CREATE INDEX finding_of_account ON finding (account_id, clause) WHERE account_id IS NOT NULL;

-- What follows ------------------------------------------------------------------------------------------

CREATE TABLE outbox (
    arrival INTEGER PRIMARY KEY,
    outbox_id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL REFERENCES case_file DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    problem TEXT NOT NULL,
    done_at INTEGER
) STRICT;

CREATE INDEX outbox_waiting ON outbox (not_before, arrival) WHERE done_at IS NULL;

CREATE TABLE filing (
    filing_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file DEFERRABLE INITIALLY DEFERRED,
    decision_id TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    sent_at INTEGER,
    withdrawn_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE strike (
    strike_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file DEFERRABLE INITIALLY DEFERRED,
    account_id TEXT NOT NULL,
    halves INTEGER NOT NULL,
    entered_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    is_void INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX strike_of_account ON strike (account_id, entered_at);
CREATE INDEX strike_of_case ON strike (case_id);

CREATE TABLE suspension (
    measure_id TEXT PRIMARY KEY,
    decision_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    is_void INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX suspension_of_account ON suspension (account_id, starts_at);
CREATE INDEX suspension_of_decision ON suspension (decision_id);

CREATE TABLE upheld (
    decision_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file DEFERRABLE INITIALLY DEFERRED,
    account_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_void INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX upheld_of_account ON upheld (account_id);

CREATE TABLE party_ban (
    account_id TEXT PRIMARY KEY,
    party_id TEXT,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX party_ban_of_party ON party_ban (party_id) WHERE party_id IS NOT NULL;
