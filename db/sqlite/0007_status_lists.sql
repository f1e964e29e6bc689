-- Where the status of an access token stands in a published list, and what it is there: 0 valid, 1 invalid, 2 suspended.
-- No place: a refresh token, or one older than the columns, which is over within minutes.
ALTER TABLE token ADD COLUMN status_list INTEGER;
ALTER TABLE token ADD COLUMN status_index INTEGER;
ALTER TABLE token ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
CREATE INDEX token_status ON token (status_list) WHERE status <> 0;

-- ends: when the last token that can stand in it is over.
CREATE TABLE status_list (
    number INTEGER NOT NULL PRIMARY KEY,
    ends INTEGER NOT NULL
) STRICT;
