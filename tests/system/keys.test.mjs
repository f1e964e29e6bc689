// SPDX-License-Identifier: Apache-2.0
// Keys of systems, registered under the organisation's EDS (KDP-10.2): what counts from when, who may, and the evidence.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { codes, get, postForm, postJson } from '../support/http.mjs';
import { assertion, assertionParameters, clientKey, jwt } from '../support/jwt.mjs';
import { binary, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, basic } from '../support/oauth.mjs';
import { Authority } from '../support/pki.mjs';
import { Responder } from '../support/responder.mjs';
import { advance } from '../support/sandbox.mjs';
import { bank, details, insurer, persons } from '../support/world.mjs';

const run = promisify(execFile);
const { abai, twelfth, ybyrai } = persons;
const bankOrganisation = { bin: '000140000353', organisation: 'Оқу банкі' };
const insurerOrganisation = { bin: '000140000429', organisation: 'Оқу сақтандыру' };

let data, server, base, head;
let issuer; // which a restart does not change

async function clockOf(address) {
  return Date.parse((await get(address, '/sandbox/clock')).json.now);
}

before(async () => {
  data = await temporaryDirectory();
  server = await Kelisim.start({ data });
  issuer = base = server.base;
  head = await issueEds(data, abai.iin, bankOrganisation);
});
after(async () => {
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

// A pair of keys with the public half as it is registered.
function pair(kid = randomUUID()) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { key: privateKey, kid, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' } };
}

let made = 0; // each registration of these tests is later than the one before
async function registration(keys, more = {}) {
  const now = await clockOf(base);
  made = Math.max(made + 1, now);
  return JSON.stringify({
    action: 'register_keys', host: issuer, made: new Date(made).toISOString(), organisation: bankOrganisation.bin,
    purpose: 'client_authentication', client_id: bank.id, jwks: { keys: keys.map(({ jwk }) => jwk) }, ...more,
  });
}
const asXml = (content) => `<key_registration>${content}</key_registration>`;
const post = (document, address = base) => postJson(address, '/api/v1/key-registrations', { document });
const send = async (content, key = head) => post(await sign(key, 'cms', content));

function assertRefused(answer, status, ...expected) {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(codes(answer.json).sort(), expected.sort(), answer.text);
}

// Whether this key authenticates the bank now.
async function authenticates({ key, kid }) {
  const now = (await clockOf(base)) / 1000;
  const shown = assertion({ key, kid, clientId: bank.id, audience: issuer, now });
  const answer = await postForm(base, '/introspect', { token: 'x', ...assertionParameters(shown) });
  assert.ok([200, 401].includes(answer.status), answer.text);
  return answer.status === 200;
}

test('a registered key authenticates the client at once, and the one before it no more', async () => {
  const sandbox = await clientKey(data, bank.id);
  sandbox.kid ??= createHash('sha256').update(JSON.stringify((({ crv, kty, x, y }) => ({ crv, kty, x, y }))(
    createPublicKey(sandbox.key).export({ format: 'jwk' })))).digest('base64url');
  assert.ok(await authenticates(sandbox));
  const first = pair();
  assert.ok(!(await authenticates(first)));
  const answer = await send(await registration([first]));
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.organisation, bankOrganisation.bin);
  assert.equal(answer.json.role, 'first_head');
  assert.deepEqual(answer.json.jwks.keys.map(({ kid }) => kid), [first.kid]);
  assert.ok(await authenticates(first));
  assert.ok(!(await authenticates(sandbox)));

  // Two for a while: how keys rotate. As XML, by whoever has the right to sign.
  const second = pair();
  const signer = await issueEds(data, ybyrai.iin, { ...bankOrganisation, role: 'may_sign' });
  const both = await post(await sign(signer, 'xml', asXml(await registration([first, second]))));
  assert.equal(both.status, 201, both.text);
  assert.equal(both.json.role, 'may_sign');
  assert.ok((await authenticates(first)) && (await authenticates(second)));
  assert.equal((await send(await registration([second]))).status, 201);
  assert.ok(!(await authenticates(first)) && (await authenticates(second)));

  await server.stop();
  server = await Kelisim.start({ data });
  base = server.base;
  assert.ok(!(await authenticates(first)) && (await authenticates(second)), 'after a restart');
});

test('no key at all ends those before, and the next registration begins anew', async () => {
  const one = pair();
  assert.equal((await send(await registration([one]))).status, 201);
  const answer = await send(await registration([]));
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual(answer.json.jwks, { keys: [] });
  assert.ok(!(await authenticates(one)));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  assert.equal((await send(await registration([{ jwk: { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' } }]))).status, 201);
});

// KDP-7.2: the key of proofs of own means.
test('proofs of own means are verified with the registered key', async () => {
  const account = details({ purpose: 'account-opening', term: 'P1D', uses_max: 1 });
  const prove = async ({ key, kid }) => {
    const now = Math.floor((await clockOf(base)) / 1000);
    return jwt({ header: { alg: 'ES256', typ: 'JWT', kid }, key, payload: {
      cbin: bankOrganisation.bin, mcheck: 'Bio', aud: issuer, jti: randomUUID(), sub: abai.iin, iat: now - 10, exp: now + 600,
      authorization_details_sha256: createHash('sha256').update(JSON.stringify(account)).digest('base64url') } });
  };
  const asking = async (key) => ask(base, abai, { authorization_details: account, proof: await prove(key) });
  const first = pair(), second = pair();
  const ofProofs = (keys) => registration(keys, { purpose: 'proofs', client_id: undefined });
  assert.equal((await send(await ofProofs([first]))).status, 201);
  assertRefused(await asking(second), 403, 'proof_invalid');
  const granted = await asking(first);
  assert.equal(granted.status, 200, granted.text);
  const replaced = await send(await ofProofs([second]));
  assert.equal(replaced.status, 201);
  assert.equal(replaced.json.client_id, undefined);
  assertRefused(await asking(first), 403, 'proof_invalid');
  assert.equal((await asking(second)).status, 200);
});

test('a document is good once, and never after a later one', async () => {
  const [old, fresh] = [pair(), pair()];
  const document = await sign(head, 'cms', await registration([old]));
  assert.equal((await post(document)).status, 201);
  assertRefused(await post(document), 409, 'key_registration_superseded');
  assert.equal((await send(await registration([fresh]))).status, 201);
  assertRefused(await post(document), 409, 'key_registration_superseded');
  assert.ok(!(await authenticates(old)) && (await authenticates(fresh)));
});

test('who does not bind the organisation registers nothing', async () => {
  const kept = pair();
  assert.equal((await send(await registration([kept]))).status, 201);
  const by = async (iin, organisation) => send(await registration([pair()]), await issueEds(data, iin, organisation));
  assertRefused(await by(abai.iin, insurerOrganisation), 403, 'key_registration_other_organisation');
  assertRefused(await by(abai.iin, { ...bankOrganisation, role: 'employee' }), 403, 'key_registration_may_not_sign');
  assertRefused(await by(abai.iin, { ...bankOrganisation, role: 'system' }), 400, 'eds_not_a_person');
  assertRefused(await by(twelfth.iin), 403, 'key_registration_may_not_sign', 'key_registration_other_organisation');
  // Another sandbox's authority bears the same names.
  const elsewhere = await temporaryDirectory();
  await mkdir(path.join(elsewhere, 'sandbox'));
  assertRefused(await send(await registration([pair()]), await issueEds(elsewhere, abai.iin, bankOrganisation)), 400, 'chain_no_anchor');
  await rm(elsewhere, { recursive: true });
  assert.ok(await authenticates(kept), 'what was there before stays');
});

test('what is no registration, or no key, is refused with every reason', async () => {
  const kept = pair();
  assert.equal((await send(await registration([kept]))).status, 201);
  const refused = async (status, keys, more, ...expected) => assertRefused(await send(await registration(keys, more)), status, ...expected);
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  await refused(400, [{ jwk: { ...weak, kid: 'weak' } }], {}, 'key_registration_key');
  const secret = pair();
  secret.jwk = { ...secret.key.export({ format: 'jwk' }), kid: 'secret' };
  await refused(400, [secret], {}, 'key_registration_private_key');
  await refused(400, [pair('one'), pair('one')], {}, 'key_registration_kid_twice');
  await refused(400, Array.from({ length: 9 }, () => pair()), {}, 'json_member_range');
  await refused(400, [pair()], { host: 'https://elsewhere.test' }, 'key_registration_elsewhere');
  await refused(400, [pair()], { made: '2026-01-01T00:00:00Z' }, 'key_registration_not_now');
  await refused(400, [pair()], { made: '2126-01-01T00:00:00Z', host: 'x' }, 'key_registration_not_now', 'key_registration_elsewhere');
  await refused(404, [pair()], { client_id: 'nobody' }, 'key_registration_client_unknown');
  await refused(404, [pair()], { client_id: insurer.id }, 'key_registration_client_unknown');
  await refused(400, [pair()], { action: 'sign_in' }, 'key_registration_unreadable');
  assertRefused(await send('{"action":"register_keys"'), 400, 'json_malformed');
  const unregistered = { bin: '990140000013', organisation: 'X' };
  const unknown = await issueEds(data, abai.iin, unregistered);
  assertRefused(await send(await registration([pair()], { organisation: unregistered.bin, purpose: 'proofs', client_id: undefined }), unknown),
    404, 'key_registration_organisation_unknown');
  assert.equal((await postJson(base, '/api/v1/key-registrations', {})).status, 400);
  assert.equal((await postJson(base, '/api/v1/key-registrations', { document: 'x', further: 1 })).status, 400);
  // Altered after the signature, or not signed at all.
  const xml = await sign(head, 'xml', asXml(await registration([pair()])));
  const altered = await post(xml.replace(bankOrganisation.bin, insurerOrganisation.bin));
  assert.equal(altered.status, 400, altered.text);
  assert.equal((await post(asXml(await registration([pair()])))).status, 400);
  // The signature of a sign-in is none of a registration.
  const { json } = await postJson(base, '/api/v1/sign-in-by-eds', {});
  assertRefused(await post(await sign(head, 'cms', json.challenge)), 400, 'key_registration_unreadable');
  assert.ok(await authenticates(kept), 'what was there before stays');
});

test('the parties see who registered which keys and when, with the document', async () => {
  const one = pair();
  const document = await sign(head, 'cms', await registration([one]));
  const { json: registered } = await post(document);
  const read = (client, where = '') => get(base, `/api/v1/key-registrations${where}`, basic(client));
  const [newest] = (await read(bank, '?limit=1')).json.items;
  assert.deepEqual(newest, registered);
  assert.ok((await read(bank)).json.items.length > 3);
  const evidence = await read(bank, `/${registered.id}`);
  assert.deepEqual(evidence.json, { ...registered, document: document.trim() });
  assert.equal((await read(insurer)).json.items.length, 0);
  assertRefused(await read(insurer, `/${registered.id}`), 404, 'key_registration_unknown');
  assertRefused(await read(bank, '/nonsense'), 404, 'key_registration_unknown');

  const official = await Cabinet.signIn(base, twelfth, 'PT3M');
  const nobody = await Cabinet.signIn(base, abai, 'PT3M');
  const staff = (who, where = '') => get(base, `/api/v1/staff/key-registrations${where}`, { cookie: who.cookie });
  assert.deepEqual((await staff(official, '?limit=1')).json.items, [registered]);
  assert.deepEqual((await staff(official, `/${registered.id}`)).json.document, document.trim());
  assertRefused(await staff(nobody), 403, 'staff_only');

  assert.ok(!server.output.includes(abai.iin), 'nobody is named in the log');
});

// Last: the clock does not come back.
test('an expired certificate registers nothing', async () => {
  await advance(base, 'P400D');
  assertRefused(await send(await registration([pair()])), 400, 'certificate_expired');
});

// --- with an authority that has a responder: the real rules of revocation

test('a revoked certificate, a silent responder, two signers', async () => {
  const folder = await temporaryDirectory();
  const authority = await Authority.make(folder, 'nca');
  const responder = await Responder.start(authority);
  const roles = 'emailProtection,1.2.398.3.3.4.1.2,1.2.398.3.3.4.1.2.1';
  const more = `keyUsage=critical,digitalSignature,nonRepudiation\n${responder.addresses}`;
  const issued = (name, serial) => authority.issue(name, { usage: roles, more, serial: `0x${serial}`, names: 'email:head@bank.test',
    subject: `/CN=HEAD/serialNumber=IIN${abai.iin}/C=KZ/O=Bank/OU=BIN${bankOrganisation.bin}` });
  const one = await issued('head', '4101');
  const two = await issued('second', '4102');
  const { stdout } = await run(binary, ['trust', 'show', authority.file, '--language', 'en']);
  const sha256 = /SHA-256: ([0-9a-f]{64})/.exec(stdout)[1];
  await mkdir(path.join(folder, 'trusted'));
  await writeFile(path.join(folder, 'trusted/nca.pem'), authority.pem);
  await writeFile(path.join(folder, 'trusted/authorities.toml'), `contour = "test"
[[authority]]
name = "own"
file = "nca.pem"
sha256 = "${sha256}"
anchor = true
role_arcs = ["1.2.398.3.3.4"]
`);
  const config = path.join(folder, 'kelisim.toml');
  await writeFile(config, `${await readFile(new URL('../support/patient.toml', import.meta.url), 'utf8')}\n[trust]\nauthorities = "${path.join(folder, 'trusted')}"\n`);
  const own = await Kelisim.start({ config });
  const input = path.join(folder, 'registration.json');
  // `cms` as the openssl command makes it, by one signer or by several.
  const signed = async (...signers) => {
    await writeFile(input, JSON.stringify({
      action: 'register_keys', host: own.base, made: new Date().toISOString(), organisation: bankOrganisation.bin,
      purpose: 'client_authentication', client_id: bank.id, jwks: { keys: [pair().jwk] } }));
    const names = signers.flatMap(({ files }) => ['-signer', files.chain, '-inkey', files.key]);
    const out = path.join(folder, 'registration.cms');
    await run('openssl', ['cms', '-sign', '-binary', '-nodetach', '-md', 'sha256', '-in', input, '-outform', 'DER', '-out', out, ...names]);
    return post((await readFile(out)).toString('base64'), own.base);
  };
  try {
    await responder.stands('4101', 'good');
    await responder.stands('4102', 'good');
    const taken = await signed(one);
    assert.equal(taken.status, 201, taken.text);
    assertRefused(await signed(one, two), 400, 'eds_one_signer');
  } finally {
    await own.stop();
  }
  // What a responder said counts for fifteen minutes, or until a restart.
  await responder.stands('4102', 'revoked');
  const again = await Kelisim.start({ config });
  own.base = again.base;
  try {
    assertRefused(await signed(two), 400, 'certificate_revoked');
    responder.answer = undefined;
    const silent = await signed(one);
    assert.equal(silent.status, 503, silent.text);
    responder.answer = (request) => responder.respond(request);
    assert.equal((await signed(one)).status, 201);
  } finally {
    await again.stop();
    await responder.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
