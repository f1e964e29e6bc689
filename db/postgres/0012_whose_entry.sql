-- Whose entry each is: the person who can ask for it. NULL where no known person is concerned. Entries that were there before
-- get their person from the row that they speak of; those of ended sessions, which have none, stay without.
ALTER TABLE journal ADD COLUMN subject bytea;
UPDATE journal SET subject = COALESCE(
    (SELECT r.subject FROM access_request r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.subject FROM consent r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT c.subject FROM token r
        JOIN consent c ON c.id = r.consent AND c.bucket = r.bucket WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT c.subject FROM use_record r
        JOIN consent c ON c.id = r.consent AND c.bucket = r.bucket WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.subject FROM own_look r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.subject FROM official_look r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.subject FROM use_question r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.subject FROM session r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT s.id FROM data_change r
        JOIN subject s ON s.blind = r.person AND s.bucket = r.bucket WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.id FROM subject r WHERE r.id = journal.entity AND r.bucket = journal.bucket),
    (SELECT r.subject FROM erasure r WHERE r.subject = journal.entity));
CREATE INDEX journal_subject ON journal (subject, seq) WHERE subject IS NOT NULL;
