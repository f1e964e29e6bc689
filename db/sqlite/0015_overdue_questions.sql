-- SPDX-License-Identifier: Apache-2.0
-- The authorized body looks for questions that were not answered in time, of all persons.
CREATE INDEX use_question_unanswered ON use_question (id) WHERE answered IS NULL;

-- A campaign has a registered text. Those from before have none, and proofs in them are refused until it is registered.
UPDATE registry_entry SET body = json_set(body, '$.text', json('{"kk":"","ru":""}'), '$.text_sha256', json('[]'))
WHERE kind = 'campaign';
