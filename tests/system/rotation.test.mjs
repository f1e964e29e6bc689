// SPDX-License-Identifier: Apache-2.0
// What docs/operating/trust.md says of keys that are changed while the service is stopped: what stays valid, and what does not.
import assert from 'node:assert/strict';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { get } from '../support/http.mjs';
import { command, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent, introspect, refresh } from '../support/oauth.mjs';
import { persons } from '../support/world.mjs';

let data, server;
const secret = (name) => path.join(data, 'secrets', name);

before(async () => {
  data = await temporaryDirectory();
  server = await Kelisim.start({ data });
});
after(async () => {
  await server?.stop();
  await rm(data, { recursive: true, force: true });
});

const kids = async (where) => (await get(server.base, where)).json.keys.map(({ kid }) => kid);

test('another key of access tokens ends those before it, and clients go on with their refresh tokens', async () => {
  const tokens = await consent(server.base, persons.abai);
  const [old, ofTheWire] = await kids('/jwks');
  assert.equal((await introspect(server.base, tokens.access_token)).json.active, true);
  await server.stop();
  await rename(secret('token-signing.pem'), secret('token-signing.old'));
  server = await Kelisim.start({ data });
  const now = await kids('/jwks');
  assert.equal(now.length, 2);
  assert.ok(!now.includes(old));
  assert.ok(now.includes(ofTheWire), 'that of the SOAP wire is another');
  assert.equal((await introspect(server.base, tokens.access_token)).json.active, false);
  const renewed = await refresh(server.base, tokens.refresh_token);
  assert.equal(renewed.status, 200, renewed.text);
  assert.equal((await introspect(server.base, renewed.json.access_token)).json.active, true);
});

test('another key of receipts leaves the one before it published', async () => {
  const before = await kids('/receipts/jwks');
  await server.stop();
  await command('receipt', 'rotate-key', '--data', data);
  server = await Kelisim.start({ data });
  const now = await kids('/receipts/jwks');
  assert.equal(now.length, before.length + 1);
  assert.ok(before.every((kid) => now.includes(kid)));
});

test('without the keys that must never change there is no start, and it says which one is missing', async () => {
  await server.stop();
  server = undefined;
  await rename(secret('master.key'), secret('master.old'));
  await assert.rejects(Kelisim.start({ data }), /master\.key/);
  await rename(secret('master.old'), secret('master.key'));
  server = await Kelisim.start({ data });
});
