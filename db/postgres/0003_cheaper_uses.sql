-- Only a use to which its caller gave a key is found by it again.
ALTER TABLE use_record ALTER COLUMN key DROP NOT NULL;
ALTER TABLE use_record DROP CONSTRAINT use_record_bucket_consent_key_key;
CREATE UNIQUE INDEX use_key ON use_record (bucket, consent, key) WHERE key IS NOT NULL;

-- The bound of uses, in clear beside their counts: an outcome is booked without opening anything. NULL in older rows,
-- which are opened as before.
ALTER TABLE consent ADD COLUMN uses_max bigint;
