// SPDX-License-Identifier: Apache-2.0
// Certificates that systems show: their names registered under the organisation's EDS (KDP-10.2), and whether they were taken
// back, asked of a real responder (INT-60, RFC 6960).
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { issueEds, sign } from '../support/eds.mjs';
import { codes, get, postForm, send, trust } from '../support/http.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { Authority } from '../support/pki.mjs';
import { Responder } from '../support/responder.mjs';
import { bank, gbdfl, insurer, persons } from '../support/world.mjs';

const bankOrganisation = { bin: '000140000353', organisation: 'Оқу банкі' };
const ownerOrganisation = { bin: '000140000210', organisation: 'Оқу органы' };

let folder, root, authority, responder, certificates;

const serials = { bank: '4101', revoked: '4102', held: '4103', foreign: '4104', unknown: '4105', moved: '4106' };

before(async () => {
  folder = await temporaryDirectory();
  root = await Authority.make(folder, 'root');
  authority = await Authority.make(folder, 'systems');
  responder = await Responder.start(authority);
  trust(root.pem);
  await root.issue('server');
  certificates = {};
  for (const [name, serial] of Object.entries(serials)) {
    certificates[name] = { ca: root.pem, ...(await authority.issue(name, {
      usage: 'clientAuth', serial: `0x${serial}`, names: `DNS:${name}.test`, more: responder.addresses })) };
  }
  await responder.stands(serials.bank, 'good');
  await responder.stands(serials.revoked, 'revoked');
  await responder.stands(serials.held, 'held');
  await responder.stands(serials.foreign, 'good');
  await responder.stands(serials.moved, 'good');
});
after(async () => {
  await responder.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(lines) {
  const config = path.join(folder, 'kelisim.toml');
  const at = (name) => path.join(folder, name);
  await writeFile(config, `${await readFile(new URL('../support/patient.toml', import.meta.url), 'utf8')}
[server]
tls_certificate = "${at('server.pem')}"
tls_key = "${at('server.key')}"
[systems]
anchors = "${authority.file}"
port = 0
${lines}
`);
  const server = await Kelisim.start({ config });
  server.where = await server.systems();
  return server;
}

const told = (server, code) => server.output.split('\n').some((line) => line.includes('TLS_CERTIFICATE_STANDING') && line.includes(`"${code}"`));

test('a certificate that was taken back is not heard, and is told so', async () => {
  responder.answer = (request) => responder.respond(request);
  const server = await start('revocation = "required"');
  const jwks = (tls) => get(server.where, '/jwks', {}, tls);
  assert.equal((await jwks(certificates.bank)).status, 200);
  for (const [name, code] of [['revoked', 'certificate_revoked'], ['held', 'certificate_on_hold']]) {
    const refused = await jwks(certificates[name]);
    assert.equal(refused.status, 403, refused.text);
    assert.deepEqual(codes(refused.json), [code]);
    assert.ok(told(server, code));
  }
  // Before any authentication: what it asks for does not matter.
  const token = await postForm(server.where, '/token', { grant_type: 'x' }, {}, certificates.revoked);
  assert.deepEqual(codes(token.json), ['certificate_revoked']);
  // A responder that does not know it says nothing, and there is no list.
  assert.equal((await jwks(certificates.unknown)).status, 503);
  assert.ok(told(server, 'revocation_unknown'));
  // The people's listener asks for none.
  assert.equal((await get(server.base, '/jwks')).status, 200);
  const before = responder.asked.length;
  for (let i = 0; i < 5; ++i) assert.equal((await jwks(certificates.bank)).status, 200);
  assert.equal(responder.asked.length, before, 'what was learned is kept for a while');
  await server.stop();
});

test('a silent responder: fail closed where it is required, noted where it is not', async () => {
  responder.answer = undefined;
  responder.list = undefined;
  const required = await start('revocation = "required"');
  const silent = await get(required.where, '/jwks', {}, certificates.bank);
  assert.equal(silent.status, 503, silent.text);
  assert.equal(silent.headers['retry-after'], '10');
  assert.ok(told(required, 'revocation_unknown'));
  await required.stop();

  const noted = await start('revocation = "noted"');
  assert.equal((await get(noted.where, '/jwks', {}, certificates.bank)).status, 200);
  assert.ok(told(noted, 'revocation_unknown'));
  responder.answer = (request) => responder.respond(request);
  assert.equal((await get(noted.where, '/jwks', {}, certificates.revoked)).status, 403, 'what is told counts all the same');
  await noted.stop();
});

test('the list serves where the responder does not', async () => {
  responder.answer = undefined;
  responder.list = await responder.makeList();
  const server = await start('revocation = "required"');
  assert.equal((await get(server.where, '/jwks', {}, certificates.bank)).status, 200);
  assert.equal((await get(server.where, '/jwks', {}, certificates.revoked)).status, 403);
  await server.stop();
  responder.list = undefined;
});

test('nobody is asked unless it is configured', async () => {
  responder.answer = (request) => responder.respond(request);
  responder.asked = [];
  const server = await start('');
  assert.equal((await get(server.where, '/jwks', {}, certificates.revoked)).status, 200);
  assert.deepEqual(responder.asked, []);
  await server.stop();
});

test('a slow responder holds up whom it is asked about, and nobody else', async () => {
  let answer;
  const asked = new Promise((resolve) => {
    responder.answer = (request) => {
      resolve();
      return new Promise((given) => (answer = async () => given(await responder.respond(request))));
    };
  });
  const server = await start('revocation = "required"');
  const waiting = Array.from({ length: 8 }, () => get(server.where, '/jwks', {}, certificates.bank));
  await asked;
  for (let i = 0; i < 8; ++i) assert.equal((await get(server.base, '/jwks')).status, 200);
  responder.answer = (request) => responder.respond(request);
  await answer();
  assert.deepEqual((await Promise.all(waiting)).map(({ status }) => status), Array(8).fill(200));
  await server.stop();
});

// --- the name of a certificate

test('a name that the organisation registers authenticates its client at once', async () => {
  responder.answer = (request) => responder.respond(request);
  const server = await start('revocation = "required"');
  const head = await issueEds(server.data, persons.abai.iin, bankOrganisation);
  let made = Date.now();
  const register = async (kind, name, { key = head, organisation = bankOrganisation, client = bank, shown = certificates.bank } = {}) => {
    const content = JSON.stringify({ action: 'register_keys', host: server.base, made: new Date(++made).toISOString(),
      organisation: organisation.bin, purpose: 'tls_certificate', client_id: client.id, certificate_name: { kind, name } });
    const document = await sign(key, 'cms', content);
    // Over the listener for systems, with the certificate whose name it is; or over that of people, with none.
    const headers = { 'content-type': 'application/json' };
    return send(shown ? server.where : server.base, 'POST', '/api/v1/key-registrations', { headers, tls: shown, body: JSON.stringify({ document }) });
  };
  const authenticates = async (tls, client) => (await postForm(server.where, '/introspect', { client_id: client.id, token: 'x' }, {}, tls)).status;
  assert.equal(await authenticates(certificates.bank, bank), 401);
  const registered = await register('san_dns', 'bank.test');
  assert.equal(registered.status, 201, registered.text);
  assert.deepEqual(registered.json.certificate_name, { kind: 'san_dns', name: 'bank.test' });
  assert.equal(await authenticates(certificates.bank, bank), 200);
  assert.equal(await authenticates(certificates.foreign, bank), 401);

  // Who does not hold the certificate takes none of its names, whatever kind of name it is: it could shut its client out.
  const refused = (answer, status, why) => assert.deepEqual([answer.status, ...codes(answer.json)], [status, why]);
  const owner = { key: await issueEds(server.data, persons.twelfth.iin, ownerOrganisation), organisation: ownerOrganisation, client: gbdfl };
  for (const shown of [null, certificates.foreign]) {
    refused(await register('san_dns', 'bank.test', { ...owner, shown }), 403, 'key_registration_certificate');
    refused(await register('subject_dn', 'CN=bank', { ...owner, shown }), 403, 'key_registration_certificate');
  }
  // Nor does who holds it make it two clients'.
  refused(await register('subject_dn', 'CN=bank', { ...owner, shown: certificates.bank }), 409, 'key_registration_certificate_known');
  assert.equal(await authenticates(certificates.bank, bank), 200);
  assert.equal((await register('san_dns', 'foreign.test', { ...owner, shown: certificates.foreign })).status, 201);
  assert.equal(await authenticates(certificates.foreign, gbdfl), 200);
  assert.equal(await authenticates(certificates.foreign, insurer), 401);
  refused(await register('san_dns', '*.test'), 400, 'key_registration_name');

  // Another name replaces the one before.
  assert.equal((await register('san_dns', 'moved.test', { shown: certificates.moved })).status, 201);
  assert.equal(await authenticates(certificates.bank, bank), 401);
  assert.equal(await authenticates(certificates.moved, bank), 200);
  await server.stop();
});
