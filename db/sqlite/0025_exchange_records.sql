-- SPDX-License-Identifier: Apache-2.0
-- The session that the gateway gave a message. And what operators search: every exchange as it ended, in the order of time, also those
-- whose row in `exchange` gave way to a repeat. Columns as there; owner: the system behind the service, if there is one.
ALTER TABLE exchange ADD COLUMN session BLOB;
CREATE TABLE exchange_record (
    id BLOB NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    message BLOB NOT NULL,
    session BLOB,
    service TEXT NOT NULL,
    owner TEXT,
    request BLOB NOT NULL,
    request_bytes INTEGER NOT NULL,
    received INTEGER NOT NULL,
    state INTEGER NOT NULL,
    forwarded INTEGER,
    replied INTEGER,
    concluded INTEGER NOT NULL,
    response BLOB,
    response_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX exchange_record_message ON exchange_record (message);
CREATE INDEX exchange_record_session ON exchange_record (session) WHERE session IS NOT NULL;
