-- Who asks: the limits on questions count by it. A person's requests are found by person.
ALTER TABLE access_request ADD COLUMN initiator text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX access_request_subject ON access_request (bucket, subject, id);

-- The uses of a consent are a list from its newest one back, so that they need no index of their own.
ALTER TABLE consent ADD COLUMN last_use bytea;
ALTER TABLE use_record ADD COLUMN previous bytea;
-- The local day of the last use, in days since 1970, and how many uses there were on it.
ALTER TABLE consent ADD COLUMN day bigint NOT NULL DEFAULT 0;
ALTER TABLE consent ADD COLUMN uses_today bigint NOT NULL DEFAULT 0;

-- What happened to a consent after it was given. sealed: the subject's key.
CREATE TABLE consent_event (
    consent bytea NOT NULL,
    number bigint NOT NULL,
    bucket bigint NOT NULL,
    at bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (consent, number, bucket)
);

-- Organisations from which a person wants no more questions.
CREATE TABLE asker_block (
    subject bytea NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    bucket bigint NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (subject, organisation, bucket)
);

-- Who decides for whom, found from the representative; the ward's own row says whether it still holds.
CREATE TABLE representation (
    representative bytea NOT NULL,
    ward bytea NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (representative, ward)
);

-- Wrong codes that were sent from the phone while the question was open.
ALTER TABLE phone_question ADD COLUMN attempts bigint NOT NULL DEFAULT 0;
