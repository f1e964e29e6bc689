-- SPDX-License-Identifier: Apache-2.0
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
