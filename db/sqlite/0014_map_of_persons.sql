-- The map that shows each person that nothing was hidden: pages of four levels, by the hexadecimal digits of the tags below.
CREATE TABLE ledger_page (
    address TEXT NOT NULL PRIMARY KEY,
    page BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Its states. size: the leaves that it counts. journal_seq: the fact that says it.
CREATE TABLE ledger_epoch (
    number INTEGER NOT NULL PRIMARY KEY,
    root BLOB NOT NULL,
    persons INTEGER NOT NULL,
    size INTEGER NOT NULL,
    journal_seq INTEGER NOT NULL
) STRICT;

-- The place of each person in the map. A person who came back after an erasure is two subjects with one tag.
CREATE TABLE ledger_tag (
    subject BLOB NOT NULL PRIMARY KEY,
    tag BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_tag_tag ON ledger_tag (tag);
