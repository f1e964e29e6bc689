// SPDX-License-Identifier: Apache-2.0
// npm's jose verifies what Kelisim signs, from /jwks alone: as a data owner would, offline.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { get } from '../support/http.mjs';
import { Kelisim } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { bank, gbdfl, persons, purpose, service } from '../support/world.mjs';

let server;
let tokens;
before(async () => {
  server = await Kelisim.start();
  tokens = await consent(server.base, persons.abai);
});
after(() => server.stop());

const keys = () => createRemoteJWKSet(new URL(`${server.base}/jwks`));

// KDP-2.8: a JWT that secures the exchange and identifies its holder.
test('the access token is an at+jwt of RFC 9068 for the data owner', async () => {
  const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys(), {
    issuer: server.base,
    audience: gbdfl.key,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    clockTolerance: 60,
    requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti', 'authorization_details'],
  });
  assert.equal(protectedHeader.alg, 'ES256');
  assert.ok(protectedHeader.kid);
  assert.equal(payload.sub, persons.abai.iin);
  assert.equal(payload.client_id, bank.id);
  assert.equal(payload.authorization_details[0].purpose, purpose);
  assert.deepEqual(payload.authorization_details[0].services, [service]);
  assert.ok(payload.exp - payload.iat <= 600, 'short life');
});

test('the id_token is for the client and says how the person answered', async () => {
  const { payload } = await jwtVerify(tokens.id_token, keys(), {
    issuer: server.base, audience: bank.id, algorithms: ['ES256'], clockTolerance: 60,
  });
  assert.equal(payload.sub, persons.abai.iin);
  assert.match(payload.acr, /sms/);
  // CIBA Core 1.0 section 7.3 and 10.1: which request it answers is for push; here it may not be an access token.
  assert.notEqual(decodeProtectedHeader(tokens.id_token).typ, 'at+jwt');
});

test('the token is not for another audience, and no other key verifies it', async () => {
  await assert.rejects(jwtVerify(tokens.access_token, keys(), { audience: 'GBDUL', clockTolerance: 60 }),
    { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
  const published = (await get(server.base, '/jwks')).json;
  const foreign = createLocalJWKSet({ keys: published.keys.map((key) => ({ ...key, x: key.y, y: key.x })) });
  await assert.rejects(jwtVerify(tokens.access_token, foreign));
});

test('/jwks holds public keys only, each with kid, use and alg', async () => {
  const answer = await get(server.base, '/jwks');
  assert.equal(answer.status, 200);
  assert.ok(answer.json.keys.length >= 1);
  for (const key of answer.json.keys) {
    assert.equal(key.d, undefined);
    assert.ok(key.kid && key.alg);
    assert.equal(key.use, 'sig');
  }
});
