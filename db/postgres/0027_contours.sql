-- SPDX-License-Identifier: Apache-2.0
-- Systems say whether they are the state's and what leaves them out of the gateway, services of which kind they are (307/НК п.3,
-- п.4). Systems from before take it from the kind of their organisation; what is not known to be the state's is not.
UPDATE registry_entry
SET body = (body::jsonb || '{"exclusions": []}'::jsonb || jsonb_build_object('ownership',
    CASE WHEN (SELECT owner.body::jsonb ->> 'kind' FROM registry_entry AS owner
               WHERE owner.kind = 'organisation' AND owner.key = registry_entry.body::jsonb ->> 'organisation')
              IN ('egov_operator', 'authorized_body', 'state_body', 'state_corporation')
         THEN 'state' ELSE 'non_state' END))::text
WHERE kind = 'system';
UPDATE registry_entry SET body = (body::jsonb || '{"kind": "ordinary"}'::jsonb)::text WHERE kind = 'service';
