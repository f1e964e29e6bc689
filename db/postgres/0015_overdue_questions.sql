-- SPDX-License-Identifier: Apache-2.0
-- The authorized body looks for questions that were not answered in time, of all persons.
CREATE INDEX use_question_unanswered ON use_question (id) WHERE answered IS NULL;
