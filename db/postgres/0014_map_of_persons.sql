-- The map that shows each person that nothing was hidden: pages of four levels, by the hexadecimal digits of the tags below.
CREATE TABLE ledger_page (
    address text COLLATE "C" NOT NULL PRIMARY KEY,
    page bytea NOT NULL
);

-- Its states. size: the leaves that it counts. journal_seq: the fact that says it.
CREATE TABLE ledger_epoch (
    number bigint NOT NULL PRIMARY KEY,
    root bytea NOT NULL,
    persons bigint NOT NULL,
    size bigint NOT NULL,
    journal_seq bigint NOT NULL
);

-- The place of each person in the map. A person who came back after an erasure is two subjects with one tag.
CREATE TABLE ledger_tag (
    subject bytea NOT NULL PRIMARY KEY,
    tag bytea NOT NULL
);
CREATE INDEX ledger_tag_tag ON ledger_tag (tag);
