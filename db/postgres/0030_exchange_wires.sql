-- Calls over REST are on record as exchanges too. wire: 0 SendMessage of ШЭП, 1 REST.
ALTER TABLE exchange_record ADD COLUMN wire bigint NOT NULL DEFAULT 0;
