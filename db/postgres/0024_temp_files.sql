-- SPDX-License-Identifier: Apache-2.0
-- The temporary file store (EDS_TEMP_FILES), in the keyspace of its uploaders. identifier: blind index of what the uploader was
-- given; key: the file's own, wrapped; names: name and kind of the file, sealed under it. Both go with the content.
CREATE TABLE temp_file (
    id bytea NOT NULL,
    identifier bytea NOT NULL UNIQUE,
    uploader text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    uploaded bigint NOT NULL,
    expires bigint NOT NULL,
    needs_confirmation bigint NOT NULL CHECK (needs_confirmation IN (0, 1)),
    confirmed_by text COLLATE "C",
    confirmed bigint,
    deleted bigint,
    key bytea,
    names bytea,
    PRIMARY KEY (id)
);
CREATE INDEX temp_file_expires ON temp_file (expires) WHERE deleted IS NULL;
CREATE INDEX temp_file_deleted ON temp_file (deleted) WHERE deleted IS NOT NULL;

CREATE TABLE temp_file_content (
    file bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL
);

-- How much of each system is there.
CREATE TABLE temp_file_quota (
    system text COLLATE "C" NOT NULL,
    files bigint NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (system)
);
