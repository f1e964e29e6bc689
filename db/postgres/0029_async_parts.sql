-- A message of the asynchronous channel about several persons: a use for each of them.
-- What became of each token of the REQUEST that began a conversation. number: of the token in the message, 0 for the only one.
-- use: nothing where it was refused, by the reasons whose codes `refused` has. outcome: of the use; booked: in the person's books.
CREATE TABLE async_part (
    conversation bytea NOT NULL,
    number bigint NOT NULL,
    use bytea,
    refused text COLLATE "C" NOT NULL,
    outcome bigint,
    booked bigint NOT NULL,
    PRIMARY KEY (conversation, number)
);
CREATE INDEX async_part_use ON async_part (use) WHERE use IS NOT NULL AND booked = 0;
INSERT INTO async_part (conversation, number, use, refused, outcome, booked)
    SELECT id, 0, use, '', outcome, booked FROM async_conversation WHERE use IS NOT NULL;
DROP INDEX async_conversation_use;
ALTER TABLE async_conversation DROP COLUMN use;
ALTER TABLE async_conversation DROP COLUMN booked;
