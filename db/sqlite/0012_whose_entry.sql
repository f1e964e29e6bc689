-- Whose entry each is: the person who can ask for it. NULL where no known person is concerned. Entries that were there before
-- get their person from the row that they speak of; those of ended sessions, which have none, stay without.
ALTER TABLE journal ADD COLUMN subject BLOB;
UPDATE journal SET subject = COALESCE(
    (SELECT r.subject FROM access_request r WHERE r.id = journal.entity),
    (SELECT r.subject FROM consent r WHERE r.id = journal.entity),
    (SELECT c.subject FROM token r
        JOIN consent c ON c.id = r.consent WHERE r.id = journal.entity),
    (SELECT c.subject FROM use_record r
        JOIN consent c ON c.id = r.consent WHERE r.id = journal.entity),
    (SELECT r.subject FROM own_look r WHERE r.id = journal.entity),
    (SELECT r.subject FROM official_look r WHERE r.id = journal.entity),
    (SELECT r.subject FROM use_question r WHERE r.id = journal.entity),
    (SELECT r.subject FROM session r WHERE r.id = journal.entity),
    (SELECT s.id FROM data_change r
        JOIN subject s ON s.blind = r.person WHERE r.id = journal.entity),
    (SELECT r.id FROM subject r WHERE r.id = journal.entity),
    (SELECT r.subject FROM erasure r WHERE r.subject = journal.entity));

-- Where the entries of each person lie: for each block of the journal, cut in parts by subject, the end of each subject's id and
-- the place of the entry in the block, sorted. Written by the ledger's thread once a block is full: an index would cost every
-- entry a page at a random place. number: 16 times the block, and the part.
CREATE TABLE journal_run (
    number INTEGER NOT NULL PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;
