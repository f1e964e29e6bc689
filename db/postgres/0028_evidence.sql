-- SPDX-License-Identifier: Apache-2.0
-- Evidence of exchanges. *_sha256: of the message as it went over the wire, with its envelope and its signature: as it came, as it went
-- to the owner, as the owner answered, as the sender was answered; NULL where there was none.
ALTER TABLE exchange_record ADD COLUMN received_sha256 bytea;
ALTER TABLE exchange_record ADD COLUMN forwarded_sha256 bytea;
ALTER TABLE exchange_record ADD COLUMN replied_sha256 bytea;
ALTER TABLE exchange_record ADD COLUMN sent_sha256 bytea;

-- Those messages, where the policy of a service keeps them. key: of this exchange alone, wrapped; it goes with them.
CREATE TABLE exchange_bodies (
    exchange bytea NOT NULL,
    expires bigint NOT NULL,
    bytes bigint NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (exchange)
);
CREATE INDEX exchange_bodies_expires ON exchange_bodies (expires);
-- message: which of the four.
CREATE TABLE exchange_body (
    exchange bytea NOT NULL,
    message bigint NOT NULL CHECK (message BETWEEN 0 AND 3),
    sealed bytea NOT NULL,
    UNIQUE (exchange, message)
);

-- Time stamps (RFC 3161) over the text of checkpoints of the ledger: each is about every entry below `size`.
CREATE TABLE time_stamp (
    size bigint NOT NULL PRIMARY KEY,
    note text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    token bytea NOT NULL
);
