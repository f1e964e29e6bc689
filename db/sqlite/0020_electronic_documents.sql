-- SPDX-License-Identifier: Apache-2.0
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
