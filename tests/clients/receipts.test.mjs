// SPDX-License-Identifier: Apache-2.0
// Receipts after ISO/IEC TS 27560, verified by jose with the published keys alone; their entries in the ledger by the
// independent verifier of web/ledger.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as jose from 'jose';
import { createHash } from 'node:crypto';
import { Cabinet } from '../support/cabinet.mjs';
import { get } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { verifier, vkeyOf } from '../support/ledger.mjs';
import { askAndDeliver, call, consent } from '../support/oauth.mjs';
import { replyAndHear } from '../support/sandbox.mjs';
import { persons } from '../support/world.mjs';

let server;
let keys;
before(async () => {
  server = await Kelisim.start();
  keys = jose.createRemoteJWKSet(new URL(`${server.base}/receipts/jwks`));
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

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

// Nothing here but jose, SHA-256 and the verifier of web/ledger: what the command says follows from public formats.
test('the file to keep is a flattened JWS whose entry is in the ledger', async () => {
  const { base } = server;
  const person = persons.abai;
  const tokens = await consent(base, person);
  assert.equal((await call(base, tokens.access_token, { iin: person.iin, key: 'used' })).status, 200);
  const cabinet = await Cabinet.signIn(base, person);
  const [used] = (await cabinet.read('/uses?limit=1')).items;
  const id = claims(tokens.access_token).authorization_details[0].consent;
  for (const path of [`/uses/${used.id}/receipt`, `/consents/${id}/receipt`]) {
    const file = await eventually(async () => {
      const answer = await cabinet.get(path, { accept: 'application/jose+json' });
      return answer.json.header ? answer.json : undefined;
    }, 'a proof');
    const { payload } = await jose.flattenedVerify(file, keys);
    const entry = JSON.parse(Buffer.from(payload))['kelisim:entry'];
    const commitment = sha256(Buffer.from(entry['kelisim:salt'], 'base64url'), Buffer.from(entry['kelisim:fact']));
    assert.equal(commitment.toString('base64url'), entry['kelisim:commitment']);
    // RFC 9162 2.1.1, and the format byte of an entry.
    const leaf = sha256(Buffer.from([0, 1]), commitment).toString('base64');
    const { index, path: hashes, checkpoint } = file.header.kelisim_ledger;
    const proven = await verifier.verifyInclusion({ index, leaf, path: hashes, checkpoint }, await vkeyOf(base));
    assert.ok(proven.size > index);
    const { json: published } = await get(base, `/ledger/proof/${index}`);
    assert.equal(published.leaf, leaf);
    assert.equal((await cabinet.get(path, jws)).text, `${file.protected}.${file.payload}.${file.signature}`);
  }
});
