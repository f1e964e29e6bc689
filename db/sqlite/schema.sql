-- The whole schema as it stands after the last migration; store_sqlite_test compares the two.

CREATE TABLE schema_version (
    number INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- The number of the last batch that wrote: after a failed COMMIT it tells whether the batch is there.
CREATE TABLE store_batch (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO store_batch (only_row, number) VALUES (1, 0);

CREATE TABLE timer_kind (
    kind TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Entities have time-ordered ids, so that new rows come at the end of the tree.
CREATE TABLE timer (
    entity BLOB NOT NULL,
    kind TEXT NOT NULL REFERENCES timer_kind (kind),
    bucket INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    payload BLOB NOT NULL,
    PRIMARY KEY (entity, kind, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due) WHERE failed = 0;
CREATE INDEX timer_failed ON timer (kind) WHERE failed = 1;

CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    reason TEXT,
    payload BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (kind, due) WHERE failed = 0;
CREATE INDEX outbox_failed ON outbox (kind) WHERE failed = 1;
