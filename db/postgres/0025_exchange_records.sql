-- SPDX-License-Identifier: Apache-2.0
-- The session that the gateway gave a message. And what operators search: every exchange as it ended, in the order of time, also those
-- whose row in `exchange` gave way to a repeat. Columns as there; owner: the system behind the service, if there is one.
ALTER TABLE exchange ADD COLUMN session bytea;
CREATE TABLE exchange_record (
    id bytea NOT NULL UNIQUE,
    sender text COLLATE "C" NOT NULL,
    message bytea NOT NULL,
    session bytea,
    service text COLLATE "C" NOT NULL,
    owner text COLLATE "C",
    request bytea NOT NULL,
    request_bytes bigint NOT NULL,
    received bigint NOT NULL,
    state bigint NOT NULL,
    forwarded bigint,
    replied bigint,
    concluded bigint NOT NULL,
    response bytea,
    response_bytes bigint NOT NULL
);
CREATE INDEX exchange_record_message ON exchange_record (message);
CREATE INDEX exchange_record_session ON exchange_record (session) WHERE session IS NOT NULL;
