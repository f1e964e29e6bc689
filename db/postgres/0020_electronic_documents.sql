-- SPDX-License-Identifier: Apache-2.0
-- What persons signed with an EDS. about: a request or a consent; form: 0 XML, 1 CMS; sealed: the subject's key.
CREATE TABLE electronic_document (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    about bytea NOT NULL,
    at bigint NOT NULL,
    form bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX electronic_document_subject ON electronic_document (subject, id);
