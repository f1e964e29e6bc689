-- Sealed files of old entries, each with the leaves from first_leaf to last_leaf, the journal after first_seq - 1 up to last_seq,
-- and the uses, refused uses and looks whose last entry is among them. first_use, last_use: the range of their ids. manifest:
-- the hash that the fact of journal_seq says too. file: SHA-256 of the whole. emptied: 1 once its rows stand there alone.
CREATE TABLE archive (
    number INTEGER NOT NULL PRIMARY KEY,
    first_leaf INTEGER NOT NULL,
    last_leaf INTEGER NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL UNIQUE,
    first_use BLOB,
    last_use BLOB,
    began INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    looks INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    file BLOB NOT NULL,
    journal_seq INTEGER NOT NULL,
    emptied INTEGER NOT NULL CHECK (emptied IN (0, 1))
) STRICT;
CREATE INDEX archive_uses ON archive (last_use, first_use);

-- Whose refused uses (kind 0) and looks (1) stand in which archive, and the range of their ids there.
CREATE TABLE archive_person (
    subject BLOB NOT NULL,
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    archive INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    first BLOB NOT NULL,
    last BLOB NOT NULL,
    PRIMARY KEY (subject, kind, archive, bucket)
) STRICT, WITHOUT ROWID;
