-- SPDX-License-Identifier: Apache-2.0
-- Messages of the asynchronous channel. async_queue: one for each receiver and service, in whose order messages go: the last
-- position given out, how many wait, their bytes, and its pace after failures.
-- async_message: kind 0 REQUEST, 1 NOTIFICATION, 2 UPDATE, 3 RESPONSE; key: blind index of the sender's own id, or of the digest;
-- since: waiting from then on; state 0 waiting, 1 delivered, 2 stopped, 3 given up, 4 returned; reached: attempts that may have
-- arrived; refusals: by faults of the receiver.
-- async_body: the message, sealed, until it is settled. async_conversation: outcome of its use, and whether it is booked.
-- async_notice: what a sender is still to be told of a message.
CREATE TABLE async_queue (
    receiver text COLLATE "C" NOT NULL,
    service text COLLATE "C" NOT NULL,
    last bigint NOT NULL,
    waiting bigint NOT NULL,
    bytes bigint NOT NULL,
    failures bigint NOT NULL,
    next bigint NOT NULL,
    PRIMARY KEY (receiver, service)
);
CREATE TABLE async_message (
    receiver text COLLATE "C" NOT NULL,
    service text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    id bytea NOT NULL,
    sender text COLLATE "C" NOT NULL,
    conversation bytea NOT NULL,
    kind bigint NOT NULL,
    key bytea NOT NULL,
    digest bytea NOT NULL,
    bytes bigint NOT NULL,
    accepted bigint NOT NULL,
    since bigint NOT NULL,
    state bigint NOT NULL,
    attempts bigint NOT NULL,
    reached bigint NOT NULL,
    refusals bigint NOT NULL,
    ended bigint,
    error text COLLATE "C" NOT NULL,
    PRIMARY KEY (receiver, service, position)
);
CREATE UNIQUE INDEX async_message_id ON async_message (id);
CREATE INDEX async_message_key ON async_message (sender, key, accepted);
CREATE INDEX async_message_waiting ON async_message (receiver, service, position) WHERE state = 0;
CREATE INDEX async_message_since ON async_message (since) WHERE state = 0;
CREATE INDEX async_message_given_up ON async_message (id) WHERE state = 3;
CREATE INDEX async_message_ended ON async_message (ended) WHERE ended IS NOT NULL;
CREATE TABLE async_body (
    id bytea NOT NULL PRIMARY KEY,
    sealed bytea NOT NULL
);
CREATE TABLE async_conversation (
    id bytea NOT NULL PRIMARY KEY,
    initiator text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    service text COLLATE "C" NOT NULL,
    begun bigint NOT NULL,
    use bytea,
    outcome bigint,
    booked bigint NOT NULL
);
CREATE INDEX async_conversation_use ON async_conversation (use) WHERE use IS NOT NULL AND booked = 0;
CREATE INDEX async_conversation_begun ON async_conversation (begun);
CREATE TABLE async_notice (
    receiver text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    message bytea NOT NULL,
    state bigint NOT NULL,
    error text COLLATE "C" NOT NULL,
    made bigint NOT NULL,
    failures bigint NOT NULL,
    next bigint NOT NULL,
    PRIMARY KEY (receiver, id)
);
CREATE INDEX async_notice_next ON async_notice (next);
