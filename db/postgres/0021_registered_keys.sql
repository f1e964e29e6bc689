-- SPDX-License-Identifier: Apache-2.0
-- Which keys an organisation registered under its EDS, with the signed document as evidence (236/НК п.10(2)). purpose: 0 assertions of a
-- client, 1 proofs of own means, 2 the name of a client's TLS certificate. client: '' for proofs. made: by the signer's word, so that an
-- older one never replaces a newer one. sealed: the archive key.
CREATE TABLE key_registration (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    purpose bigint NOT NULL,
    client text COLLATE "C" NOT NULL,
    made bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX key_registration_organisation ON key_registration (organisation, id);
CREATE INDEX key_registration_made ON key_registration (organisation, purpose, client, made);
