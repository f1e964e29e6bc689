-- SPDX-License-Identifier: Apache-2.0
-- Access on a ground of which a named law lets the person be told later (418-V ст.36(4)). id: of the subject under which all of it stands
-- until then, and whose entries in the journal stay a chain of their own. subject: the person. month: local, for the totals.
-- disclosed: when the person was told; how: 0 at its time, 1 by the asker, 2 by the authorized body. sealed: the archive key.
CREATE TABLE deferral (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    request bytea NOT NULL,
    asker text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    ground text COLLATE "C" NOT NULL,
    law text COLLATE "C" NOT NULL,
    month text COLLATE "C" NOT NULL,
    begun bigint NOT NULL,
    due bigint NOT NULL,
    disclosed bigint,
    how bigint,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX deferral_subject ON deferral (subject, id);
CREATE INDEX deferral_request ON deferral (request);
CREATE INDEX deferral_asker ON deferral (asker, id);
CREATE INDEX deferral_month ON deferral (month);
CREATE INDEX deferral_open ON deferral (id) WHERE disclosed IS NULL;
