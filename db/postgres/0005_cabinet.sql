-- The person's side: one-time codes and sessions, receipts, questions about uses, looks at one's own data; and what is
-- told to initiators. See db/DATA_MODEL.md.

-- One-time codes that were sent to a registered number: for a sign-in, an answer, an extension. A new one replaces the one
-- before it, a used one goes. hash: of the code under a key of ours; NULL where none was sent. subject: whose phone it is.
CREATE TABLE one_time_code (
    about bytea NOT NULL,
    kind bigint NOT NULL,
    bucket bigint NOT NULL,
    subject bytea,
    hash bytea,
    expires bigint NOT NULL,
    attempts bigint NOT NULL,
    PRIMARY KEY (bucket, about, kind)
);
CREATE INDEX one_time_code_expires ON one_time_code (expires);

-- How often codes were asked for, whether or not there is such a person. person: blind index of the IIN.
CREATE TABLE code_pace (
    person bytea NOT NULL,
    bucket bigint NOT NULL,
    day bigint NOT NULL,
    sent bigint NOT NULL,
    next bigint NOT NULL,
    PRIMARY KEY (bucket, person)
);
CREATE INDEX code_pace_next ON code_pace (next);

-- hash: of the secret half of the token.
CREATE TABLE session (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    hash bytea NOT NULL,
    begun bigint NOT NULL,
    seen bigint NOT NULL,
    ends bigint NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX session_subject ON session (subject);
CREATE INDEX session_ends ON session (ends);

-- Signed at the first read; the same bytes at each later one. entity: a request, or a consent with the number of its event.
-- sealed: the subject's key.
CREATE TABLE receipt (
    entity bytea NOT NULL,
    number bigint NOT NULL,
    bucket bigint NOT NULL,
    at bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, entity, number)
);

-- "Was this allowed?" question, answer: sealed under the subject's key.
CREATE TABLE use_question (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    use bytea NOT NULL,
    initiator text COLLATE "C" NOT NULL,
    asked bigint NOT NULL,
    due bigint,
    answered bigint,
    question bytea NOT NULL,
    answer bytea,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX use_question_subject ON use_question (subject, id);
CREATE UNIQUE INDEX use_question_use ON use_question (bucket, use);

-- A person's looks at their own data. sealed: the archive key, as every record of access.
CREATE TABLE own_look (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    state bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX own_look_subject ON own_look (subject, id);
CREATE INDEX own_look_pending ON own_look (id) WHERE state = 0;

-- By party: what an initiator is told of. entity: a consent or a question. due: until when it may object or is to answer.
CREATE TABLE party_notice (
    initiator text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    kind bigint NOT NULL,
    entity bytea NOT NULL,
    at bigint NOT NULL,
    due bigint,
    PRIMARY KEY (initiator, id)
);
