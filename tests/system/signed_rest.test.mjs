// SPDX-License-Identifier: Apache-2.0
// Messages over REST as signed documents, where the service asks for it (INT-2.29; RFC 9421, RFC 9530): the consumer's request and
// the owner's answer are held against the registered keys of their systems, what goes on is signed by the gateway.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { codes, get, listening, postJson, send } from '../support/http.mjs';
import { answerComponents, digestOf, requestComponents, signatureFields, verified } from '../support/http_signatures.mjs';
import { clientKey } from '../support/jwt.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { call, consent } from '../support/oauth.mjs';
import { familyService, persons, service } from '../support/world.mjs';

const { abai } = persons;
const thumbprint = (key) => {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
};
const named = async (clientId) => {
  const { key, kid } = await clientKey(data, clientId);
  return { key, kid: kid ?? thumbprint(key) };
};

let data, config, server, owner;
let authority;  // under which everybody is told that the gateway is
let keys;     // of the bank, of the owner, of another system
let gateway;  // the gateway's public key by its kid
let answer;   // of the owner: from what it was asked
let asked;
let granted;  // to the bank: an access token
before(async () => {
  owner = await listening((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const came = { method: request.method, authority: request.headers.host, target: request.url, headers: request.headers, body };
      asked.push(came);
      const { status = 200, headers, text } = answer(came);
      response.writeHead(status, headers).end(text);
    });
  });
  data = await temporaryDirectory();
  config = path.join(await temporaryDirectory(), 'signed.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nbreaker_failures = 1000\n` +
    `upstreams = ["${service}=${owner.base} signed-requests signed-answers", "${familyService}=${owner.base}"]\n`);
  server = await Kelisim.start({ data, config });
  keys = { bank: await named('demo-bank'), owner: await named('gbdfl'), other: await named('sdu') };
  authority = new URL(server.base).host;
  const published = (await get(server.base, '/jwks')).json.keys;
  gateway = (kid) => createPublicKey({ key: published.find((each) => each.kid === kid), format: 'jwk' });
});
after(async () => {
  await server.stop();
  await owner.stop();
  await rm(data, { recursive: true, force: true });
});
beforeEach(async () => {
  asked = [];
  granted = (await consent(server.base, abai)).access_token;
  shift = (await clock()).getTime() - Date.now();
  answer = (came) => signedAnswer(came);
});

const clock = async () => new Date((await get(server.base, '/sandbox/clock')).json.now);
let shift = 0;  // of the sandbox's clock
const now = () => new Date(Date.now() + shift);

// As an owner answers that signs.
function signedAnswer(came, { body = JSON.stringify({ surname: 'x' }), key = keys.owner, components = answerComponents, digest, request = came, ...how } = {}) {
  const headers = { 'content-type': 'application/json', 'content-digest': digest ?? digestOf(body) };
  Object.assign(headers, signatureFields({ status: 200, headers, request }, { ...key, components, at: now(), ...how }));
  return { headers, text: body };
}

// As the bank sends it; `signed`: what is signed, `sent`: what is sent in its place.
async function request({ signed = {}, sent = {}, key = keys.bank, components = requestComponents, fields = {}, headers: more = {}, ...how } = {}) {
  const message = {
    method: 'POST', authority, target: `/gateway/${service}/person`, body: JSON.stringify({ iin: abai.iin, fields: ['surname'] }), ...signed,
  };
  message.headers = { 'content-type': 'application/json', authorization: `Bearer ${granted}`, 'content-digest': digestOf(message.body), ...more, ...signed.headers };
  const headers = { ...message.headers, ...signatureFields(message, { ...key, components, at: now(), ...how }), ...fields, ...sent.headers };
  for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
  const { method, target, body } = { ...message, ...sent };
  const reply = await send(server.base, method, target, { headers, body });
  return { ...reply, request: { ...message, ...sent, headers } };
}
async function refused(status, expected, what) {
  const reply = await request(what);
  assert.equal(reply.status, status, reply.text);
  assert.deepEqual(codes(reply.json), expected, reply.text);
  assert.ok(!reply.text.includes(abai.iin));
  return reply;
}

test('what the bank signed goes on signed by the gateway, and what the owner signed comes back so', async () => {
  const reply = await request();
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(reply.json, { surname: 'x' });
  const [came] = asked;
  const passed = verified(came, came.body, gateway(/keyid="([^"]*)"/.exec(came.headers['signature-input'])[1]));
  assert.deepEqual(passed.components.sort(), [...requestComponents].sort());
  assert.equal(came.headers.authorization, `Bearer ${granted}`);
  // And the bank holds the answer against its own request.
  const answered = { status: reply.status, headers: reply.headers, request: reply.request };
  const got = verified(answered, reply.text, gateway(/keyid="([^"]*)"/.exec(reply.headers['signature-input'])[1]));
  assert.deepEqual(got.components, answerComponents);
  assert.throws(() => verified({ ...answered, status: 403 }, reply.text, gateway(got.keyId)), /signature is wrong/);
  assert.throws(() => verified(answered, `${reply.text} `, gateway(got.keyId)), /digest/);
});

test('each component that was altered on the way is seen, and nothing is counted', async () => {
  const wrong = ['http_signature_wrong'];
  const body = JSON.stringify({ iin: abai.iin, fields: ['surname', 'name'] });
  await refused(401, ['content_digest_wrong'], { sent: { body } });
  await refused(401, wrong, { sent: { body, headers: { 'content-digest': digestOf(body) } } });
  await refused(401, wrong, { sent: { target: `/gateway/${service}/person?all=1` } });
  await refused(401, wrong, { sent: { target: `/gateway/${service}/other` } });
  await refused(401, wrong, { sent: { method: 'PUT' } });
  const { access_token: another } = await consent(server.base, abai);
  await refused(401, wrong, { sent: { headers: { authorization: `Bearer ${another}` } } });
  await refused(401, wrong, { sent: { headers: { 'content-type': 'application/json; charset=utf-8' } } });
  await refused(401, wrong, { signed: { authority: 'gateway.example.kz' } });
  assert.deepEqual(asked, []);
  const uses = (await (await Cabinet.signIn(server.base, abai)).read('/uses')).items;
  assert.equal(uses.length, 1, 'the one of the test before');
});

test('each component that has to be covered is missed, those that decide about the call among them', async () => {
  for (const each of requestComponents)
    await refused(401, ['http_signature_component_uncovered'], { components: requestComponents.filter((name) => name !== each) });
  for (const name of ['idempotency-key', 'kdp-purpose', 'kdp-acts'])
    await refused(401, ['http_signature_component_uncovered'], { headers: { [name]: 'loan-application' } });
  const key = randomUUID();
  const covered = await request({ headers: { 'idempotency-key': key }, components: [...requestComponents, '"idempotency-key"'] });
  assert.equal(covered.status, 200, covered.text);
  const again = await request({ headers: { 'idempotency-key': key }, components: [...requestComponents, '"idempotency-key"'] });
  assert.equal(again.headers['idempotency-replayed'], 'true', 'a repeat is signed anew');
  assert.equal(asked.length, 1);
});

test('the key is one of the sender’s system and says the algorithm', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await refused(401, ['http_signature_key_unknown'], { key: keys.other });
  await refused(401, ['http_signature_key_unknown'], { key: { key: privateKey, kid: thumbprint(privateKey) } });
  await refused(401, ['http_signature_key_unknown'], { key: { ...keys.bank, kid: '' } });
  await refused(401, ['http_signature_wrong'], { key: { key: privateKey, kid: keys.bank.kid } });
  await refused(401, ['http_signature_algorithm_differs', 'http_signature_wrong'], { alg: 'rsa-v1_5-sha256', key: { key: privateKey, kid: keys.bank.kid } });
  assert.equal((await request({ alg: '' })).status, 200, 'alg may be left out');
});

test('a signature counts for five minutes, once, and says so', async () => {
  const at = (minutes) => ({ at: new Date(now().getTime() + minutes * 60_000) });
  await refused(401, ['http_signature_outdated'], at(-6));
  await refused(401, ['http_signature_in_future'], at(3));
  await refused(401, ['http_signature_outdated'], { more: `;expires=${Math.floor(now().getTime() / 1000) - 10}` });
  await refused(400, ['http_signature_undated'], { at: null });
  await refused(400, ['http_signature_without_nonce'], { nonce: '' });
  const nonce = randomUUID();
  const first = await request({ nonce });
  assert.equal(first.status, 200, first.text);
  await refused(401, ['http_signature_replayed'], { nonce });
  const whole = await send(server.base, 'POST', first.request.target, { headers: first.request.headers, body: first.request.body });
  assert.deepEqual(codes(whole.json), ['http_signature_replayed']);
  assert.equal(asked.length, 1);
});

test('what is not one signature is refused', async () => {
  await refused(401, ['http_signature_missing'], { fields: { signature: undefined } });
  await refused(401, ['http_signature_missing'], { fields: { signature: undefined, 'signature-input': undefined } });
  await refused(401, ['content_digest_missing', 'http_signature_component_uncovered'],
    { headers: { 'content-digest': undefined }, components: requestComponents.filter((name) => name !== '"content-digest"') });
  await refused(400, ['http_signature_malformed'], { fields: { 'signature-input': 'sig=("@method"' } });
  await refused(400, ['http_signature_labels_differ'], { fields: { signature: 'other=:AAAA:' } });
  const two = await request();
  assert.equal(two.status, 200);
  const fields = { 'signature-input': `${two.request.headers['signature-input']}, b=("@method")`, signature: `${two.request.headers.signature}, b=:AAAA:` };
  await refused(400, ['http_signature_several'], { fields });
  await refused(400, ['http_signature_component_repeated'], { components: [...requestComponents, '"@method"'] });
});

test('an operator finds what was refused for its signature', async () => {
  await refused(401, ['http_signature_key_unknown'], { key: keys.other });
  const operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
  const answer = await postJson(server.base, '/api/v1/staff/refused-messages/search',
    { reason: 'Өтініш № 5', sender: 'DEMOBANK', code: 'http_signature_key_unknown' }, { cookie: operator.cookie, 'x-csrf-token': operator.csrf });
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.json.items.length > 0 && answer.json.items.every(({ door, sender }) => door === 'rest' && sender === 'DEMOBANK'), answer.text);
});

test('a refusal is signed too, and is that of this request', async () => {
  const reply = await refused(403, ['use_fields_outside'], { signed: { body: JSON.stringify({ iin: abai.iin, fields: ['documents'] }) } });
  const got = verified({ status: 403, headers: reply.headers, request: reply.request }, reply.text,
    gateway(/keyid="([^"]*)"/.exec(reply.headers['signature-input'])[1]));
  assert.deepEqual(got.components, answerComponents);
  const unsigned = await refused(401, ['http_signature_missing'], { fields: { signature: undefined, 'signature-input': undefined } });
  assert.ok(!unsigned.headers['signature-input'].includes('"signature";req'), 'there was none to tie it to');
});

test('of an owner’s answer nothing passes that is not signed as it has to be', async () => {
  let earlier;
  answer = (came) => signedAnswer(earlier = came);
  assert.equal((await request()).status, 200);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cases = {
    http_signature_missing: () => ({ headers: { 'content-type': 'application/json' }, text: '{"surname":"x"}' }),
    content_digest_wrong: (came) => ({ ...signedAnswer(came), text: '{"surname":"y"}' }),
    http_signature_wrong: (came) => signedAnswer(came, { request: earlier }),
    http_signature_key_unknown: (came) => signedAnswer(came, { key: keys.bank }),
    http_signature_component_uncovered: (came) => signedAnswer(came, { components: answerComponents.filter((each) => each !== '"signature";req') }),
    http_signature_outdated: (came) => signedAnswer(came, { at: new Date(now().getTime() - 600_000) }),
    'http_signature_wrong ': (came) => signedAnswer(came, { key: { key: privateKey, kid: keys.owner.kid } }),
  };
  for (const [code, wrong] of Object.entries(cases)) {
    answer = wrong;
    granted = (await consent(server.base, abai)).access_token;
    shift = (await clock()).getTime() - Date.now();
    const seen = server.output.length;
    const reply = await request();
    assert.equal(reply.status, 502, `${code}: ${reply.text}`);
    assert.deepEqual(codes(reply.json), ['gateway_owner_answer_not_signed']);
    assert.ok(!reply.text.includes('surname'));
    await eventually(async () => new RegExp(`OWNER_SIGNATURE_REFUSED.*"${code.trim()}"`).test(server.output.slice(seen)), `the log says ${code}`);
  }
  answer = () => ({ status: 404, headers: { 'content-type': 'application/json' }, text: '{}' });
  assert.deepEqual(codes((await request()).json), ['gateway_owner_refused'], 'of a refusal nothing passes anyway');
});

test('a service that does not ask for signatures judges the call without one', async () => {
  const reply = await call(server.base, granted, { iin: abai.iin, service: familyService });
  assert.equal(reply.status, 403, reply.text);
  assert.deepEqual(codes(reply.json), ['use_service_outside', 'use_fields_outside']);
  assert.equal(reply.headers.signature, undefined);
});

test('what was used stays used after a restart', async () => {
  const nonce = randomUUID();
  assert.equal((await request({ nonce })).status, 200);
  await server.kill();
  server = await Kelisim.start({ data, config });  // under another port, and the same name
  await refused(401, ['http_signature_replayed'], { nonce });
  assert.equal((await request()).status, 200);
});

test('a call without content is signed with what its head says in place of it', async () => {
  const signed = { method: 'GET', body: '', headers: { 'content-type': undefined, 'kdp-person': abai.iin, 'kdp-fields': 'surname' } };
  const components = [...requestComponents.filter((each) => each !== '"content-type"'), '"kdp-person"', '"kdp-fields"'];
  const reply = await request({ signed, components });
  assert.equal(reply.status, 200, reply.text);
  const [came] = asked;
  const passed = verified(came, came.body, gateway(/keyid="([^"]*)"/.exec(came.headers['signature-input'])[1]));
  assert.deepEqual(passed.components.sort(), [...components].sort());
  assert.deepEqual([came.method, came.headers['kdp-person'], came.headers['kdp-fields']], ['GET', abai.iin, 'surname']);

  asked = [];
  for (const name of ['"kdp-person"', '"kdp-fields"'])
    await refused(401, ['http_signature_component_uncovered'], { signed, components: components.filter((each) => each !== name) });
  await refused(401, ['http_signature_wrong'], { signed, components, sent: { headers: { 'kdp-fields': 'surname, name' } } });
  await refused(401, ['http_signature_component_uncovered'], { signed, components, sent: { headers: { 'content-type': 'application/json' } } });
  assert.deepEqual(asked, []);
});

// RFC 8725 3.1: "each key MUST be used with exactly one algorithm".
test('a key that is registered for PS256 signs no message', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const head = await issueEds(data, abai.iin, { bin: '000140000353', organisation: 'Оқу банкі' });
  const jwk = (alg) => ({ ...publicKey.export({ format: 'jwk' }), kid: alg, use: 'sig', alg });
  const { crv, kty, x, y } = createPublicKey(keys.bank.key).export({ format: 'jwk' });
  const before = { crv, kty, x, y, kid: keys.bank.kid, use: 'sig', alg: 'ES256' };
  const { issuer } = (await get(server.base, '/.well-known/openid-configuration')).json;
  const content = JSON.stringify({ action: 'register_keys', host: issuer, made: now().toISOString(), organisation: '000140000353',
    purpose: 'client_authentication', client_id: 'demo-bank', jwks: { keys: [before, jwk('RS256'), jwk('PS256')] } });
  const registered = await postJson(server.base, '/api/v1/key-registrations', { document: await sign(head, 'cms', content) });
  assert.equal(registered.status, 201, registered.text);
  const alg = 'rsa-v1_5-sha256';
  const taken = await request({ key: { key: privateKey, kid: 'RS256' }, alg });
  assert.equal(taken.status, 200, taken.text);
  await refused(401, ['http_signature_key_unknown'], { key: { key: privateKey, kid: 'PS256' }, alg });
});
