-- SPDX-License-Identifier: Apache-2.0
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
