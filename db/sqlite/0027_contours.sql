-- SPDX-License-Identifier: Apache-2.0
-- Systems say whether they are the state's and what leaves them out of the gateway, services of which kind they are (307/НК п.3,
-- п.4). Systems from before take it from the kind of their organisation; what is not known to be the state's is not.
UPDATE registry_entry
SET body = json_set(body, '$.exclusions', json('[]'), '$.ownership',
    CASE WHEN (SELECT json_extract(owner.body, '$.kind') FROM registry_entry AS owner
               WHERE owner.kind = 'organisation' AND owner.key = json_extract(registry_entry.body, '$.organisation'))
              IN ('egov_operator', 'authorized_body', 'state_body', 'state_corporation')
         THEN 'state' ELSE 'non_state' END)
WHERE kind = 'system';
UPDATE registry_entry SET body = json_set(body, '$.kind', 'ordinary') WHERE kind = 'service';
