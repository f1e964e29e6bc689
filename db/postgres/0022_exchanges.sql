-- SPDX-License-Identifier: Apache-2.0
-- Messages between systems, by sender, for as long as a repeat counts. message: blind index of the sender's id; request,
-- response: SHA-256; kept: the answer for a repeat, sealed, where it stands nowhere else.
CREATE TABLE exchange (
    sender text COLLATE "C" NOT NULL,
    message bytea NOT NULL,
    id bytea NOT NULL,
    service text COLLATE "C" NOT NULL,
    request bytea NOT NULL,
    request_bytes bigint NOT NULL,
    received bigint NOT NULL,
    state bigint NOT NULL,
    forwarded bigint,
    replied bigint,
    concluded bigint,
    response bytea,
    response_bytes bigint NOT NULL,
    kept bytea,
    PRIMARY KEY (sender, message)
);
CREATE INDEX exchange_received ON exchange (received);
CREATE INDEX exchange_begun ON exchange (received) WHERE state = 0;
