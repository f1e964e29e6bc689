-- Sealed files of old entries, each with the leaves from first_leaf to last_leaf, the journal after first_seq - 1 up to last_seq,
-- and the uses, refused uses and looks whose last entry is among them. first_use, last_use: the range of their ids. manifest:
-- the hash that the fact of journal_seq says too. file: SHA-256 of the whole. emptied: 1 once its rows stand there alone.
CREATE TABLE archive (
    number bigint NOT NULL PRIMARY KEY,
    first_leaf bigint NOT NULL,
    last_leaf bigint NOT NULL UNIQUE,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL UNIQUE,
    first_use bytea,
    last_use bytea,
    began bigint NOT NULL,
    ended bigint NOT NULL,
    uses bigint NOT NULL,
    refusals bigint NOT NULL,
    looks bigint NOT NULL,
    bytes bigint NOT NULL,
    manifest bytea NOT NULL,
    file bytea NOT NULL,
    journal_seq bigint NOT NULL,
    emptied bigint NOT NULL CHECK (emptied IN (0, 1))
);
CREATE INDEX archive_uses ON archive (last_use, first_use);

-- Whose refused uses (kind 0) and looks (1) stand in which archive, and the range of their ids there.
CREATE TABLE archive_person (
    subject bytea NOT NULL,
    kind bigint NOT NULL CHECK (kind IN (0, 1)),
    archive bigint NOT NULL,
    bucket bigint NOT NULL,
    first bytea NOT NULL,
    last bytea NOT NULL,
    PRIMARY KEY (subject, kind, archive, bucket)
);
