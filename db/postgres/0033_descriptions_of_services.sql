-- SPDX-License-Identifier: Apache-2.0
-- The registry of services describes them (307/НК п.2(22)). Those from before have no description until an official gives one.
UPDATE registry_entry SET body = (body::jsonb || '{"description": {"kk": "", "ru": ""}}'::jsonb)::text WHERE kind = 'service';
