-- The ledger for outsiders: tiles, signed checkpoints, the scrub. See db/DATA_MODEL.md.

-- The roots of full tiles, from which upper tiles and proofs are made. level: 1 for the root of 256 leaves, 2 of 256^2.
CREATE TABLE ledger_node (
    level bigint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, number)
);

-- Signed notes. kind: 0 the newest checkpoint, 1 the newest one that a witness signed too.
CREATE TABLE ledger_note (
    kind bigint NOT NULL PRIMARY KEY CHECK (kind IN (0, 1)),
    note text COLLATE "C" NOT NULL,
    at bigint NOT NULL
);

-- next: the leaf that the scrub looks at next. damaged: the first leaf of a piece in which it found damage.
CREATE TABLE ledger_scrub (
    only_row bigint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    next bigint NOT NULL,
    damaged bigint
);

-- The tree is built anew from the journal, so that its upper hashes are stored as well: the same leaves in the same order.
-- Nothing of it was published before.
DELETE FROM ledger_leaf;
DELETE FROM ledger_head;

-- The sequencer is a thread of its own from here on.
DELETE FROM timer WHERE kind = 'ledger.sequence';
DELETE FROM timer_kind WHERE kind = 'ledger.sequence';
