-- Every query of the store. The format: a line with the name, one sentence, then the statement.
-- Parameters are always bound. Names in Python are the names here.

-- name: application_id
-- Say whose file this is.
PRAGMA application_id;

-- name: user_version
-- Say which version of the schema the file has.
PRAGMA user_version;

-- name: is_blank
-- Say whether nothing was ever made in this file.
SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema);

-- name: page_size
-- Make the pages of a new file 8 KiB: a tick touches a fifth fewer of them than at 4 KiB.
PRAGMA page_size = 8192;

-- name: write_ahead
-- Let readers and the writer work at the same time.
PRAGMA journal_mode = WAL;

-- name: full_sync
-- Wait at every commit until the disk has it.
PRAGMA synchronous = FULL;

-- name: foreign_keys
-- Hold the references between tables.
PRAGMA foreign_keys = ON;

-- name: overwrite_erased
-- Write zeros over what is erased, so that no page keeps it.
PRAGMA secure_delete = ON;

-- name: only_read
-- Let this connection change nothing.
PRAGMA query_only = ON;

-- name: empty_log
-- Move the write-ahead log into the database and cut it to nothing.
PRAGMA wal_checkpoint(TRUNCATE);

-- name: begin_write
-- Become the one writer.
BEGIN IMMEDIATE;

-- name: begin_read
-- Open a transaction for reading.
BEGIN;

-- name: fix_moment
-- Read something, because a reader's moment is that of its first read.
SELECT count(*) FROM tree_head;

-- name: commit
-- Make it so.
COMMIT;

-- name: roll_back
-- Make nothing of it.
ROLLBACK;

-- name: case_events
-- The events of one case, in order.
SELECT case_id, seq, coalesce(body, x''), coalesce(salt, x''), ledger_index
FROM case_event
WHERE case_id = :case_id
ORDER BY seq;

-- name: cases_events
-- The events of many cases, each in order; the list of ids is a JSON array.
SELECT e.case_id, e.seq, coalesce(e.body, x''), coalesce(e.salt, x''), e.ledger_index
FROM json_each(:case_ids) AS wanted
CROSS JOIN case_event AS e ON e.case_id = wanted.value
ORDER BY wanted.key, e.seq;

-- name: case_seq
-- The sequence number of a case's last event.
SELECT seq FROM case_file WHERE case_id = :case_id;

-- name: put_case_row
-- Write the row that lists show, anew with every event.
INSERT INTO case_file (
    case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
)
VALUES (
    :case_id, :account_id, :pack, :state, :is_open, :severity, :opened_at, :due_at, :claimed_by, :needs, :seq
)
ON CONFLICT (case_id) DO UPDATE SET
    account_id = excluded.account_id,
    pack = excluded.pack,
    state = excluded.state,
    is_open = excluded.is_open,
    severity = excluded.severity,
    opened_at = excluded.opened_at,
    due_at = excluded.due_at,
    claimed_by = excluded.claimed_by,
    needs = excluded.needs,
    seq = excluded.seq;

-- name: put_case_events
-- Add events to a case.
INSERT INTO case_event (case_id, seq, body, salt, ledger_index)
VALUES (:case_id, :seq, :body, :salt, :ledger_index);

-- name: case_row
-- The row of one case.
SELECT case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
FROM case_file
WHERE case_id = :case_id;

-- name: cases
-- Rows of cases, oldest first; a filter that is null lets everything through.
SELECT case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
FROM case_file
WHERE (:state IS NULL OR state = :state) AND (:needs IS NULL OR needs = :needs)
ORDER BY opened_at, case_id
LIMIT :limit;

-- name: cases_needing
-- Rows of cases that wait for one thing a person must do, oldest first.
SELECT case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
FROM case_file
WHERE needs = :needs AND (:state IS NULL OR state = :state)
ORDER BY opened_at, case_id
LIMIT :limit;

-- name: cases_of_account
-- Rows of one account's cases, oldest first.
SELECT case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
FROM case_file
WHERE account_id = :account_id
    AND (:state IS NULL OR state = :state) AND (:needs IS NULL OR needs = :needs)
ORDER BY opened_at, case_id
LIMIT :limit;

-- name: open_case_of
-- The open case of an account under a pack; there is at most one.
SELECT case_id FROM case_file WHERE is_open AND account_id = :account_id AND pack_id = :pack_id;

-- name: due_cases
-- Cases whose time has come, the longest overdue first.
SELECT case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
FROM case_file
WHERE due_at <= :now
ORDER BY due_at, case_id
LIMIT :limit;

-- name: tree_head
-- The size of the tree and its right edge.
SELECT size, edge FROM tree_head;

-- name: put_tree_head
-- Move the right edge.
INSERT INTO tree_head (only, size, edge)
VALUES (1, :size, :edge)
ON CONFLICT (only) DO UPDATE SET size = excluded.size, edge = excluded.edge;

-- name: put_ledger
-- Add entries to the ledger.
INSERT INTO ledger (idx, entry, body, salt) VALUES (:idx, :entry, :body, :salt);

-- name: put_tiles
-- Keep tiles that are full.
INSERT INTO tile (level, number, hashes) VALUES (:level, :number, :hashes);

-- name: ledger_rows
-- Entries in order; the body and salt of a case event come from the case it belongs to.
SELECT l.idx, l.entry, coalesce(l.body, e.body), coalesce(l.salt, e.salt)
FROM ledger AS l
LEFT JOIN case_event AS e ON e.ledger_index = l.idx
WHERE l.idx >= :start AND l.idx < :stop
ORDER BY l.idx;

-- name: tile
-- The hashes of one full tile.
SELECT hashes FROM tile WHERE level = :level AND number = :number;

-- name: erase_ledger_body
-- Erase the body and salt beside an entry.
UPDATE ledger SET body = NULL, salt = NULL WHERE idx = :idx;

-- name: erase_event_body
-- Erase the body and salt of the event an entry stands for.
UPDATE case_event SET body = NULL, salt = NULL WHERE ledger_index = :idx;

-- name: put_checkpoint
-- Keep a signed checkpoint; one that is there stays as it is.
INSERT INTO checkpoint (size, note) VALUES (:size, :note) ON CONFLICT (size, note) DO NOTHING;

-- name: checkpoints
-- Every checkpoint, in the order they were signed.
SELECT size, note FROM checkpoint ORDER BY number;

-- name: put_accounts
-- Write accounts as they are now known.
INSERT INTO account (account_id, party_id, value)
VALUES (:account_id, :party_id, :value)
ON CONFLICT (account_id) DO UPDATE SET party_id = excluded.party_id, value = excluded.value;

-- name: account
-- What is known of one account.
SELECT value FROM account WHERE account_id = :account_id;

-- name: accounts
-- Accounts by id, a page at a time.
SELECT account_id, value FROM account WHERE account_id > :after ORDER BY account_id LIMIT :limit;

-- name: item_seen_at
-- When a version was last seen.
SELECT seen_at FROM item WHERE item_id = :item_id AND version = :version;

-- name: put_item
-- Keep a version of an item; one seen again arrives again.
INSERT OR REPLACE INTO item (item_id, version, seen_at, value) VALUES (:item_id, :version, :seen_at, :value);

-- name: item_version
-- One version of an item.
SELECT value, version, seen_at FROM item WHERE item_id = :item_id AND version = :version;

-- name: item_latest
-- The version of an item that was seen last.
SELECT value, version, seen_at FROM item WHERE item_id = :item_id ORDER BY seen_at DESC, arrival DESC LIMIT 1;

-- name: known_items
-- Which of these items are kept; the list of ids is a JSON array.
SELECT wanted.value
FROM json_each(:item_ids) AS wanted
WHERE EXISTS (SELECT 1 FROM item WHERE item.item_id = wanted.value);

-- name: put_finding
-- Record a finding; one that is there stays as it is.
INSERT INTO finding (finding_id, case_id, account_id, pack, clause, value)
VALUES (:finding_id, :case_id, :account_id, :pack, :clause, :value)
ON CONFLICT (finding_id) DO NOTHING;

-- name: join_finding
-- Put a finding under a case if it is under none.
UPDATE finding SET case_id = :case_id WHERE finding_id = :finding_id AND case_id IS NULL;

-- name: known_findings
-- Which of these findings are recorded; the list of ids is a JSON array.
SELECT f.finding_id
FROM json_each(:finding_ids) AS wanted
CROSS JOIN finding AS f ON f.finding_id = wanted.value;

-- name: findings_of
-- The findings of one account under one clause of a pack, in the order they were recorded.
SELECT value
FROM finding
WHERE account_id = :account_id AND pack_id = :pack_id AND clause = :clause
ORDER BY arrival;

-- name: put_actor
-- Write an actor and the digest of their credential.
INSERT INTO actor (actor_id, value, credential)
VALUES (:actor_id, :value, :credential)
ON CONFLICT (actor_id) DO UPDATE SET value = excluded.value, credential = excluded.credential;

-- name: actor
-- One actor and the digest of their credential.
SELECT value, credential FROM actor WHERE actor_id = :actor_id;

-- name: actors
-- Every actor, by id.
SELECT value FROM actor ORDER BY actor_id;

-- name: put_outbox
-- Queue things to do; an id that is there stays as it is.
INSERT INTO outbox (outbox_id, case_id, kind, payload, not_before, attempts, problem)
VALUES (:outbox_id, :case_id, :kind, :payload, :not_before, :attempts, :problem)
ON CONFLICT (outbox_id) DO NOTHING;

-- name: outbox_due
-- Things not done whose time has come, in the order they became due and were queued.
SELECT outbox_id, case_id, kind, payload, not_before, attempts, problem
FROM outbox
WHERE done_at IS NULL AND not_before <= :now
ORDER BY not_before, arrival
LIMIT :limit;

-- name: outbox_done
-- Note that a thing was done; the first time counts.
UPDATE outbox SET done_at = coalesce(done_at, :at) WHERE outbox_id = :outbox_id;

-- name: outbox_failed
-- Note that a thing could not be done, why, and when to try again.
UPDATE outbox
SET attempts = attempts + 1, not_before = :retry_at, problem = :problem
WHERE outbox_id = :outbox_id;

-- name: put_filing
-- Write a filing as it now stands.
INSERT INTO filing (filing_id, case_id, decision_id, due_at, sent_at, withdrawn_at)
VALUES (:filing_id, :case_id, :decision_id, :due_at, :sent_at, :withdrawn_at)
ON CONFLICT (filing_id) DO UPDATE SET
    case_id = excluded.case_id,
    decision_id = excluded.decision_id,
    due_at = excluded.due_at,
    sent_at = excluded.sent_at,
    withdrawn_at = excluded.withdrawn_at;

-- name: filings
-- Every filing, the earliest due first.
SELECT filing_id, case_id, decision_id, due_at, sent_at, withdrawn_at FROM filing ORDER BY due_at, filing_id;

-- name: put_strike
-- Enter a strike; one that is there stays as it is.
INSERT INTO strike (strike_id, case_id, account_id, halves, entered_at, expires_at)
VALUES (:strike_id, :case_id, :account_id, :halves, :entered_at, :expires_at)
ON CONFLICT (strike_id) DO NOTHING;

-- name: void_strikes
-- Void every strike of a case.
UPDATE strike SET is_void = 1 WHERE case_id = :case_id;

-- name: strikes_of
-- The strikes of an account that stand, expired ones too, in the order they were entered.
SELECT strike_id, case_id, account_id, halves, entered_at, expires_at
FROM strike
WHERE account_id = :account_id AND NOT is_void
ORDER BY entered_at, strike_id;

-- name: put_suspension
-- Count a suspension; one that is there stays as it is.
INSERT INTO suspension (measure_id, decision_id, account_id, starts_at)
VALUES (:measure_id, :decision_id, :account_id, :starts_at)
ON CONFLICT (measure_id) DO NOTHING;

-- name: void_suspensions
-- Count the suspensions of a decision no longer.
UPDATE suspension SET is_void = 1 WHERE decision_id = :decision_id;

-- name: suspensions_of
-- When the suspensions of an account that count began, in order.
SELECT starts_at FROM suspension WHERE account_id = :account_id AND NOT is_void ORDER BY starts_at, measure_id;

-- name: put_upheld
-- Count a decision that found a violation; one that is there stays as it is.
INSERT INTO upheld (decision_id, case_id, account_id, at)
VALUES (:decision_id, :case_id, :account_id, :at)
ON CONFLICT (decision_id) DO NOTHING;

-- name: void_upheld
-- Count a decision no longer.
UPDATE upheld SET is_void = 1 WHERE decision_id = :decision_id;

-- name: upheld_of
-- How many decisions that stand found a violation by an account.
SELECT count(*) FROM upheld WHERE account_id = :account_id AND NOT is_void;

-- name: put_party_ban
-- Bar whoever holds an account from returning; the account's party is noted as it is known now.
INSERT INTO party_ban (account_id, party_id, until)
VALUES (:account_id, (SELECT party_id FROM account WHERE account_id = :account_id), :until)
ON CONFLICT (account_id) DO UPDATE SET party_id = excluded.party_id, until = excluded.until;

-- name: void_party_ban
-- Lift the bar that came from an account.
DELETE FROM party_ban WHERE account_id = :account_id;

-- name: party_banned_until
-- Until when a bar still running covers an account: its own, or that of an account of the same party, whether the party was known when the bar was set or is known now.
WITH mine AS (
    SELECT party_id FROM account WHERE account_id = :account_id AND party_id IS NOT NULL
)
SELECT max(until)
FROM party_ban
WHERE until > :now
    AND (
        account_id = :account_id
        OR party_id IN (SELECT party_id FROM mine)
        OR account_id IN (SELECT account_id FROM account WHERE party_id IN (SELECT party_id FROM mine))
    );

-- name: setting
-- One setting of the workspace.
SELECT value FROM setting WHERE name = :name;

-- name: put_setting
-- Write one setting of the workspace.
INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
