-- The ledger for outsiders: tiles, signed checkpoints, the scrub. See db/DATA_MODEL.md.

-- The roots of full tiles, from which upper tiles and proofs are made. level: 1 for the root of 256 leaves, 2 of 256^2.
CREATE TABLE ledger_node (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- Signed notes. kind: 0 the newest checkpoint, 1 the newest one that a witness signed too.
CREATE TABLE ledger_note (
    kind INTEGER NOT NULL PRIMARY KEY CHECK (kind IN (0, 1)),
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- next: the leaf that the scrub looks at next. damaged: the first leaf of a piece in which it found damage.
CREATE TABLE ledger_scrub (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    next INTEGER NOT NULL,
    damaged INTEGER
) STRICT;

-- The tree is built anew from the journal, so that its upper hashes are stored as well: the same leaves in the same order.
-- Nothing of it was published before.
DELETE FROM ledger_leaf;
DELETE FROM ledger_head;

-- The sequencer is a thread of its own from here on.
DELETE FROM timer WHERE kind = 'ledger.sequence';
DELETE FROM timer_kind WHERE kind = 'ledger.sequence';
