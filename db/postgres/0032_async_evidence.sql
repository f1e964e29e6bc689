-- What is evidence of a message of the asynchronous channel, as of an exchange: which sessionId it was given, the blind index of its
-- messageId, SHA-256 of what went over the wire, and when. Nothing for those that came before this was kept.
ALTER TABLE async_message ADD COLUMN session bytea;
ALTER TABLE async_message ADD COLUMN named bytea;
ALTER TABLE async_message ADD COLUMN received_sha256 bytea;
ALTER TABLE async_message ADD COLUMN forwarded bigint;
ALTER TABLE async_message ADD COLUMN forwarded_sha256 bytea;
ALTER TABLE async_message ADD COLUMN replied bigint;
ALTER TABLE async_message ADD COLUMN replied_sha256 bytea;
