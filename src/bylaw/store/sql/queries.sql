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

-- name: page_cache
-- Keep up to 64 MiB of pages in memory.
PRAGMA cache_size = -65536;

-- name: log_limit
-- Let the write-ahead log grow to 64 MiB before a commit moves it into the database: pages written often are moved once.
PRAGMA wal_autocheckpoint = 8192;

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

-- name: case_heads
-- Where cases stand: their last event, and what their indexes are made of; the list of ids is a JSON array.
SELECT c.case_id, c.seq, c.is_open, c.needs
FROM json_each(:case_ids) AS wanted
CROSS JOIN case_file AS c ON c.case_id = wanted.value;

-- name: open_case_row
-- Write the row of a new case.
INSERT INTO case_file (
    case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
)
VALUES (
    :case_id, :account_id, :pack, :state, :is_open, :severity, :opened_at, :due_at, :claimed_by, :needs, :seq
);

-- name: move_case_row
-- Write anew what an event changed, but for what two of the indexes are made of.
UPDATE case_file
SET state = :state, severity = :severity, due_at = :due_at, claimed_by = :claimed_by, seq = :seq
WHERE case_id = :case_id;

-- name: turn_case_row
-- Write anew what an event changed, all of it.
UPDATE case_file
SET state = :state, severity = :severity, due_at = :due_at, claimed_by = :claimed_by, seq = :seq,
    is_open = :is_open, needs = :needs
WHERE case_id = :case_id;

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

-- name: cases_of
-- Rows of the cases of many accounts, each account's oldest first; the list of ids is a JSON array.
SELECT
    c.case_id, c.account_id, c.pack, c.state, c.is_open, c.severity, c.opened_at, c.due_at, c.claimed_by,
    c.needs, c.seq
FROM json_each(:account_ids) AS wanted
CROSS JOIN case_file AS c ON c.account_id = wanted.value
ORDER BY wanted.key, c.opened_at, c.case_id;

-- name: open_cases_of
-- The open cases of many accounts; the list of ids is a JSON array.
SELECT c.account_id, c.open_under, c.case_id
FROM json_each(:account_ids) AS wanted
CROSS JOIN case_file AS c ON c.account_id = wanted.value AND c.open_under IS NOT NULL;

-- name: due_cases
-- Cases whose time has come, the longest overdue first, from a place in that order on.
SELECT case_id, account_id, pack, state, is_open, severity, opened_at, due_at, claimed_by, needs, seq
FROM case_file
WHERE due_at <= :now AND (due_at, case_id) > (:after_at, :after_id)
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
-- Add entries to the ledger (for FAIL see its trigger).
INSERT OR FAIL INTO ledger (idx, entry, body, salt) VALUES (:idx, :entry, :body, :salt);

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

-- name: ledger_entries
-- The bytes of entries in order, and nothing of what lies behind them.
SELECT entry FROM ledger WHERE idx >= :start AND idx < :stop ORDER BY idx;

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

-- name: checkpoint_over
-- The smallest checkpoint over at least so many entries, the first of several.
SELECT size, note FROM checkpoint WHERE size >= :size ORDER BY size, number LIMIT 1;

-- name: put_accounts
-- Write accounts as they are now known.
INSERT INTO account (account_id, party_id, value)
VALUES (:account_id, :party_id, :value)
ON CONFLICT (account_id) DO UPDATE SET party_id = excluded.party_id, value = excluded.value;

-- name: accounts_of
-- What is known of many accounts; the list of ids is a JSON array.
SELECT a.account_id, a.value
FROM json_each(:account_ids) AS wanted
CROSS JOIN account AS a ON a.account_id = wanted.value;

-- name: accounts
-- Accounts by id, a page at a time.
SELECT account_id, value FROM account WHERE account_id > :after ORDER BY account_id LIMIT :limit;

-- name: item_sightings
-- When each kept version of these items was last seen; the list of ids is a JSON array.
SELECT i.item_id, i.version, i.seen_at
FROM json_each(:item_ids) AS wanted
CROSS JOIN item AS i ON i.item_id = wanted.value;

-- name: drop_sighting
-- Make room for a version that is seen again.
DELETE FROM item WHERE item_id = :item_id AND version = :version;

-- name: put_item
-- Keep a version of an item.
INSERT INTO item (item_id, version, seen_at, value) VALUES (:item_id, :version, :seen_at, :value);

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
-- Record a finding.
INSERT INTO finding (finding_id, case_id, account_id, pack, clause, value)
VALUES (:finding_id, :case_id, :account_id, :pack, :clause, :value);

-- name: join_finding
-- Put a finding under a case if it is under none (the plus keeps the id out of the indexed expression).
UPDATE finding
SET case_id = :case_id
WHERE
    substr(finding_id, 8, 12) = substr(:finding_id, 8, 12)
    AND +finding_id = :finding_id
    AND case_id IS NULL;

-- name: known_findings
-- Which of these findings are recorded; the list of ids is a JSON array.
SELECT f.finding_id
FROM json_each(:finding_ids) AS wanted
CROSS JOIN finding AS f
    ON substr(f.finding_id, 8, 12) = substr(wanted.value, 8, 12) AND f.finding_id = wanted.value;

-- name: findings_of
-- The findings of accounts under clauses of a pack, in the order they were recorded; the list of pairs of account and clause is a JSON array.
SELECT f.account_id, f.clause, f.value
FROM json_each(:pairs) AS wanted
CROSS JOIN finding AS f ON f.account_id = wanted.value ->> 0 AND f.clause = wanted.value ->> 1
WHERE f.pack_id = :pack_id
ORDER BY f.arrival;

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
-- The strikes of accounts that stand, expired ones too, in the order they were entered; the list of ids is a JSON array.
SELECT s.strike_id, s.case_id, s.account_id, s.halves, s.entered_at, s.expires_at
FROM json_each(:account_ids) AS wanted
CROSS JOIN strike AS s ON s.account_id = wanted.value
WHERE NOT s.is_void
ORDER BY s.entered_at, s.strike_id;

-- name: put_suspension
-- Count a suspension; one that is there stays as it is.
INSERT INTO suspension (measure_id, decision_id, account_id, starts_at)
VALUES (:measure_id, :decision_id, :account_id, :starts_at)
ON CONFLICT (measure_id) DO NOTHING;

-- name: void_suspensions
-- Count the suspensions of a decision no longer.
UPDATE suspension SET is_void = 1 WHERE decision_id = :decision_id;

-- name: suspensions_of
-- When the suspensions of accounts that count began, in order; the list of ids is a JSON array.
SELECT s.account_id, s.starts_at
FROM json_each(:account_ids) AS wanted
CROSS JOIN suspension AS s ON s.account_id = wanted.value
WHERE NOT s.is_void
ORDER BY s.starts_at, s.measure_id;

-- name: put_upheld
-- Count a decision that found a violation; one that is there stays as it is.
INSERT INTO upheld (decision_id, case_id, account_id, at)
VALUES (:decision_id, :case_id, :account_id, :at)
ON CONFLICT (decision_id) DO NOTHING;

-- name: void_upheld
-- Count a decision no longer.
UPDATE upheld SET is_void = 1 WHERE decision_id = :decision_id;

-- name: upheld_of
-- How many decisions that stand found a violation by each of these accounts; the list of ids is a JSON array.
SELECT u.account_id, count(*)
FROM json_each(:account_ids) AS wanted
CROSS JOIN upheld AS u ON u.account_id = wanted.value
WHERE NOT u.is_void
GROUP BY u.account_id;

-- name: put_party_ban
-- Bar whoever holds an account from returning; the account's party is noted as it is known now.
INSERT INTO party_ban (account_id, party_id, until)
VALUES (:account_id, (SELECT party_id FROM account WHERE account_id = :account_id), :until)
ON CONFLICT (account_id) DO UPDATE SET party_id = excluded.party_id, until = excluded.until;

-- name: void_party_ban
-- Lift the bar that came from an account.
DELETE FROM party_ban WHERE account_id = :account_id;

-- name: party_banned_until
-- Until when a bar still running covers each of these accounts: its own, or that of an account of the same party, whether the party was known when the bar was set or is known now; the list of ids is a JSON array.
SELECT wanted.value, max(b.until)
FROM json_each(:account_ids) AS wanted
LEFT JOIN account AS mine ON mine.account_id = wanted.value
CROSS JOIN party_ban AS b
    ON b.account_id = wanted.value
    OR b.party_id = mine.party_id
    OR b.account_id IN (SELECT other.account_id FROM account AS other WHERE other.party_id = mine.party_id)
WHERE b.until > :now
GROUP BY wanted.value;

-- name: setting
-- One setting of the workspace.
SELECT value FROM setting WHERE name = :name;

-- name: put_setting
-- Write one setting of the workspace.
INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
