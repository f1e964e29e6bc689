-- SPDX-License-Identifier: Apache-2.0
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
