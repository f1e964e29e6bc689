-- SPDX-License-Identifier: Apache-2.0
-- Messages between systems, by sender, for as long as a repeat counts. message: blind index of the sender's id; request,
-- response: SHA-256; kept: the answer for a repeat, sealed, where it stands nowhere else.
CREATE TABLE exchange (
    sender TEXT NOT NULL,
    message BLOB NOT NULL,
    id BLOB NOT NULL,
    service TEXT NOT NULL,
    request BLOB NOT NULL,
    request_bytes INTEGER NOT NULL,
    received INTEGER NOT NULL,
    state INTEGER NOT NULL,
    forwarded INTEGER,
    replied INTEGER,
    concluded INTEGER,
    response BLOB,
    response_bytes INTEGER NOT NULL,
    kept BLOB,
    PRIMARY KEY (sender, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_received ON exchange (received);
CREATE INDEX exchange_begun ON exchange (received) WHERE state = 0;
