// SPDX-License-Identifier: Apache-2.0
// Clients that show certificates, and tokens that only their holder can use: RFC 8705 and RFC 9449 against the real server.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { codes, get, postForm, send, trust } from '../support/http.mjs';
import { dpopKey, proof } from '../support/dpop.mjs';
import { claims } from '../support/jwt.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { askAndDeliver, basic, ciba, consent, introspect, pollPause } from '../support/oauth.mjs';
import { Authority } from '../support/pki.mjs';
import { advance, replyAndHear } from '../support/sandbox.mjs';
import { bank, gbdfl, insurer, persons, service } from '../support/world.mjs';

const { abai, twelfth, eighth } = persons;
const bankSubject = '/C=KZ/OU=BIN000140000353/CN=demo-bank';

let folder, root, systemsRoot, server, base, systems, data, config;
let asBank, asBankAnew, asInsurer, asOther;
let moved = 0; // seconds that the sandbox's clock is ahead
const now = () => Date.now() / 1000 + moved;

before(async () => {
  folder = await temporaryDirectory();
  data = await temporaryDirectory();
  root = await Authority.make(folder, 'root');
  systemsRoot = await Authority.make(folder, 'systems');
  trust(root.pem);
  const { files } = await root.issue('server');
  config = path.join(folder, 'kelisim.toml');
  await writeFile(config, `${await readFile(new URL('../support/patient.toml', import.meta.url), 'utf8')}
[server]
tls_certificate = "${files.chain}"
tls_key = "${files.key}"
[systems]
anchors = "${systemsRoot.file}"
port = 0
`);
  await start();
  const shown = async (name, options) => ({ ca: root.pem, ...(await systemsRoot.issue(name, { usage: 'clientAuth', ...options })) });
  asBank = await shown('bank', { subject: bankSubject });
  asBankAnew = await shown('bank2', { subject: bankSubject });
  asInsurer = await shown('insurer', { subject: '/CN=anything', names: 'DNS:elsewhere.test,DNS:Demo-Insurer.sandbox' });
  asOther = await shown('other', { subject: `${bankSubject}2`, names: 'DNS:x.demo-insurer.sandbox' });
});

async function start() {
  server = await Kelisim.start({ data, config });
  base = server.base;
  systems = await server.systems();
}

after(async () => {
  await server.stop();
  for (const each of [folder, data]) await rm(each, { recursive: true, force: true });
});

const thumbprint = ({ cert }) => createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
const forward = async () => {
  await advance(base, pollPause);
  moved += 6;
};

function callAt(where, { token, scheme = 'Bearer', tls, headers = {}, person = abai, path: rest = 'person' }) {
  return send(where, 'POST', `/gateway/${service}/${rest}`, {
    headers: { 'content-type': 'application/json', authorization: `${scheme} ${token}`, ...headers },
    body: JSON.stringify({ iin: person.iin, fields: ['surname'] }),
    tls,
  });
}
const gatewayUrl = (where, rest = 'person') => `${where}/gateway/${service}/${rest}`;

// A consent whose token is asked for by `redeem(form)`.
async function granted(person, redeem) {
  const { requestId, yes } = await askAndDeliver(base, person);
  await replyAndHear(base, person.phone, yes);
  await forward();
  return redeem({ grant_type: ciba, auth_req_id: requestId });
}

// --- certificates

test('the metadata say where certificates are shown, and only where they can be', async () => {
  const { json } = await get(base, '/.well-known/oauth-authorization-server');
  assert.ok(json.token_endpoint_auth_methods_supported.includes('tls_client_auth'));
  assert.equal(json.tls_client_certificate_bound_access_tokens, true);
  assert.equal(json.mtls_endpoint_aliases.token_endpoint, `${systems}/token`);
  assert.deepEqual(json.dpop_signing_alg_values_supported, ['ES256', 'RS256', 'PS256']);
  const plain = await Kelisim.start();
  const without = (await get(plain.base, '/.well-known/oauth-authorization-server')).json;
  assert.equal(without.mtls_endpoint_aliases, undefined);
  assert.equal(without.tls_client_certificate_bound_access_tokens, false);
  assert.ok(!without.token_endpoint_auth_methods_supported.includes('tls_client_auth'));
  await plain.stop();
});

const byCertificate = (tls, client, where = systems) => postForm(where, '/introspect', { client_id: client.id, token: 'x' }, {}, tls);

test('a certificate authenticates the client whose name it bears, and nobody else', async () => {
  assert.equal((await byCertificate(asBank, bank)).status, 200);
  assert.equal((await byCertificate(asBankAnew, bank)).status, 200);
  assert.equal((await byCertificate(asInsurer, insurer)).status, 200);
  for (const [name, answer] of Object.entries({
    'another client': await byCertificate(asBank, insurer),
    'a client without a certificate': await byCertificate(asBank, gbdfl),
    'a longer subject': await byCertificate(asOther, bank),
    'a name below the registered one': await byCertificate(asOther, insurer),
    'no client named': await postForm(systems, '/introspect', { token: 'x' }, {}, asBank),
    'a wrong secret beside a right certificate': await postForm(systems, '/introspect', { token: 'x' }, basic({ ...bank, secret: 'wrong' }), asBank),
    'no certificate': await byCertificate(undefined, bank, base),
  })) {
    assert.equal(answer.status, 401, name);
    assert.equal(answer.json.error, 'invalid_client', name);
  }
});

test('calls without a form are made with the certificate alone, when it names one client', async () => {
  const stream = (tls) => send(systems, 'GET', '/api/v1/events/stream', { tls });
  assert.equal((await stream(asBank)).status, 200);
  assert.equal((await stream(asOther)).status, 401);
});

// RFC 8705 section 3
test('a token that was asked for with a certificate is of use with that certificate only', async () => {
  const answer = await granted(abai, (form) => postForm(systems, '/token', { client_id: bank.id, ...form }, {}, asBank));
  assert.equal(answer.status, 200, answer.text);
  const { access_token: token, refresh_token, token_type } = answer.json;
  assert.equal(token_type, 'Bearer');
  assert.deepEqual(claims(token).cnf, { 'x5t#S256': thumbprint(asBank) });
  assert.deepEqual((await introspect(base, token, gbdfl)).json.cnf, { 'x5t#S256': thumbprint(asBank) });

  assert.deepEqual((await callAt(systems, { token, tls: asBank })).json, { surname: 'Құнанбаев' });
  for (const [where, tls] of [[base, undefined], [systems, asBankAnew], [systems, asInsurer]]) {
    const refused = await callAt(where, { token, tls });
    assert.equal(refused.status, 401);
    assert.deepEqual(codes(refused.json), ['token_certificate_missing']);
  }
  const beside = await send(base, 'POST', `/gateway/${service}/person`, {
    headers: { 'content-type': 'application/json', 'kdp-token': token, ...basic(bank) }, body: JSON.stringify({ iin: abai.iin }) });
  assert.deepEqual(codes(beside.json), ['token_certificate_missing']);

  // The client authenticates at each refresh; the next token is bound to what it shows then.
  const renewed = await postForm(systems, '/token', { client_id: bank.id, grant_type: 'refresh_token', refresh_token }, {}, asBankAnew);
  assert.deepEqual(claims(renewed.json.access_token).cnf, { 'x5t#S256': thumbprint(asBankAnew) });
  assert.equal((await callAt(systems, { token: renewed.json.access_token, tls: asBankAnew })).status, 200);
  const unbound = await postForm(base, '/token', { grant_type: 'refresh_token', refresh_token }, basic(bank));
  assert.equal(claims(unbound.json.access_token).cnf, undefined);
});

test('a certificate beside a secret binds as well', async () => {
  const answer = await granted(abai, (form) => postForm(systems, '/token', form, basic(bank), asOther));
  assert.deepEqual(claims(answer.json.access_token).cnf, { 'x5t#S256': thumbprint(asOther) });
});

// --- keys

const tokenUrl = () => `${base}/token`;
const withProof = (text) => ({ ...basic(bank), dpop: text });

async function boundToken(key, person = twelfth) {
  const answer = await granted(person, (form) =>
    postForm(base, '/token', form, withProof(proof(key, 'POST', tokenUrl(), { now: now() }))));
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

test('a proof binds the token to its key, and each call proves it anew', async () => {
  const key = dpopKey();
  const { access_token: token, token_type } = await boundToken(key);
  assert.equal(token_type, 'DPoP');
  assert.deepEqual(claims(token).cnf, { jkt: key.thumbprint });
  const seen = (await introspect(base, token)).json;
  assert.deepEqual([seen.token_type, seen.cnf], ['DPoP', { jkt: key.thumbprint }]);

  const call = (made, options = {}) =>
    callAt(base, { token, scheme: 'DPoP', person: twelfth, ...options, headers: made ? { dpop: made } : {} });
  const fresh = (options = {}, by = key) => proof(by, 'POST', gatewayUrl(base), { token, now: now(), ...options });
  const right = fresh();
  assert.equal((await call(right)).status, 200);

  const stolen = dpopKey();
  const cases = {
    'the same proof again': [right, 'dpop_proof_replayed'],
    'no proof': [undefined, 'dpop_proof_invalid'],
    "a stranger's key": [fresh({}, stolen), 'token_proof_missing'],
    'for another method': [fresh({ payload: { htm: 'GET' } }), 'dpop_proof_invalid'],
    'for another address': [fresh({ payload: { htu: gatewayUrl(base, 'family') } }), 'dpop_proof_invalid'],
    'for another host': [fresh({ payload: { htu: 'https://elsewhere.test/' } }), 'dpop_proof_invalid'],
    'for no token': [fresh({ token: undefined }), 'dpop_proof_invalid'],
    'for another token': [fresh({ token: `${token}x` }), 'dpop_proof_invalid'],
    'too old': [fresh({ now: now() - 120 }), 'dpop_proof_invalid'],
    'of tomorrow': [fresh({ now: now() + 120 }), 'dpop_proof_invalid'],
    unsigned: [fresh({ head: { alg: 'none' } }), 'dpop_proof_invalid'],
    'of another type': [fresh({ head: { typ: 'JWT' } }), 'dpop_proof_invalid'],
    'with its private key': [fresh({ head: { jwk: key.key.export({ format: 'jwk' }) } }), 'dpop_proof_invalid'],
  };
  for (const [name, [made, code]] of Object.entries(cases)) {
    const refused = await call(made);
    assert.equal(refused.status, 401, name);
    assert.deepEqual(codes(refused.json), [code], name);
    const error = code.startsWith('dpop') ? 'invalid_dpop_proof' : 'invalid_token';
    assert.match(refused.headers['www-authenticate'], new RegExp(`DPoP error="${error}", algs="ES256 RS256 PS256"`), name);
  }
  const twice = await send(base, 'POST', `/gateway/${service}/person`, {
    headers: ['content-type', 'application/json', 'authorization', `DPoP ${token}`, 'dpop', fresh(), 'dpop', fresh(), 'content-length', '2', 'host', 'x'], body: '{}' });
  assert.deepEqual(codes(twice.json), ['dpop_proof_invalid']);

  // RFC 9449 7.2: no way back to a bearer token.
  const asBearer = await call(fresh(), { scheme: 'Bearer' });
  assert.deepEqual([asBearer.status, codes(asBearer.json)], [401, ['token_proof_missing']]);
  assert.equal((await call(fresh(), { scheme: 'dpop' })).status, 200, 'schemes are compared without case');
});

test('beside the credentials of its client a bound token needs its proof too', async () => {
  const key = dpopKey();
  const { access_token: token } = await boundToken(key);
  const beside = (headers) =>
    send(base, 'POST', `/gateway/${service}/person`, {
      headers: { 'content-type': 'application/json', 'kdp-token': token, ...basic(bank), ...headers },
      body: JSON.stringify({ iin: twelfth.iin, fields: ['surname'] }) });
  assert.deepEqual(codes((await beside({})).json), ['dpop_proof_invalid']);
  assert.equal((await beside({ dpop: proof(key, 'POST', gatewayUrl(base), { token, now: now() }) })).status, 200);
});

test('a token that is not bound does not pass for one that is', async () => {
  const { access_token: token } = await consent(base, eighth);
  moved += 6;
  const key = dpopKey();
  const made = proof(key, 'POST', gatewayUrl(base), { token, now: now() });
  const refused = await callAt(base, { token, scheme: 'DPoP', headers: { dpop: made }, person: eighth });
  assert.deepEqual([refused.status, codes(refused.json)], [401, ['token_not_bound']]);
  assert.equal((await callAt(base, { token, person: eighth })).status, 200);
  const none = await send(base, 'POST', `/gateway/${service}/person`, { headers: { 'content-type': 'application/json' }, body: '{}' });
  assert.match(none.headers['www-authenticate'], /Bearer.*DPoP algs="ES256 RS256 PS256"/);
});

test('the token endpoint takes each proof once, also after a restart', async () => {
  const key = dpopKey();
  const refused = async (text) => {
    const answer = await postForm(base, '/token', { grant_type: 'refresh_token', refresh_token: 'x' }, withProof(text));
    assert.equal(answer.status, 400, answer.text);
    return [answer.json.error, answer.json.code];
  };
  const made = proof(key, 'POST', tokenUrl(), { now: now() });
  assert.deepEqual(await refused(made), ['invalid_grant', 'token_refresh_invalid']);
  assert.deepEqual(await refused(made), ['invalid_dpop_proof', 'dpop_proof_replayed']);
  for (const text of ['', 'x', proof(key, 'POST', `${base}/introspect`, { now: now() }), proof(key, 'GET', tokenUrl(), { now: now() })]) {
    assert.deepEqual(await refused(text), ['invalid_dpop_proof', 'dpop_proof_invalid'], text);
  }
  // The issuer of the first start stays what others know us by.
  const issuer = base;
  await server.stop();
  await start();
  const answer = await postForm(base, '/token', { grant_type: 'refresh_token', refresh_token: 'x' }, withProof(made));
  assert.deepEqual([answer.json.error, answer.json.code], ['invalid_dpop_proof', 'dpop_proof_replayed']);
  const other = proof(key, 'POST', `${issuer}/token`, { now: now() });
  assert.equal((await postForm(base, '/token', { grant_type: 'refresh_token', refresh_token: 'x' }, withProof(other))).json.error, 'invalid_grant');
});

test('a token can be bound to both, and then needs both', async () => {
  const key = dpopKey();
  const issuer = (await get(base, '/.well-known/openid-configuration')).json.issuer;
  const answer = await granted(eighth, (form) =>
    postForm(systems, '/token', { client_id: bank.id, ...form }, { dpop: proof(key, 'POST', `${systems}/token`, { now: now() }) }, asBank));
  assert.equal(answer.status, 200, answer.text);
  const { access_token: token } = answer.json;
  assert.deepEqual(claims(token).cnf, { 'x5t#S256': thumbprint(asBank), jkt: key.thumbprint });
  const made = (where) => ({ dpop: proof(key, 'POST', gatewayUrl(where), { token, now: now() }) });
  const dpop = { token, scheme: 'DPoP', person: eighth };
  assert.deepEqual(codes((await callAt(base, { ...dpop, headers: made(issuer) })).json), ['token_certificate_missing']);
  assert.deepEqual(codes((await callAt(systems, { ...dpop, tls: asBank })).json), ['dpop_proof_invalid']);
  assert.equal((await callAt(systems, { ...dpop, tls: asBank, headers: made(systems) })).status, 200);
});
