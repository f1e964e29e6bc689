-- SPDX-License-Identifier: Apache-2.0
-- Connections say whether they take proofs that are not bound to the person; those from before take none.
UPDATE registry_entry SET body = json_set(body, '$.bare_proofs_per_hour', 0) WHERE kind = 'connection';

-- Tokens of the SOAP wire (kind 2) may live for days.
CREATE INDEX token_lasting ON token (expires) WHERE kind = 2;
