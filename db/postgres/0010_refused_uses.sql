-- Calls that were refused, which the person sees among the uses; and steps over many uses at once, so that a page deep in the
-- past costs no walk through all that came after it. See db/DATA_MODEL.md.
ALTER TABLE consent ADD COLUMN chained bigint NOT NULL DEFAULT 0;
ALTER TABLE consent ADD COLUMN marks bytea;
ALTER TABLE use_record ADD COLUMN skips bytea;

-- A call under a known consent that was refused. sealed: the archive key, as every record of access.
CREATE TABLE use_refusal (
    id bytea NOT NULL,
    bucket bigint NOT NULL,
    subject bytea NOT NULL,
    consent bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX use_refusal_subject ON use_refusal (bucket, subject, id);
