-- Only a use to which its caller gave a key is found by it again. The key of every other one was a random value in a
-- second copy of the table's order: each use wrote a page at a random place. The table is made anew, its rows are copied.
DROP INDEX use_reserved;
ALTER TABLE use_record RENAME TO use_record_before;
CREATE TABLE use_record (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    consent BLOB NOT NULL,
    key BLOB,
    digest BLOB NOT NULL,
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    status INTEGER,
    answer BLOB
) STRICT;
INSERT INTO use_record (id, bucket, consent, key, digest, state, at, sealed, status, answer)
    SELECT id, bucket, consent, key, digest, state, at, sealed, status, answer FROM use_record_before ORDER BY rowid;
DROP TABLE use_record_before;
CREATE UNIQUE INDEX use_key ON use_record (consent, key) WHERE key IS NOT NULL;
CREATE INDEX use_reserved ON use_record (at) WHERE state = 0;

-- The bound of uses, in clear beside their counts: an outcome is booked without opening anything. NULL in older rows,
-- which are opened as before.
ALTER TABLE consent ADD COLUMN uses_max INTEGER;
