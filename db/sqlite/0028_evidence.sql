-- SPDX-License-Identifier: Apache-2.0
-- Evidence of exchanges. *_sha256: of the message as it went over the wire, with its envelope and its signature: as it came, as it went
-- to the owner, as the owner answered, as the sender was answered; NULL where there was none.
ALTER TABLE exchange_record ADD COLUMN received_sha256 BLOB;
ALTER TABLE exchange_record ADD COLUMN forwarded_sha256 BLOB;
ALTER TABLE exchange_record ADD COLUMN replied_sha256 BLOB;
ALTER TABLE exchange_record ADD COLUMN sent_sha256 BLOB;

-- Those messages, where the policy of a service keeps them. key: of this exchange alone, wrapped; it goes with them.
CREATE TABLE exchange_bodies (
    exchange BLOB NOT NULL,
    expires INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_bodies_expires ON exchange_bodies (expires);
-- message: which of the four.
CREATE TABLE exchange_body (
    exchange BLOB NOT NULL,
    message INTEGER NOT NULL CHECK (message BETWEEN 0 AND 3),
    sealed BLOB NOT NULL,
    UNIQUE (exchange, message)
) STRICT;

-- Time stamps (RFC 3161) over the text of checkpoints of the ledger: each is about every entry below `size`.
CREATE TABLE time_stamp (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    token BLOB NOT NULL
) STRICT;
