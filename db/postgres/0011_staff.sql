-- Officials and what they do; what owners report of changes. See db/DATA_MODEL.md.

-- Officials of the authorized body and of the operator, by their role as persons. The organisation tells the role.
CREATE TABLE official (
    subject bytea NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    bucket bigint NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (bucket, subject)
);

-- Looks of the authorized body at the entries of one person. official: who looks. sealed: the archive key, as every record of
-- access.
CREATE TABLE official_look (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    official bytea NOT NULL,
    ends bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX official_look_subject ON official_look (subject, id);

-- Changes and additions of personal data that owners report (418-V ст.36(4)), also of persons who are not known here yet.
-- person: blind index of the IIN. sealed: the archive key.
CREATE TABLE data_change (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    person bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX data_change_person ON data_change (person, id);
