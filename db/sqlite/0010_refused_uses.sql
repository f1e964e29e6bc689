-- Calls that were refused, which the person sees among the uses; and steps over many uses at once, so that a page deep in the
-- past costs no walk through all that came after it. See db/DATA_MODEL.md.
ALTER TABLE consent ADD COLUMN chained INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consent ADD COLUMN marks BLOB;
ALTER TABLE use_record ADD COLUMN skips BLOB;

-- A call under a known consent that was refused. sealed: the archive key, as every record of access.
CREATE TABLE use_refusal (
    id BLOB NOT NULL UNIQUE,
    bucket INTEGER NOT NULL,
    subject BLOB NOT NULL,
    consent BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX use_refusal_subject ON use_refusal (subject, id);
