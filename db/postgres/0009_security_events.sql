-- Which token the owner of each service saw last, so that it is told of the end: in a use, and for the whole consent as
-- (place of the service, id of the token) one after the other. NULL in older rows.
ALTER TABLE use_record ADD COLUMN service bigint;
ALTER TABLE use_record ADD COLUMN token bytea;
ALTER TABLE consent ADD COLUMN shown bytea;

-- By party: changes of consents that a receiver is to confirm. status: 0 waiting, 1 confirmed, 2 refused, 3 given up.
CREATE TABLE security_event (
    receiver text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    txn bytea NOT NULL,
    consent bytea NOT NULL,
    token bytea NOT NULL,
    change text COLLATE "C" NOT NULL,
    state bigint NOT NULL,
    version bigint NOT NULL,
    at bigint NOT NULL,
    due bigint,
    status bigint NOT NULL,
    attempts bigint NOT NULL,
    told bigint,
    ended bigint,
    error text COLLATE "C" NOT NULL,
    PRIMARY KEY (receiver, id)
);
CREATE INDEX security_event_waiting ON security_event (receiver, id) WHERE status = 0;
CREATE INDEX security_event_consent ON security_event (consent);

-- endpoint: where they are pushed to; empty: the receiver polls.
CREATE TABLE event_stream (
    receiver text COLLATE "C" NOT NULL PRIMARY KEY,
    endpoint text COLLATE "C" NOT NULL,
    waiting bigint NOT NULL,
    failures bigint NOT NULL,
    next bigint NOT NULL
);
