-- Which token the owner of each service saw last, so that it is told of the end: in a use, and for the whole consent as
-- (place of the service, id of the token) one after the other. NULL in older rows.
ALTER TABLE use_record ADD COLUMN service INTEGER;
ALTER TABLE use_record ADD COLUMN token BLOB;
ALTER TABLE consent ADD COLUMN shown BLOB;

-- By party: changes of consents that a receiver is to confirm. status: 0 waiting, 1 confirmed, 2 refused, 3 given up.
CREATE TABLE security_event (
    receiver TEXT NOT NULL,
    id BLOB NOT NULL,
    txn BLOB NOT NULL,
    consent BLOB NOT NULL,
    token BLOB NOT NULL,
    change TEXT NOT NULL,
    state INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    due INTEGER,
    status INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    told INTEGER,
    ended INTEGER,
    error TEXT NOT NULL,
    PRIMARY KEY (receiver, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX security_event_waiting ON security_event (receiver, id) WHERE status = 0;
CREATE INDEX security_event_consent ON security_event (consent);

-- endpoint: where they are pushed to; empty: the receiver polls.
CREATE TABLE event_stream (
    receiver TEXT NOT NULL PRIMARY KEY,
    endpoint TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
