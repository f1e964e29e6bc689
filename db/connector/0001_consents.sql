-- What an access point beside an initiator's system keeps (kelisim connect). See db/DATA_MODEL.md.

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

-- One question of the system that asks, and what became of it.
CREATE TABLE asked_consent (
    id BLOB NOT NULL UNIQUE,
    asked INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    state INTEGER NOT NULL,
    ask BLOB NOT NULL,
    auth_req_id BLOB,
    reasons TEXT NOT NULL,
    repeat_key BLOB UNIQUE,
    digest BLOB NOT NULL
) STRICT;
CREATE INDEX asked_consent_over ON asked_consent (changed) WHERE state IN (3, 4, 5);
