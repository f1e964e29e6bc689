-- The other channels, representatives, limits and the person's view. See db/DATA_MODEL.md.

-- Who asks: the limits on questions count by it. A person's requests are found by person.
ALTER TABLE access_request ADD COLUMN initiator TEXT NOT NULL DEFAULT '';
CREATE INDEX access_request_subject ON access_request (subject, id);

-- The uses of a consent are a list from its newest one back, so that they need no index of their own.
ALTER TABLE consent ADD COLUMN last_use BLOB;
ALTER TABLE use_record ADD COLUMN previous BLOB;
-- The local day of the last use, in days since 1970, and how many uses there were on it.
ALTER TABLE consent ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consent ADD COLUMN uses_today INTEGER NOT NULL DEFAULT 0;

-- What happened to a consent after it was given. sealed: the subject's key.
CREATE TABLE consent_event (
    consent BLOB NOT NULL,
    number INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (consent, number, bucket)
) STRICT, WITHOUT ROWID;

-- Organisations from which a person wants no more questions.
CREATE TABLE asker_block (
    subject BLOB NOT NULL,
    organisation TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (subject, organisation, bucket)
) STRICT, WITHOUT ROWID;

-- Who decides for whom, found from the representative; the ward's own row says whether it still holds.
CREATE TABLE representation (
    representative BLOB NOT NULL,
    ward BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (representative, ward)
) STRICT, WITHOUT ROWID;

-- Wrong codes that were sent from the phone while the question was open.
ALTER TABLE phone_question ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
