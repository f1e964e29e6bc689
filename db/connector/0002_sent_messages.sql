-- A message of ШЭП that was sent under a key of the system beside the connector: the gateway knows a repeat by its bytes.
CREATE TABLE sent_message (
    repeat_key BLOB NOT NULL UNIQUE,
    consent BLOB NOT NULL,
    sent INTEGER NOT NULL,
    digest BLOB NOT NULL,
    message BLOB NOT NULL
) STRICT;
CREATE INDEX sent_message_consent ON sent_message (consent);
CREATE INDEX sent_message_sent ON sent_message (sent);
