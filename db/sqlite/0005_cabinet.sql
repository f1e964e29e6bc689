-- The person's side: one-time codes and sessions, receipts, questions about uses, looks at one's own data; and what is
-- told to initiators. See db/DATA_MODEL.md.

-- One-time codes that were sent to a registered number: for a sign-in, an answer, an extension. A new one replaces the one
-- before it, a used one goes. hash: of the code under a key of ours; NULL where none was sent. subject: whose phone it is.
CREATE TABLE one_time_code (
    about BLOB NOT NULL,
    kind INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    subject BLOB,
    hash BLOB,
    expires INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (about, kind, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX one_time_code_expires ON one_time_code (expires);

-- How often codes were asked for, whether or not there is such a person. person: blind index of the IIN.
CREATE TABLE code_pace (
    person BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    day INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (person, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX code_pace_next ON code_pace (next);

-- hash: of the secret half of the token.
CREATE TABLE session (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    hash BLOB NOT NULL,
    begun INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    ends INTEGER NOT NULL
) STRICT;
CREATE INDEX session_subject ON session (subject);
CREATE INDEX session_ends ON session (ends);

-- Signed at the first read; the same bytes at each later one. entity: a request, or a consent with the number of its event.
-- sealed: the subject's key.
CREATE TABLE receipt (
    entity BLOB NOT NULL,
    number INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (entity, number, bucket)
) STRICT, WITHOUT ROWID;

-- "Was this allowed?" question, answer: sealed under the subject's key.
CREATE TABLE use_question (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    use BLOB NOT NULL,
    initiator TEXT NOT NULL,
    asked INTEGER NOT NULL,
    due INTEGER,
    answered INTEGER,
    question BLOB NOT NULL,
    answer BLOB
) STRICT;
CREATE INDEX use_question_subject ON use_question (subject, id);
CREATE UNIQUE INDEX use_question_use ON use_question (use);

-- A person's looks at their own data. sealed: the archive key, as every record of access.
CREATE TABLE own_look (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    state INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX own_look_subject ON own_look (subject, id);
CREATE INDEX own_look_pending ON own_look (id) WHERE state = 0;

-- By party: what an initiator is told of. entity: a consent or a question. due: until when it may object or is to answer.
CREATE TABLE party_notice (
    initiator TEXT NOT NULL,
    id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    entity BLOB NOT NULL,
    at INTEGER NOT NULL,
    due INTEGER,
    PRIMARY KEY (initiator, id)
) STRICT, WITHOUT ROWID;
