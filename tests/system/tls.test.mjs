// SPDX-License-Identifier: Apache-2.0
// INT-2.6: transport security. The real server over TLS: people on one listener, systems with certificates on another,
// other files without a dropped connection, and calls of its own to https receivers and owners.
import assert from 'node:assert/strict';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { Cabinet } from '../support/cabinet.mjs';
import { codes, get, send } from '../support/http.mjs';
import { eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { basic, call, consent } from '../support/oauth.mjs';
import { Authority } from '../support/pki.mjs';
import { accept, Receiver } from '../support/receiver.mjs';
import { bank, details, familyService, insurer, persons, service } from '../support/world.mjs';

let folder, root, systemsRoot, stranger, server, base, systems, bankCertificate;

const at = (name) => path.join(folder, name);

async function configured(name, lines) {
  await writeFile(at(name), (await readFile(new URL('../support/patient.toml', import.meta.url), 'utf8')) + lines);
  return at(name);
}

// The files that the server reads, in place of those before.
async function install({ files }) {
  await copyFile(files.chain, at('live.pem'));
  await copyFile(files.key, at('live.key'));
}

before(async () => {
  folder = await temporaryDirectory();
  root = await Authority.make(folder, 'root');
  systemsRoot = await Authority.make(folder, 'systems');
  stranger = await Authority.make(folder, 'stranger');
  await install(await root.issue('server'));
  await copyFile(systemsRoot.file, at('anchors.pem'));
  bankCertificate = await systemsRoot.issue('bank', { usage: 'clientAuth' });
  server = await Kelisim.start({ config: await configured('kelisim.toml', `
[server]
tls_certificate = "${at('live.pem')}"
tls_key = "${at('live.key')}"
[systems]
anchors = "${at('anchors.pem')}"
port = 0
[events]
anchors = "${root.file}"
`) });
  base = server.base;
  systems = await server.systems();
});

after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const asBank = () => ({ ca: root.pem, ...bankCertificate });

// The handshake alone, and what the server does after it: "open", or why not.
function shake(address, options) {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port: new URL(address).port, ca: root.pem, servername: '', ...options });
    socket.once('error', (error) => resolve(error.code ?? error.message));
    // A server of TLS 1.3 refuses a certificate after the client is done.
    socket.once('secureConnect', () => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.once('data', () => {
      resolve('open');
      socket.destroy();
    });
    socket.once('close', () => resolve('closed'));
  });
}

test('people are served over TLS, and the issuer says so', async () => {
  assert.match(base, /^https:/);
  const metadata = (await get(base, '/.well-known/openid-configuration', {}, { ca: root.pem })).json;
  assert.equal(metadata.issuer, base);
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const options = { ca: root.pem, minVersion: version, maxVersion: version };
    assert.equal((await get(base, '/healthz', {}, options)).status, 200, version);
  }
});

test('a certificate that is not ours is seen by the client', async () => {
  await assert.rejects(get(base, '/healthz', {}, { ca: stranger.pem }));
  await assert.rejects(get(base, '/healthz'));
});

test('what RFC 9325 forbids is refused', async () => {
  const weak = 'DEFAULT@SECLEVEL=0';
  for (const [name, options] of Object.entries({
    'TLS 1.1': { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: weak },
    'no forward secrecy': { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
    CBC: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' },
    'another protocol': { ALPNProtocols: ['h2'] },
  })) {
    assert.notEqual(await shake(base, options), 'open', name);
  }
  assert.equal(await shake(base, { ALPNProtocols: ['h2', 'http/1.1'] }), 'open');
});

test('HTTP without TLS gets nothing on the port of TLS', async () => {
  const { port } = new URL(base);
  const got = await new Promise((resolve) => {
    let received = '';
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('data', (chunk) => (received += chunk));
    socket.on('error', () => {});
    socket.once('close', () => resolve(received));
  });
  assert.doesNotMatch(got, /HTTP/);
});

test('systems show a certificate under our anchors, or are not heard', async () => {
  assert.equal((await get(systems, '/jwks', {}, asBank())).status, 200);
  const late = await systemsRoot.issue('late', { days: -1 });
  const serverOnly = await systemsRoot.issue('serveronly', { usage: 'serverAuth' });
  for (const [name, shown] of Object.entries({
    none: {},
    "a stranger's": await stranger.issue('impostor', { subject: '/CN=bank' }),
    expired: late,
    'for servers': serverOnly,
  })) {
    assert.notEqual(await shake(systems, { cert: shown.cert, key: shown.key }), 'open', name);
  }
  const metrics = (await get(base, '/metrics', {}, { ca: root.pem })).text;
  for (const end of ['no_certificate', 'certificate_refused', 'plain_http', 'nothing_in_common', 'done']) {
    assert.match(metrics, new RegExp(`kelisim_tls_handshakes_total{end="${end}"} [1-9]`), end);
  }
  assert.match(metrics, /kelisim_tls_certificate_end_seconds{listener="people"} 1?[0-9.e+]+/);
  assert.ok(server.output.includes('"TLS_CERTIFICATE_REFUSED","why":"'), 'the operator reads why');
});

test('people do nothing where systems are, and the other way round nobody needs a certificate', async () => {
  const statusOf = (where) =>
    new Promise((resolve, reject) => {
      const request = https.get(systems + where, { agent: false, ...asBank() }, (response) => resolve(response.resume().statusCode));
      request.once('error', reject);
    });
  assert.equal(await statusOf('/jwks'), 200);
  for (const where of ['/api/v1/me', '/metrics', '/sandbox/persons', '/', '/api/v1/staff/requests']) {
    assert.equal(await statusOf(where), 404, where);
  }
  assert.equal((await get(base, '/jwks', {}, { ca: root.pem })).status, 200);
});

// One connection that asks again and again.
function keptConnection() {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: root.pem });
  const ask = () =>
    new Promise((resolve, reject) => {
      const request = https.get(`${base}/healthz`, { agent }, (response) => {
        const { socket } = response;
        response.resume().once('end', () => resolve({ status: response.statusCode, reused: request.reusedSocket, socket }));
      });
      request.once('error', reject);
    });
  return { ask, end: () => agent.destroy() };
}

const serialNow = () =>
  new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: new URL(base).port, ca: root.pem, servername: '' }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.once('error', reject);
  });

test('other certificates drop no connection, and a broken pair changes nothing', async () => {
  const kept = keptConnection();
  await kept.ask();
  const first = await serialNow();

  await install(await root.issue('second'));
  assert.ok((await server.reload()).every(({ message }) => message === 'TLS_RELOADED'));
  const second = await serialNow();
  assert.notEqual(second, first);
  const again = await kept.ask();
  assert.deepEqual([again.status, again.reused], [200, true]);

  const old = await root.issue('old', { days: -1 });
  for (const [name, spoil] of Object.entries({
    'a key of another certificate': async () => copyFile((await root.issue('third')).files.key, at('live.key')),
    'half a file': () => writeFile(at('live.pem'), '-----BEGIN CERTIFICATE-----\nMIIB'),
    'no file': () => rm(at('live.pem')),
    'an expired one': () => install(old),
  })) {
    await spoil();
    const told = await server.reload();
    assert.ok(told.some(({ message, what, why }) => message === 'TLS_RELOAD_REFUSED' && what === 'server' && why), name);
    assert.equal(await serialNow(), second, name);
  }
  assert.equal((await kept.ask()).reused, true);
  kept.end();
  await install(await root.issue('fourth'));
  await server.reload();
});

test('an anchor that is taken away lets nobody in any more', async () => {
  await copyFile(stranger.file, at('anchors.pem'));
  await server.reload();
  assert.notEqual(await shake(systems, bankCertificate), 'open');
  await copyFile(systemsRoot.file, at('anchors.pem'));
  await server.reload();
  assert.equal((await get(systems, '/jwks', {}, asBank())).status, 200);
});

test('a start with what cannot be served says what it is', async () => {
  const { files } = await root.issue('alone');
  for (const [lines, why] of [
    [`[server]\ntls_certificate = "${files.chain}"`, /server\.tls_key/],
    [`[server]\ntls_certificate = "${files.chain}"\ntls_key = "${at('live.key')}"`, /is not the key/],
    [`[systems]\nanchors = "${root.file}"`, /systems\.tls_certificate/],
    [`[systems]\ntls_certificate = "${files.chain}"\ntls_key = "${files.key}"`, /systems\.anchors/],
    [`[upstream]\nanchors = "${at('nowhere.pem')}"`, /nowhere\.pem/],
  ]) {
    const config = await configured('broken.toml', lines);
    await assert.rejects(Kelisim.start({ config }), (error) => why.test(error.message), lines);
  }
});

// An owner over TLS that answers everybody with the same person, and tells who called.
async function ownerWith(pair, { asks } = {}) {
  const owner = { calls: [] };
  const options = { cert: pair.cert, key: pair.key, ...(asks && { ca: asks.pem, requestCert: true, rejectUnauthorized: true }) };
  owner.server = https.createServer(options, (request, response) => {
    owner.calls.push({ url: request.url, peer: request.socket.getPeerCertificate?.()?.subject?.CN });
    request.resume().once('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ surname: 'Құнанбаев' })));
  });
  await new Promise((resolve) => owner.server.listen(0, '127.0.0.1', resolve));
  owner.url = `https://localhost:${owner.server.address().port}`;
  return owner;
}

// 307/НК п.2(6): data travel to and from owners over HTTPS, and only to the owner that the address names.
test('owners and receivers are called over TLS, and nobody else in their name', async () => {
  const owner = await ownerWith(await root.issue('owner', { names: 'DNS:localhost' }), { asks: root });
  const impostor = await ownerWith(await stranger.issue('impostor2', { names: 'DNS:localhost' }));
  const gateway = await root.issue('gateway', { usage: 'clientAuth' });
  const mine = await Kelisim.start({ config: await configured('calls.toml', `
[gateway]
upstreams = ["${service}=${owner.url}", "${familyService}=${impostor.url}"]
[upstream]
anchors = "${root.file}"
tls_certificate = "${gateway.files.chain}"
tls_key = "${gateway.files.key}"
[events]
anchors = "${root.file}"
`) });
  const good = await Receiver.start(accept, await root.issue('receiver'));
  const bad = await Receiver.start(accept, await stranger.issue('receiver2'));
  for (const [system, receiver] of [[bank, good], [insurer, bad]]) {
    const settled = await send(mine.base, 'PUT', '/api/v1/events/stream', {
      headers: { 'content-type': 'application/json', ...basic(system) },
      body: JSON.stringify({ delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: receiver.url } }),
    });
    assert.equal(settled.status, 200, settled.text);
  }
  const tokens = await consent(mine.base, persons.abai);
  const answered = await call(mine.base, tokens.access_token, { iin: persons.abai.iin, fields: ['surname'] });
  assert.deepEqual(answered.json, { surname: 'Құнанбаев' });
  assert.deepEqual(owner.calls, [{ url: '/person', peer: 'gateway' }]);

  const family = await consent(mine.base, persons.abai, {
    authorization_details: details({ services: [familyService], fields: ['children'], uses_max: 1 }) });
  const refused = await call(mine.base, family.access_token, { iin: persons.abai.iin, service: familyService, path: 'family' });
  assert.equal(refused.status, 502);
  assert.deepEqual(codes(refused.json), ['gateway_owner_unreachable']);
  assert.deepEqual(impostor.calls, [], 'no byte of it left');

  const insured = await consent(mine.base, persons.abai, {
    client: insurer, authorization_details: details({ purpose: 'insurance-contract', uses_max: 1 }) });
  const cabinet = await Cabinet.signIn(mine.base, persons.abai);
  for (const [one] of [tokens, insured].map((each) => each.authorization_details)) {
    await cabinet.post(`/consents/${one.consent}/pause`);
  }
  assert.equal((await good.call(0)).headers['content-type'], 'application/secevent+jwt');
  await eventually(async () => {
    const { text } = await get(mine.base, '/metrics');
    return /kelisim_events_confirmed_total [1-9]/.test(text) && /kelisim_events_failed_total [1-9]/.test(text) ? true : undefined;
  }, 'one confirmed, the other not reached');
  assert.deepEqual(bad.calls, []);
  await mine.stop();
  for (const each of [good, bad]) await each.stop();
  for (const each of [owner, impostor]) {
    each.server.closeAllConnections();
    await new Promise((resolve) => each.server.close(resolve));
  }
});
