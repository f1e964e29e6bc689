-- Officials and what they do; what owners report of changes. See db/DATA_MODEL.md.

-- Officials of the authorized body and of the operator, by their role as persons. The organisation tells the role.
CREATE TABLE official (
    subject BLOB NOT NULL,
    organisation TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (subject, bucket)
) STRICT, WITHOUT ROWID;

-- Looks of the authorized body at the entries of one person. official: who looks. sealed: the archive key, as every record of
-- access.
CREATE TABLE official_look (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    official BLOB NOT NULL,
    ends INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX official_look_subject ON official_look (subject, id);

-- Changes and additions of personal data that owners report (418-V ст.36(4)), also of persons who are not known here yet.
-- person: blind index of the IIN. sealed: the archive key.
CREATE TABLE data_change (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    person BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX data_change_person ON data_change (person, id);
