// SPDX-License-Identifier: Apache-2.0
// Bad input: each gets its documented error, and nothing is stored half: afterwards the same person can be asked, and
// no message went out.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { get, postForm, postJson, send, sendBytes } from '../support/http.mjs';
import { assertion, assertionParameters, clientKey, decode, jwt } from '../support/jwt.mjs';
import { command, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, basic, call, ciba, consent, introspect } from '../support/oauth.mjs';
import { received } from '../support/sandbox.mjs';
import { bank, details, familyService, persons, purpose, service } from '../support/world.mjs';

const bodyBytesMax = 64 * 1024;
let server;
let base;
before(async () => {
  server = await Kelisim.start();
  base = server.base;
});
after(() => server.stop());

const askForm = (pairs, headers = basic(bank)) => postForm(base, '/bc-authorize', pairs, headers);
const good = () => ({
  scope: 'openid',
  login_hint: `iin:${persons.abai.iin}`,
  authorization_details: JSON.stringify(details()),
});
const withDetails = (text) => ({ ...good(), authorization_details: typeof text === 'string' ? text : JSON.stringify(text) });
const withHint = (login_hint) => ({ ...good(), login_hint });

// RFC 9396 section 5, CIBA Core 1.0 section 13, RFC 6749 section 5.2.
const badDetails = /^invalid_authorization_details$/;
const notAllowed = /^(invalid_authorization_details|access_denied|unauthorized_client)$/;
const badJson = /^invalid_(authorization_details|request)$/;
const badPerson = /^(invalid_request|unknown_user_id)$/;
const badRequest = /^invalid_request$/;
const fraction = JSON.stringify(details()).replace('"uses_max":3', '"uses_max":1.5');
const purposeTwice = JSON.stringify(details()).replace('"purpose":', '"purpose":"other","purpose":');
const seventeen = Array.from({ length: 17 }, (_, number) => `S${number}`);

const cases = [
  // KDP-2.5
  ['wrong check digit', withHint('iin:450810100014'), badPerson],
  ['eleven digits', withHint('iin:45081010001'), badPerson],
  ['digits of another script', withHint('iin:٤٥٠٨١٠١٠٠٠١٣'), badPerson],
  ['hint of another kind', withHint('msisdn:+77000000001'), badPerson],
  ['no hint', { ...good(), login_hint: undefined }, badRequest],
  ['two hints of different kinds', { ...good(), id_token_hint: 'x' }, badRequest],
  ['no scope', { ...good(), scope: undefined }, /^(invalid_request|invalid_scope)$/],
  ['scope without openid', { ...good(), scope: 'profile' }, /^invalid_scope$/],
  ['no authorization_details', { ...good(), authorization_details: undefined }, badJson],
  // KDP-5.1
  ['unknown service', withDetails(details({ services: ['NoSuchService'] })), badDetails],
  ['purpose outside the connection', withDetails(details({ purpose: 'permit-reissue' })), notAllowed],
  // KDP-5.2
  ['service outside the purpose', withDetails(details({ services: ['MCDB_SERVICE'], fields: ['phone'] })), notAllowed],
  ['field that the service does not have', withDetails(details({ fields: ['income'] })), badDetails],
  ['act outside the connection', withDetails(details({ acts: ['publication'] })), badDetails],
  ['no service', withDetails(details({ services: [] })), badDetails],
  ['service twice', withDetails(details({ services: [service, service] })), badDetails],
  ['unknown type', withDetails(details({ type: 'payment' })), badDetails],
  ['unknown member', withDetails(details({ colour: 'red' })), badDetails],
  ['member of a wrong type', withDetails(details({ uses_max: '3' })), badDetails],
  ['no uses', withDetails(details({ uses_max: 0 })), badDetails],
  ['more uses than the connection allows', withDetails(details({ uses_max: 4 })), notAllowed],
  ['fraction of a use', withDetails(fraction), badDetails],
  ['malformed term', withDetails(details({ term: '30 days' })), badDetails],
  ['term longer than the connection allows', withDetails(details({ term: 'P10Y' })), notAllowed],
  ['seventeen services', withDetails(details({ services: seventeen })), badJson],
  ['malformed JSON', withDetails('[{"type":'), badJson],
  ['object instead of array', withDetails(details()[0]), badDetails],
  ['text behind the JSON', withDetails(`${JSON.stringify(details())}x`), badJson],
  ['duplicate key', withDetails(purposeTwice), badJson],
  ['10,000-deep nesting', withDetails('['.repeat(10_000) + ']'.repeat(10_000)), badJson],
  ['number that is none', withDetails('[{"type":"kz_personal_data","uses_max":1e400}]'), badJson],
  ['life too short', { ...good(), requested_expiry: '1' }, badRequest],
  ['life too long', { ...good(), requested_expiry: '99999999' }, badRequest],
  ['life that is no number', { ...good(), requested_expiry: '1h' }, badRequest],
  ['client-chosen id too long', { ...good(), client_request_id: 'x'.repeat(129) }, badJson],
  ['connection that does not exist', withDetails(details({ connection: 'none' })), notAllowed],
];

for (const [name, parameters, error] of cases) {
  test(`ask: ${name}`, async () => {
    const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
    const answer = await askForm(pairs);
    assert.ok([400, 403].includes(answer.status), `${answer.status} ${answer.text}`);
    assert.match(answer.json.error, error, answer.text);
    assert.ok(!answer.text.includes(persons.abai.iin), 'an error repeats no personal data');
    assert.equal(answer.headers['cache-control'], 'no-store');
  });
}

test('a dead and an unknown person get one and the same answer', async () => {
  const dead = await ask(base, persons.dead);
  const unknown = await ask(base, persons.unknown);
  assert.ok([400, 403].includes(dead.status), dead.text);
  assert.match(dead.json.error, /^(unknown_user_id|access_denied)$/);
  assert.equal(unknown.status, dead.status);
  assert.deepEqual(unknown.json, dead.json);
});

test('duplicate parameters', async () => {
  for (const name of ['login_hint', 'authorization_details', 'scope']) {
    const answer = await askForm([...Object.entries(good()), [name, good()[name]]]);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.error, 'invalid_request');
  }
});

test('a body of the greatest length is read, one byte more is refused', async () => {
  const fill = (length) => {
    const text = `${new URLSearchParams(good())}&padding=`;
    return text + 'x'.repeat(length - text.length);
  };
  const greatest = await askForm(fill(bodyBytesMax));
  assert.notEqual(greatest.status, 413, greatest.text);
  const over = await askForm(fill(bodyBytesMax + 1));
  assert.equal(over.status, 413, over.text);
});

test('wrong content type', async () => {
  const answer = await send(base, 'POST', '/bc-authorize', {
    headers: { ...basic(bank), 'content-type': 'application/json' },
    body: JSON.stringify(good()),
  });
  assert.ok([400, 415].includes(answer.status), answer.text);
  const none = await send(base, 'POST', '/token', { headers: basic(bank), body: 'grant_type=x' });
  assert.ok([400, 415].includes(none.status), none.text);
});

test('broken percent encoding and broken UTF-8', async () => {
  for (const body of ['scope=openid&login_hint=%4', 'scope=openid&login_hint=%ff%fe', 'scope=%00openid']) {
    const answer = await askForm(body);
    assert.equal(answer.status, 400, answer.text);
  }
});

test('token endpoint: its own errors', async () => {
  const token = (parameters, headers = basic(bank)) => postForm(base, '/token', parameters, headers);
  const errors = async (parameters, error, headers) => {
    const answer = await token(parameters, headers);
    assert.equal(answer.json?.error, error, answer.text);
    return answer;
  };
  await errors({}, 'invalid_request');
  await errors({ grant_type: 'password', username: 'x', password: 'y' }, 'unsupported_grant_type');
  await errors({ grant_type: ciba }, 'invalid_request');
  await errors({ grant_type: ciba, auth_req_id: 'x' }, 'invalid_grant');
  await errors({ grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant');
  const anonymous = await errors({ grant_type: ciba, auth_req_id: 'x' }, 'invalid_client', {});
  assert.equal(anonymous.status, 401);
  const wrong = await errors({ grant_type: ciba, auth_req_id: 'x' }, 'invalid_client', basic({ id: bank.id, secret: 'x' }));
  assert.equal(wrong.status, 401);
  const unknown = await errors({ grant_type: ciba, auth_req_id: 'x' }, 'invalid_client', basic({ id: 'nobody', secret: 'x' }));
  assert.deepEqual(unknown.json, wrong.json, 'an unknown client and a wrong secret look the same');
  await errors({ grant_type: ciba, auth_req_id: 'x', client_id: bank.id, client_secret: bank.secret }, 'invalid_request');
});

test('client assertions: each trick is invalid_client, the right one passes once', async () => {
  const { key, kid } = await clientKey(server.data, bank.id);
  const { key: foreign } = await clientKey(server.data, 'demo-insurer');
  const now = Date.parse((await get(base, '/healthz')).headers.date ?? new Date()) / 1000;
  const issuer = (await get(base, '/.well-known/openid-configuration')).json.issuer;
  const made = (overrides = {}) => assertion({ key, kid, clientId: bank.id, audience: issuer, now, ...overrides });
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  const attempt = (text, more = {}) =>
    postForm(base, '/introspect', { token: 'x', ...assertionParameters(text), ...more });

  const tricks = {
    'alg none': made({ head: { alg: 'none' } }),
    'HS256 with the public key': made({ head: { alg: 'HS256' }, key: publicPem }),
    'unknown crit': made({ head: { crit: ['exp'], exp: 1 } }),
    'foreign kid': made({ head: { kid: 'foreign' } }),
    'key of another client': made({ key: foreign }),
    'type of an access token': made({ head: { typ: 'at+jwt' } }),
    'key in the header': made({ head: { jwk: createPublicKey(foreign).export({ format: 'jwk' }) }, key: foreign }),
    'expired': made({ payload: { iat: now - 700, exp: now - 100 } }),
    'life too long': made({ payload: { exp: Math.floor(now) + 86_400 } }),
    'not yet valid': made({ payload: { nbf: Math.floor(now) + 3_600 } }),
    'no exp': made({ payload: { exp: undefined } }),
    'no jti': made({ payload: { jti: undefined } }),
    'another audience': made({ audience: 'https://example.org' }),
    'another issuer': made({ payload: { iss: 'demo-insurer' } }),
    'another subject': made({ payload: { sub: 'demo-insurer' } }),
    'payload of no JSON': `${made().split('.')[0]}.bm90IGpzb24.${made().split('.')[2]}`,
    'four parts': `${made()}.x`,
    'signature cut': made().slice(0, -4),
    'nothing': '',
  };
  for (const [name, text] of Object.entries(tricks)) {
    const answer = await attempt(text);
    assert.ok([400, 401].includes(answer.status), `${name}: ${answer.status} ${answer.text}`);
    assert.match(answer.json.error, /^invalid_(client|request)$/, name);
  }
  const once = made();
  assert.equal((await attempt(once)).status, 200);
  assert.equal((await attempt(once)).status, 401, 'replayed');
  assert.ok([400, 401].includes((await attempt(made(), { client_id: 'demo-insurer' })).status), 'two names');
  for (const endpoint of ['/token', '/bc-authorize']) {
    assert.equal((await attempt(made({ audience: issuer + endpoint }))).status, 200, `audience ${endpoint}`);
  }
});

test('access tokens at the gateway: tricks are 401', async () => {
  const { access_token: token } = await consent(base, persons.eighth);
  const [head, payload, signature] = token.split('.');
  const publicKeys = (await get(base, '/jwks')).json.keys;
  const pem = createPublicKey({ key: publicKeys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const altered = Buffer.from(JSON.stringify({ ...decode(payload), sub: persons.abai.iin })).toString('base64url');
  const tricks = {
    'alg none': jwt({ header: { ...decode(head), alg: 'none' }, payload: decode(payload) }),
    'HS256 with the public key': jwt({ header: { ...decode(head), alg: 'HS256' }, payload: decode(payload), key: pem }),
    'another subject': `${head}.${altered}.${signature}`,
    'no token': '',
    'not a token': 'abc',
  };
  for (const [name, text] of Object.entries(tricks)) {
    const answer = await call(base, text, { iin: persons.eighth.iin, key: `trick-${name.replaceAll(' ', '-')}` });
    assert.equal(answer.status, 401, `${name}: ${answer.text}`);
    if (text) assert.deepEqual((await introspect(base, text)).json, { active: false }, name);
  }
  const outside = await call(base, token, { iin: persons.eighth.iin, service: familyService, key: 'trick-outside' });
  assert.equal(outside.status, 403);
});

test('the gateway refuses bodies that two readers could understand differently', async () => {
  const { access_token: token } = await consent(base, persons.twelfth);
  const post = (body) => {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() };
    return postJson(base, `/gateway/${service}/person`, body, headers);
  };
  const { iin } = persons.twelfth;
  for (const body of [
    `{"iin":"${iin}","iin":"${persons.abai.iin}"}`,
    `{"iin":"${iin}"`,
    `{"iin":"${iin}"} {}`,
    '['.repeat(10_000) + ']'.repeat(10_000),
    '',
    '[]',
  ]) {
    const answer = await post(body);
    assert.ok([400, 403].includes(answer.status), `${body.slice(0, 60)}: ${answer.status} ${answer.text}`);
  }
  assert.equal((await post({ iin, padding: 'x'.repeat(256 * 1024) })).status, 413);
  const malformed = await post({ iin: '450810100014' });
  assert.ok([400, 403].includes(malformed.status), malformed.text);
});

test('replies that are too long, malformed, or from nobody', async () => {
  const path = `/sandbox/phone/${encodeURIComponent(persons.abai.phone)}/messages`;
  assert.ok((await postJson(base, path, { text: 'x'.repeat(1025) })).status >= 400);
  assert.equal((await postJson(base, path, '{"text":')).status, 400);
  assert.equal((await postJson(base, path, { words: '1' })).status, 400);
  const unknown = await postJson(base, `/sandbox/phone/${encodeURIComponent('+77770000000')}/messages`, { text: '1' });
  assert.ok(unknown.status < 500, unknown.text);
});

test('HTTP that is not HTTP', async () => {
  const head = 'POST /bc-authorize HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n';
  const both = await sendBytes(base, `${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`);
  assert.match(both, /^HTTP\/1\.1 400/);
  const twoLengths = await sendBytes(base, `${head}content-length: 3\r\ncontent-length: 4\r\n\r\nabc`);
  assert.match(twoLengths, /^HTTP\/1\.1 400/);
  const garbage = await sendBytes(base, '\x16\x03\x01\x02\x00\x01\x00');
  assert.ok(garbage === '' || /^HTTP\/1\.1 400/.test(garbage));
  const longLine = await sendBytes(base, `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`);
  assert.match(longLine, /^HTTP\/1\.1 4(14|31|00)/);
});

test('unknown paths and methods are problems with a code', async () => {
  const missing = await get(base, '/no/such/path');
  assert.equal(missing.status, 404);
  assert.match(missing.headers['content-type'], /^application\/problem\+json/);
  assert.equal(missing.json.status, 404);
  assert.ok(missing.json.code);
  const method = await send(base, 'DELETE', '/token');
  assert.equal(method.status, 405);
  assert.match(method.headers.allow, /POST/);
});

test('after all of it no message went out for refused requests, and the server asks as before', async () => {
  assert.equal((await received(base, persons.dead.phone)).length, 0);
  assert.equal((await ask(base, persons.tenth)).status, 200);
  assert.equal((await get(base, '/healthz')).status, 200);
});

// What was refused left nothing behind: no fact in the journal, no row, no message on a phone.
test('refused requests store nothing, not even half', async () => {
  const data = await temporaryDirectory();
  try {
    const empty = await Kelisim.start({ data });
    for (const [, parameters] of cases) {
      const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
      await postForm(empty.base, '/bc-authorize', pairs, basic(bank));
    }
    await ask(empty.base, persons.dead);
    await ask(empty.base, persons.unknown);
    await postForm(empty.base, '/bc-authorize', good(), basic({ ...bank, secret: 'wrong' }));
    for (const { phone } of Object.values(persons)) {
      if (phone) assert.deepEqual(await received(empty.base, phone), []);
    }
    await empty.stop();
    const { stdout } = await command('ledger', 'verify', '--data', data);
    assert.match(stdout, /^0 journal entries, 0 of them in the tree, 0 rows compared$/m);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
