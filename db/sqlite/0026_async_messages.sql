-- SPDX-License-Identifier: Apache-2.0
-- Messages of the asynchronous channel. async_queue: one for each receiver and service, in whose order messages go: the last
-- position given out, how many wait, their bytes, and its pace after failures.
-- async_message: kind 0 REQUEST, 1 NOTIFICATION, 2 UPDATE, 3 RESPONSE; key: blind index of the sender's own id, or of the digest;
-- since: waiting from then on; state 0 waiting, 1 delivered, 2 stopped, 3 given up, 4 returned; reached: attempts that may have
-- arrived; refusals: by faults of the receiver.
-- async_body: the message, sealed, until it is settled. async_conversation: outcome of its use, and whether it is booked.
-- async_notice: what a sender is still to be told of a message.
CREATE TABLE async_queue (
    receiver TEXT NOT NULL,
    service TEXT NOT NULL,
    last INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (receiver, service)
) STRICT, WITHOUT ROWID;
CREATE TABLE async_message (
    receiver TEXT NOT NULL,
    service TEXT NOT NULL,
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    sender TEXT NOT NULL,
    conversation BLOB NOT NULL,
    kind INTEGER NOT NULL,
    key BLOB NOT NULL,
    digest BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    since INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    ended INTEGER,
    error TEXT NOT NULL,
    PRIMARY KEY (receiver, service, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX async_message_id ON async_message (id);
CREATE INDEX async_message_key ON async_message (sender, key, accepted);
CREATE INDEX async_message_waiting ON async_message (receiver, service, position) WHERE state = 0;
CREATE INDEX async_message_since ON async_message (since) WHERE state = 0;
CREATE INDEX async_message_given_up ON async_message (id) WHERE state = 3;
CREATE INDEX async_message_ended ON async_message (ended) WHERE ended IS NOT NULL;
CREATE TABLE async_body (
    id BLOB NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE async_conversation (
    id BLOB NOT NULL PRIMARY KEY,
    initiator TEXT NOT NULL,
    owner TEXT NOT NULL,
    service TEXT NOT NULL,
    begun INTEGER NOT NULL,
    use BLOB,
    outcome INTEGER,
    booked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX async_conversation_use ON async_conversation (use) WHERE use IS NOT NULL AND booked = 0;
CREATE INDEX async_conversation_begun ON async_conversation (begun);
CREATE TABLE async_notice (
    receiver TEXT NOT NULL,
    id BLOB NOT NULL,
    message BLOB NOT NULL,
    state INTEGER NOT NULL,
    error TEXT NOT NULL,
    made INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (receiver, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX async_notice_next ON async_notice (next);
