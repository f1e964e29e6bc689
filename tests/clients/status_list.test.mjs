// SPDX-License-Identifier: Apache-2.0
// A data owner that verifies offline: npm's jose for the signatures, zlib for the list, and a reader of its bits written
// from draft-ietf-oauth-status-list alone.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Cabinet } from '../support/cabinet.mjs';
import { codes, get, send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { call, consent, introspect, refresh, revoke } from '../support/oauth.mjs';
import { advance } from '../support/sandbox.mjs';
import { details, gbdfl, persons } from '../support/world.mjs';

const [valid, invalid, suspended] = [0, 1, 2];
const consentOf = (tokens) => tokens.authorization_details[0].consent;

let server;
before(async () => {
  server = await Kelisim.start();
});
after(() => server.stop());

const keys = (base) => createRemoteJWKSet(new URL(`${base}/jwks`));
const reference = (token) => claims(token).status.status_list;
// The issuer stays what it was at the first start, the port does not.
const pathOf = (uri) => new URL(uri).pathname;

// The list that the token names, verified as the draft says under "Status List Token in JWT Format".
async function list(base, token) {
  const { uri } = reference(token);
  const answer = await get(base, pathOf(uri));
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['content-type'], 'application/statuslist+jwt');
  const issued = new Date(claims(answer.text).iat * 1000); // the sandbox's clock is ahead
  const { payload } = await jwtVerify(answer.text, keys(base), {
    typ: 'statuslist+jwt',
    algorithms: ['ES256'],
    issuer: claims(token).iss,
    subject: uri,
    currentDate: issued,
    requiredClaims: ['iat', 'exp', 'ttl', 'status_list'],
  });
  return { answer, payload };
}

async function status(base, token) {
  const { payload } = await list(base, token);
  const { idx } = reference(token);
  const { bits, lst } = payload.status_list;
  const bytes = inflateSync(Buffer.from(lst, 'base64url'));
  const perByte = 8 / bits;
  assert.ok(idx < bytes.length * perByte, 'the index lies in the list');
  return (bytes[Math.floor(idx / perByte)] >> ((idx % perByte) * bits)) & (2 ** bits - 1);
}

async function verifyOffline(base, token, at) {
  return jwtVerify(token, keys(base), { typ: 'at+jwt', audience: gbdfl.key, currentDate: at });
}

test('a token names its place in a list, and the list says that it is valid', async () => {
  const { base } = server;
  const tokens = await consent(base, persons.abai);
  const { idx, uri } = reference(tokens.access_token);
  assert.ok(Number.isSafeInteger(idx) && idx >= 0);
  assert.match(uri, /\/status-lists\/\d+$/);
  assert.equal(await status(base, tokens.access_token), valid);
  const live = await introspect(base, tokens.access_token, gbdfl);
  assert.deepEqual(live.json.status.status_list, { idx, uri });
  assert.equal(live.json.stale_by_seconds_max, 0);
});

test('revoked, withdrawn, paused and exhausted tokens are told at once, each alone', async () => {
  const { base } = server;
  const { access_token: bystander } = await consent(base, persons.ybyrai);

  const revoked = await consent(base, persons.abai);
  const renewed = await refresh(base, revoked.refresh_token);
  assert.equal(await status(base, revoked.access_token), valid);
  await revoke(base, revoked.access_token);
  assert.equal(await status(base, revoked.access_token), invalid);
  assert.equal(await status(base, renewed.json.access_token), valid, 'another token of the same consent');
  await revoke(base, revoked.refresh_token);
  assert.equal(await status(base, renewed.json.access_token), invalid, 'RFC 7009 2.1: with the refresh token');

  const tokens = await consent(base, persons.abai);
  const cabinet = await Cabinet.signIn(base, persons.abai);
  const { json: before } = await refresh(base, tokens.refresh_token);
  await cabinet.post(`/consents/${consentOf(tokens)}/pause`);
  assert.equal(await status(base, before.access_token), suspended);
  await cabinet.post(`/consents/${consentOf(tokens)}/resume`);
  assert.equal(await status(base, before.access_token), invalid, 'tokens of before a pause stay dead');
  const { json: anew } = await refresh(base, tokens.refresh_token);
  assert.equal(await status(base, anew.access_token), valid);
  await cabinet.post(`/consents/${consentOf(tokens)}/withdraw`);
  assert.equal(await status(base, anew.access_token), invalid);

  const once = await consent(base, persons.abai, { authorization_details: details({ uses_max: 1 }) });
  const second = await refresh(base, once.refresh_token);
  assert.equal((await call(base, once.access_token, { iin: persons.abai.iin })).status, 200);
  // The outcome of a use is booked after its answer.
  await eventually(async () => ((await introspect(base, once.access_token)).json.active ? undefined : true), 'the end of an exhausted token');
  assert.equal(await status(base, once.access_token), invalid);
  assert.equal(await status(base, second.json.access_token), invalid, 'every token of an exhausted consent');

  assert.equal((await introspect(base, bystander)).json.active, false, 'over by its own time');
  assert.equal(await status(base, bystander), valid, 'and nobody else is touched: its exp comes before its status');
});

// "The processing rules for JWT or CWT precede any evaluation of a Referenced Token's status."
test('an expired token is refused by its exp, and its list ends with the last of its tokens', async () => {
  const { base } = server;
  const { access_token: token } = await consent(base, persons.abai);
  const { exp } = claims(token);
  await verifyOffline(base, token, new Date((exp - 1) * 1000));
  await assert.rejects(verifyOffline(base, token, new Date(exp * 1000)), errors.JWTExpired);
  const { uri } = reference(token);
  assert.ok((await get(base, '/status-lists')).json.status_lists.includes(uri));
  await advance(base, 'PT2H');
  const gone = await get(base, pathOf(uri));
  assert.equal(gone.status, 404);
  assert.deepEqual(codes(gone.json), ['status_list_unknown']);
  assert.ok(!(await get(base, '/status-lists')).json.status_lists.includes(uri));
});

test('there is no other list, however it is named', async () => {
  for (const name of ['0', '-1', '999999', '99999999999999999999', '1x', '%31%00', ' 1', 'a']) {
    const answer = await get(server.base, `/status-lists/${encodeURIComponent(name)}`);
    assert.ok([400, 404].includes(answer.status), `${name}: ${answer.status}`);
  }
});

test('a copy is kept for its ttl and no longer, and told apart by its ETag', async () => {
  const { base } = server;
  const { access_token: token } = await consent(base, persons.abai);
  const { answer: first, payload } = await list(base, token);
  const path = pathOf(reference(token).uri);
  const { ttl, iat, exp } = payload;
  assert.ok(ttl > 0 && exp - iat >= ttl && exp - iat <= 300, 'a copy proves nothing for long');
  const maxAge = Number(/^public, max-age=(\d+)$/.exec(first.headers['cache-control'])[1]);
  assert.ok(maxAge >= 1 && maxAge <= ttl);
  assert.equal(first.headers['access-control-allow-origin'], '*');

  const again = await get(base, path);
  assert.equal(again.text, first.text);
  const known = await get(base, path, { 'if-none-match': first.headers.etag });
  assert.equal(known.status, 304);
  assert.equal(known.text, '');
  assert.equal(known.headers.etag, first.headers.etag);
  const head = await send(base, 'HEAD', path);
  assert.equal(head.headers.etag, first.headers.etag);

  await advance(base, `PT${ttl}S`);
  const fresh = await get(base, path, { 'if-none-match': first.headers.etag });
  assert.equal(fresh.status, 200, 'nothing changed, but the copy has to be signed anew');
  assert.ok(claims(fresh.text).iat > iat);
  await revoke(base, token);
  const changed = await get(base, path, { 'if-none-match': fresh.headers.etag });
  assert.equal(changed.status, 200, 'a change is told before the ttl is over');
});

test('no other key verifies the list, and the list is no access token', async () => {
  const { base } = server;
  const { access_token: token } = await consent(base, persons.abai);
  const { answer, payload } = await list(base, token);
  const published = (await get(base, '/jwks')).json;
  const foreign = createLocalJWKSet({ keys: published.keys.map((key) => ({ ...key, x: key.y, y: key.x })) });
  const currentDate = new Date(payload.iat * 1000);
  await assert.rejects(jwtVerify(answer.text, foreign, { currentDate }));
  await assert.rejects(verifyOffline(base, answer.text, currentDate));
  await assert.rejects(jwtVerify(token, keys(base), { typ: 'statuslist+jwt', currentDate }));
  assert.equal((await introspect(base, answer.text)).json.active, false);
});

// "choose non-sequential, pseudo-random or random indices"; a list tells neither who nor how many.
test('places are random, shared by no two tokens, and a list names nobody', async () => {
  const { base } = server;
  const tokens = await consent(base, persons.abai);
  const answers = await Promise.all(Array.from({ length: 40 }, () => refresh(base, tokens.refresh_token)));
  const places = answers.map(({ json }) => reference(json.access_token));
  assert.equal(new Set(places.map(({ idx, uri }) => `${uri} ${idx}`)).size, places.length);
  const indices = places.map(({ idx }) => idx);
  const gaps = new Set(indices.slice(1).map((idx, number) => idx - indices[number]));
  assert.ok(gaps.size > 30, 'no pattern from one to the next');
  assert.ok(Math.max(...indices) > 10_000, 'anywhere in the list');
  const { payload, answer } = await list(base, tokens.access_token);
  assert.deepEqual(Object.keys(payload).sort(), ['exp', 'iat', 'iss', 'status_list', 'sub', 'ttl']);
  assert.ok(inflateSync(Buffer.from(payload.status_list.lst, 'base64url')).length >= 32 * 1024, 'and not how many there are');
  assert.ok(answer.text.length < 64 * 1024);
});

test('what a list says survives a restart', async () => {
  const data = await temporaryDirectory();
  try {
    const first = await Kelisim.start({ data });
    const tokens = await consent(first.base, persons.abai);
    const { json: kept } = await refresh(first.base, tokens.refresh_token);
    await revoke(first.base, tokens.access_token);
    await first.kill();
    const second = await Kelisim.start({ data });
    assert.equal(await status(second.base, tokens.access_token), invalid);
    assert.equal(await status(second.base, kept.access_token), valid);
    const { json: later } = await refresh(second.base, tokens.refresh_token);
    assert.notEqual(reference(later.access_token).uri, reference(kept.access_token).uri, 'a new list');
    assert.equal(await status(second.base, later.access_token), valid);
    await second.stop();
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
