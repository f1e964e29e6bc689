// SPDX-License-Identifier: Apache-2.0
// Receipts after ISO/IEC TS 27560, verified by jose with the published keys alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as jose from 'jose';
import { Cabinet } from '../support/cabinet.mjs';
import { claims } from '../support/jwt.mjs';
import { Kelisim } from '../support/kelisim.mjs';
import { askAndDeliver, consent } from '../support/oauth.mjs';
import { replyAndHear } from '../support/sandbox.mjs';
import { persons } from '../support/world.mjs';

let server;
let keys;
before(async () => {
  server = await Kelisim.start();
  keys = jose.createRemoteJWKSet(new URL(`${server.base}/jwks`));
});
after(() => server.stop());

const jws = { accept: 'application/jose' };

async function verified(cabinet, path) {
  const answer = await cabinet.get(path, jws);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^application\/jose/);
  const { payload, protectedHeader } = await jose.compactVerify(answer.text, keys);
  assert.equal(protectedHeader.typ, 'kelisim-receipt+jwt');
  const plain = await cabinet.get(path);
  assert.match(plain.headers['content-type'], /^application\/ld\+json/);
  assert.equal(plain.text, Buffer.from(payload).toString(), 'the JSON-LD is what the signature stands over');
  assert.equal((await cabinet.get(path, jws)).text, answer.text, 'the same bytes at each read');
  return JSON.parse(plain.text);
}
const status = (receipt) => receipt['dpv:hasRecord']['dpv:hasConsentStatus']['@type'];

test('grant, withdrawal and refusal have receipts that anybody can check', async () => {
  const person = persons.eleventh;
  const tokens = await consent(server.base, person);
  const { requestId } = tokens;
  assert.ok(requestId);
  const id = claims(tokens.access_token).authorization_details[0].consent;
  const cabinet = await Cabinet.signIn(server.base, person);
  const granted = await verified(cabinet, `/consents/${id}/receipt`);
  assert.equal(status(granted), 'dpv:ConsentGiven');
  assert.equal(granted['dct:conformsTo'], 'ISO/IEC TS 27560:2023');
  assert.equal((await cabinet.post(`/consents/${id}/withdraw`)).status, 200);
  assert.equal(status(await verified(cabinet, `/consents/${id}/receipt`)), 'dpv:ConsentWithdrawn');
  assert.deepEqual(await verified(cabinet, `/consents/${id}/receipt?number=0`), granted);
  assert.equal((await cabinet.get(`/consents/${id}/receipt?number=7`)).status, 404);

  const asked = await askAndDeliver(server.base, person);
  await replyAndHear(server.base, person.phone, asked.no);
  const [refused] = (await cabinet.read('/requests?limit=1')).items;
  assert.equal(refused.state, 'refused');
  assert.equal(status(await verified(cabinet, `/requests/${refused.id}/receipt`)), 'dpv:ConsentRefused');
});

test('a changed receipt does not verify', async () => {
  const person = persons.twelfth;
  const tokens = await consent(server.base, person);
  const id = claims(tokens.access_token).authorization_details[0].consent;
  const cabinet = await Cabinet.signIn(server.base, person);
  const [head, payload, signature] = (await cabinet.get(`/consents/${id}/receipt`, jws)).text.split('.');
  const changed = Buffer.from(payload, 'base64url').toString().replace('ConsentGiven', 'ConsentRefused');
  const forged = `${head}.${Buffer.from(changed).toString('base64url')}.${signature}`;
  await assert.rejects(jose.compactVerify(forged, keys));
});
