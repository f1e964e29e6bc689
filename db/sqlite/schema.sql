-- The whole schema as it stands after the last migration; store_sqlite_test compares the two.

CREATE TABLE schema_version (
    number INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- The number of the last batch that wrote: after a failed COMMIT it tells whether the batch is there.
CREATE TABLE store_batch (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO store_batch (only_row, number) VALUES (1, 0);

CREATE TABLE timer_kind (
    kind TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Entities have time-ordered ids, so that new rows come at the end of the tree.
CREATE TABLE timer (
    entity BLOB NOT NULL,
    kind TEXT NOT NULL REFERENCES timer_kind (kind),
    bucket INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    payload BLOB NOT NULL,
    PRIMARY KEY (entity, kind, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due) WHERE failed = 0;
CREATE INDEX timer_failed ON timer (kind) WHERE failed = 1;

CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    reason TEXT,
    payload BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (kind, due) WHERE failed = 0;
CREATE INDEX outbox_failed ON outbox (kind) WHERE failed = 1;


CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE registry_entry (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- One row per subject: deleting it destroys the data key, and with it everything sealed under it.
CREATE TABLE subject (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    blind BLOB NOT NULL UNIQUE,
    wrapped_key BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

-- Whose data were erased. A restored backup may hold their rows again: the list is replayed from its copy beside it.
CREATE TABLE erasure (
    subject BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- By party: client-chosen ids.
CREATE TABLE client_request (
    initiator TEXT NOT NULL,
    client_id BLOB NOT NULL,
    digest BLOB NOT NULL,
    request BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (initiator, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_request_at ON client_request (at);

-- sealed: the subject's key.
CREATE TABLE access_request (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    state INTEGER NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    consent BLOB,
    sealed BLOB NOT NULL,
    initiator TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX access_request_subject ON access_request (subject, id);

-- sealed: the subject's key. uses_max: of the sealed terms, NULL in rows older than the column.
CREATE TABLE consent (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    request BLOB NOT NULL,
    state INTEGER NOT NULL,
    version INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    uses_max INTEGER,
    last_use BLOB,
    day INTEGER NOT NULL DEFAULT 0,
    uses_today INTEGER NOT NULL DEFAULT 0,
    shown BLOB,
    chained INTEGER NOT NULL DEFAULT 0,
    marks BLOB
) STRICT;

CREATE TABLE consent_event (
    consent BLOB NOT NULL,
    number INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (consent, number, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE asker_block (
    subject BLOB NOT NULL,
    organisation TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (subject, organisation, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE representation (
    representative BLOB NOT NULL,
    ward BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (representative, ward)
) STRICT, WITHOUT ROWID;

-- status_list, status_index: its place in a published list, NULL for a refresh token. status: 0 valid, 1 invalid, 2 suspended.
CREATE TABLE token (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    consent BLOB NOT NULL,
    kind INTEGER NOT NULL,
    client TEXT NOT NULL,
    issued INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER,
    hash BLOB,
    status_list INTEGER,
    status_index INTEGER,
    status INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX token_consent ON token (consent);
CREATE INDEX token_status ON token (status_list) WHERE status <> 0;
CREATE INDEX token_lasting ON token (expires) WHERE kind = 2;

-- ends: when the last token that can stand in it is over.
CREATE TABLE status_list (
    number INTEGER NOT NULL PRIMARY KEY,
    ends INTEGER NOT NULL
) STRICT;

-- A record of access. sealed: the archive key, so that it outlives the subject's data until its archive term ends.
-- answer: the subject's key, for repeats under the same key within the idempotency window. key: NULL where the caller
-- gave none.
CREATE TABLE use_record (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    consent BLOB NOT NULL,
    key BLOB,
    digest BLOB NOT NULL,
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    status INTEGER,
    answer BLOB,
    previous BLOB,
    service INTEGER,
    token BLOB,
    skips BLOB
) STRICT;
CREATE UNIQUE INDEX use_key ON use_record (consent, key) WHERE key IS NOT NULL;
CREATE INDEX use_reserved ON use_record (at) WHERE state = 0;

-- A call under a known consent that was refused. sealed: the archive key, as every record of access.
CREATE TABLE use_refusal (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    consent BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX use_refusal_subject ON use_refusal (subject, id);

-- By phone: the questions that are open on one phone, each with its pair of digits; and messages heard, once each.
-- phone: blind index of the number.
CREATE TABLE phone_question (
    phone BLOB NOT NULL,
    slot INTEGER NOT NULL,
    request BLOB NOT NULL,
    clarified INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (phone, slot)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX phone_question_request ON phone_question (request);
CREATE TABLE heard_message (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX heard_message_at ON heard_message (at);
-- When a phone was last told that nothing is open: two machines must not talk to each other for ever.
CREATE TABLE phone_told (
    phone BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX phone_told_at ON phone_told (at);

-- Client assertions that were used: each jti once.
CREATE TABLE used_assertion (
    client TEXT NOT NULL,
    jti BLOB NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (client, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_assertion_expires ON used_assertion (expires);

-- Every fact, once and for ever. sealed: the archive key. The ledger holds its commitment. subject: whose entry it
-- is; NULL where no known person is concerned.
CREATE TABLE journal (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    kind TEXT NOT NULL,
    entity BLOB NOT NULL,
    salt BLOB NOT NULL,
    sealed BLOB NOT NULL,
    commitment BLOB NOT NULL,
    subject BLOB
) STRICT;
-- Where the entries of each person lie: for each block of the journal, cut in parts by subject, the end of each subject's id and
-- the place of the entry in the block, sorted. Written by the ledger's thread once a block is full: an index would cost every
-- entry a page at a random place. number: 16 times the block, and the part.
CREATE TABLE journal_run (
    number INTEGER NOT NULL PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

CREATE TABLE ledger_leaf (
    number INTEGER NOT NULL PRIMARY KEY,
    journal_seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE ledger_head (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    journal_seq INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- The roots of full tiles, from which upper tiles and proofs are made. level: 1 for the root of 256 leaves, 2 of 256^2.
CREATE TABLE ledger_node (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- Signed notes. kind: 0 the newest checkpoint, 1 the newest one that a witness signed too.
CREATE TABLE ledger_note (
    kind INTEGER NOT NULL PRIMARY KEY CHECK (kind IN (0, 1)),
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- next: the leaf that the scrub looks at next. damaged: the first leaf of a piece in which it found damage.
CREATE TABLE ledger_scrub (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    next INTEGER NOT NULL,
    damaged INTEGER
) STRICT;

-- The map that shows each person that nothing was hidden: pages of four levels, by the hexadecimal digits of the tags below.
CREATE TABLE ledger_page (
    address TEXT NOT NULL PRIMARY KEY,
    page BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The pages that the newest state of the map replaced, as they were: the state before it is shown until a checkpoint covers the
-- newest one.
CREATE TABLE ledger_page_before (
    address TEXT NOT NULL PRIMARY KEY,
    page BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Its states. size: the leaves that it counts. journal_seq: the fact that says it.
CREATE TABLE ledger_epoch (
    number INTEGER NOT NULL PRIMARY KEY,
    root BLOB NOT NULL,
    persons INTEGER NOT NULL,
    size INTEGER NOT NULL,
    journal_seq INTEGER NOT NULL
) STRICT;

-- The place of each person in the map. A person who came back after an erasure is two subjects with one tag.
CREATE TABLE ledger_tag (
    subject BLOB NOT NULL PRIMARY KEY,
    tag BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_tag_tag ON ledger_tag (tag);

-- The sandbox's phones. sealed: the archive key, by the way of all personal data.
CREATE TABLE sandbox_message (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    phone BLOB NOT NULL,
    outgoing INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX sandbox_message_phone ON sandbox_message (phone, seq);

-- One-time codes that were sent to a registered number: for a sign-in, an answer, an extension. A new one replaces the one
-- before it, a used one goes. hash: of the code under a key of ours; NULL where none was sent. subject: whose phone it is.
CREATE TABLE one_time_code (
    about BLOB NOT NULL,
    kind INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    subject BLOB,
    hash BLOB,
    expires INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (about, kind, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX one_time_code_expires ON one_time_code (expires);

-- How often codes were asked for, whether or not there is such a person. person: blind index of the IIN.
CREATE TABLE code_pace (
    person BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    day INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (person, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX code_pace_next ON code_pace (next);

-- hash: of the secret half of the token. means: 0 a one-time code, 1 an EDS; organisation: the BIN of its certificate.
CREATE TABLE session (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    hash BLOB NOT NULL,
    begun INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    means INTEGER NOT NULL DEFAULT 0,
    organisation TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX session_subject ON session (subject);
CREATE INDEX session_ends ON session (ends);

-- Signed at the first read; the same bytes at each later one. entity: a request, a consent or a use, with the number of its
-- event. sealed: the subject's key. journal_seq: the entry that it speaks of.
CREATE TABLE receipt (
    entity BLOB NOT NULL,
    number INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    journal_seq INTEGER,
    PRIMARY KEY (entity, number, bucket)
) STRICT, WITHOUT ROWID;

-- "Was this allowed?" question, answer: sealed under the subject's key.
CREATE TABLE use_question (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    use BLOB NOT NULL,
    initiator TEXT NOT NULL,
    asked INTEGER NOT NULL,
    due INTEGER,
    answered INTEGER,
    question BLOB NOT NULL,
    answer BLOB
) STRICT;
CREATE INDEX use_question_subject ON use_question (subject, id);
CREATE INDEX use_question_unanswered ON use_question (id) WHERE answered IS NULL;
CREATE UNIQUE INDEX use_question_use ON use_question (use);

-- A person's looks at their own data. sealed: the archive key, as every record of access.
CREATE TABLE own_look (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    state INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX own_look_subject ON own_look (subject, id);
CREATE INDEX own_look_pending ON own_look (id) WHERE state = 0;

-- By party: what an initiator is told of. entity: a consent or a question. due: until when it may object or is to answer.
CREATE TABLE party_notice (
    initiator TEXT NOT NULL,
    id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    entity BLOB NOT NULL,
    at INTEGER NOT NULL,
    due INTEGER,
    number INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (initiator, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX party_notice_number ON party_notice (initiator, number);
CREATE INDEX party_notice_kind ON party_notice (initiator, kind, number);
CREATE INDEX party_notice_at ON party_notice (at);
-- The last number that was given to a notice; it outlives them.
CREATE TABLE party_counter (
    initiator TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

-- Officials of the authorized body and of the operator, by their role as persons. The organisation tells the role.
CREATE TABLE official (
    subject BLOB NOT NULL,
    organisation TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (subject, bucket)
) STRICT, WITHOUT ROWID;

-- Looks of the authorized body at the entries of one person. official: who looks. sealed: the archive key, as every record of
-- access.
CREATE TABLE official_look (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    official BLOB NOT NULL,
    ends INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX official_look_subject ON official_look (subject, id);

-- Changes and additions of personal data that owners report (418-V ст.36(4)), also of persons who are not known here yet.
-- person: blind index of the IIN. sealed: the archive key.
CREATE TABLE data_change (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    person BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX data_change_person ON data_change (person, id);

-- Sealed files of old entries, each with the leaves from first_leaf to last_leaf, the journal after first_seq - 1 up to last_seq,
-- and the uses, refused uses and looks whose last entry is among them. first_use, last_use: the range of their ids. manifest:
-- the hash that the fact of journal_seq says too. file: SHA-256 of the whole. emptied: 1 once its rows stand there alone.
CREATE TABLE archive (
    number INTEGER NOT NULL PRIMARY KEY,
    first_leaf INTEGER NOT NULL,
    last_leaf INTEGER NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL UNIQUE,
    first_use BLOB,
    last_use BLOB,
    began INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    looks INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    file BLOB NOT NULL,
    journal_seq INTEGER NOT NULL,
    emptied INTEGER NOT NULL CHECK (emptied IN (0, 1))
) STRICT;
CREATE INDEX archive_uses ON archive (last_use, first_use);

-- Whose refused uses (kind 0) and looks (1) stand in which archive, and the range of their ids there.
CREATE TABLE archive_person (
    subject BLOB NOT NULL,
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    archive INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    first BLOB NOT NULL,
    last BLOB NOT NULL,
    PRIMARY KEY (subject, kind, archive, bucket)
) STRICT, WITHOUT ROWID;

-- Access on a ground of which a named law lets the person be told later (418-V ст.36(4)). id: of the subject under which all of it stands
-- until then, and whose entries in the journal stay a chain of their own. subject: the person. month: local, for the totals.
-- disclosed: when the person was told; how: 0 at its time, 1 by the asker, 2 by the authorized body. sealed: the archive key.
CREATE TABLE deferral (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    request BLOB NOT NULL,
    asker TEXT NOT NULL,
    organisation TEXT NOT NULL,
    ground TEXT NOT NULL,
    law TEXT NOT NULL,
    month TEXT NOT NULL,
    begun INTEGER NOT NULL,
    due INTEGER NOT NULL,
    disclosed INTEGER,
    how INTEGER,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX deferral_subject ON deferral (subject, id);
CREATE INDEX deferral_request ON deferral (request);
CREATE INDEX deferral_asker ON deferral (asker, id);
CREATE INDEX deferral_month ON deferral (month);
CREATE INDEX deferral_open ON deferral (id) WHERE disclosed IS NULL;

-- What persons signed with an EDS. about: a request or a consent; form: 0 XML, 1 CMS; sealed: the subject's key.
CREATE TABLE electronic_document (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    about BLOB NOT NULL,
    at INTEGER NOT NULL,
    form INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX electronic_document_subject ON electronic_document (subject, id);

-- Which keys an organisation registered under its EDS, with the signed document as evidence (236/НК п.10(2)). purpose: 0 assertions of a
-- client, 1 proofs of own means, 2 the name of a client's TLS certificate. client: '' for proofs. made: by the signer's word, so that an
-- older one never replaces a newer one. sealed: the archive key.
CREATE TABLE key_registration (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    purpose INTEGER NOT NULL,
    client TEXT NOT NULL,
    made INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX key_registration_organisation ON key_registration (organisation, id);
CREATE INDEX key_registration_made ON key_registration (organisation, purpose, client, made);

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
    session BLOB,
    PRIMARY KEY (sender, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_received ON exchange (received);
CREATE INDEX exchange_begun ON exchange (received) WHERE state = 0;

-- The temporary file store (EDS_TEMP_FILES), in the keyspace of its uploaders. identifier: blind index of what the uploader was
-- given; key: the file's own, wrapped; names: name and kind of the file, sealed under it. Both go with the content.
CREATE TABLE temp_file (
    id BLOB NOT NULL,
    identifier BLOB NOT NULL UNIQUE,
    uploader TEXT NOT NULL,
    size INTEGER NOT NULL,
    uploaded INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    needs_confirmation INTEGER NOT NULL CHECK (needs_confirmation IN (0, 1)),
    confirmed_by TEXT,
    confirmed INTEGER,
    deleted INTEGER,
    key BLOB,
    names BLOB,
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX temp_file_expires ON temp_file (expires) WHERE deleted IS NULL;
CREATE INDEX temp_file_deleted ON temp_file (deleted) WHERE deleted IS NOT NULL;

CREATE TABLE temp_file_content (
    file BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- How much of each system is there.
CREATE TABLE temp_file_quota (
    system TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (system)
) STRICT, WITHOUT ROWID;

-- What operators search: every exchange as it ended, in the order of time, also those whose row in `exchange` gave way to a repeat.
-- Columns as there; owner: the system behind the service, if there is one. *_sha256: of the message as it went over the wire, with its
-- envelope and its signature: as it came, as it went to the owner, as the owner answered, as the sender was answered; NULL where there was none.
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
    response_bytes INTEGER NOT NULL,
    received_sha256 BLOB,
    forwarded_sha256 BLOB,
    replied_sha256 BLOB,
    sent_sha256 BLOB,
    wire INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX exchange_record_message ON exchange_record (message);
CREATE INDEX exchange_record_session ON exchange_record (session) WHERE session IS NOT NULL;
CREATE TABLE refused_message (
    minute INTEGER NOT NULL,
    door INTEGER NOT NULL CHECK (door BETWEEN 0 AND 2),
    standing INTEGER NOT NULL CHECK (standing BETWEEN 0 AND 3),
    sender TEXT NOT NULL,
    code TEXT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    times INTEGER NOT NULL,
    PRIMARY KEY (minute, door, standing, sender, code)
) STRICT, WITHOUT ROWID;
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
    session BLOB,
    named BLOB,
    received_sha256 BLOB,
    forwarded INTEGER,
    forwarded_sha256 BLOB,
    replied INTEGER,
    replied_sha256 BLOB,
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
    outcome INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX async_conversation_begun ON async_conversation (begun);
-- What became of each token of the REQUEST that began a conversation. number: of the token in the message, 0 for the only one.
-- use: nothing where it was refused, by the reasons whose codes `refused` has. outcome: of the use; booked: in the person's books.
CREATE TABLE async_part (
    conversation BLOB NOT NULL,
    number INTEGER NOT NULL,
    use BLOB,
    refused TEXT NOT NULL,
    outcome INTEGER,
    booked INTEGER NOT NULL,
    PRIMARY KEY (conversation, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX async_part_use ON async_part (use) WHERE use IS NOT NULL AND booked = 0;
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
