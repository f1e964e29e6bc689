-- SPDX-License-Identifier: Apache-2.0
-- The pages that the newest state of the map replaced, as they were: the state before it is shown until a checkpoint covers the
-- newest one.
CREATE TABLE ledger_page_before (
    address TEXT NOT NULL PRIMARY KEY,
    page BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Until here the journal did not tell a refused call from another one of its consent, nor that a consent was exhausted.
INSERT INTO setting (name, value)
SELECT 'journal.untold_before', CAST(max(seq) AS TEXT) FROM journal HAVING max(seq) IS NOT NULL;
