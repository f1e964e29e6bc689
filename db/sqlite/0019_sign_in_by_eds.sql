-- SPDX-License-Identifier: Apache-2.0
-- How a person signed in. means: 0 a one-time code, 1 an EDS; organisation: the BIN of its certificate, '' without one.
ALTER TABLE session ADD COLUMN means INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
