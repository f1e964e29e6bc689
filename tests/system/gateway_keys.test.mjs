// SPDX-License-Identifier: Apache-2.0
// The keys with which the gateway signs messages (INT-2.15): from PEM, PKCS #12 and a PKCS #11 token, exchanged without a restart.
// xmlsec1, which is not ours, judges the signatures; a fault is signed like any answer.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { issueEds, sign } from '../support/eds.mjs';
import { send } from '../support/http.mjs';
import { eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { Participant } from '../support/participant.mjs';
import { Authority } from '../support/pki.mjs';
import { asyncMessage } from '../support/shep.mjs';
import { allFields, details, persons, service } from '../support/world.mjs';

const run = promisify(execFile);
const body = 'http://schemas.xmlsoap.org/soap/envelope/:Body';

let place, first, second;
before(async () => {
  place = await temporaryDirectory();
  const authority = await Authority.make(place, 'authority');
  first = await authority.issue('first');
  second = await authority.issue('second', { days: 2 });
});

const at = (name) => path.join(place, name);
async function configured(name, lines) {
  await writeFile(at(`${name}.toml`), `[gateway]\n${lines.join('\n')}\n`);
  return at(`${name}.toml`);
}

// Whether the gateway's next answer is signed under this certificate.
async function signedBy(by, base) {
  const answer = await send(base, 'POST', '/bip-sync-wss-gost/', { headers: { 'content-type': 'text/xml' }, body: '<a/>' });
  assert.equal(answer.status, 500);
  return isSigned(by, answer.text);
}

async function isSigned({ files }, message) {
  await writeFile(at('answer.xml'), message);
  return run('xmlsec1', ['--verify', '--pubkey-cert-pem', files.chain, '--id-attr:Id', body, at('answer.xml')]).then(
    () => true,
    () => false,
  );
}

async function withServer(config, look) {
  const server = await Kelisim.start({ config });
  try {
    await look(server);
  } finally {
    await server.stop();
  }
}

test('PEM with its certificate signs, and gives way to another at SIGHUP', async () => {
  await writeFile(at('current.pem'), first.key + first.cert);
  await withServer(await configured('pem', [`signing_keys = ["${at('current.pem')}"]`]), async (server) => {
    assert.ok(await signedBy(first, server.base));
    assert.ok(!(await signedBy(second, server.base)));
    const told = (what) => eventually(async () => server.output.includes(what) || undefined, what);
    await writeFile(at('current.pem'), second.key + second.cert);
    process.kill(server.pid, 'SIGHUP');
    await told('GATEWAY_KEYS_RELOADED');
    assert.ok(await signedBy(second, server.base));
    await writeFile(at('current.pem'), '-----BEGIN NOTHING-----');
    process.kill(server.pid, 'SIGHUP');
    await told('GATEWAY_KEYS_REFUSED');
    assert.ok(await signedBy(second, server.base), 'what was in use stays in use');
  });
});

test('PKCS #12 under a passphrase', async () => {
  const { chain, key } = first.files;
  await run('openssl', ['pkcs12', '-export', '-in', chain, '-inkey', key, '-out', at('key.p12'), '-passout', 'pass:right']);
  await writeFile(at('right'), 'right\n');
  await writeFile(at('wrong'), 'wrong\n');
  const keys = `signing_keys = ["${at('key.p12')}"]`;
  await withServer(await configured('p12', [keys, `signing_passphrase = "${at('right')}"`]), async (server) =>
    assert.ok(await signedBy(first, server.base)),
  );
  for (const secret of ['wrong', 'none']) {
    const config = await configured('refused', [keys, `signing_passphrase = "${at(secret)}"`]);
    await assert.rejects(Kelisim.start({ config }), /signing_key_passphrase|cannot be read/);
  }
});

test('of two the one whose validity began last signs', async () => {
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const later = await (await Authority.make(place, 'later-authority')).issue('later');
  await writeFile(at('old.pem'), first.key + first.cert);
  await writeFile(at('new.pem'), later.key + later.cert);
  const config = await configured('two', [`signing_keys = ["${at('new.pem')}", "${at('old.pem')}"]`]);
  await withServer(config, async (server) => assert.ok(await signedBy(later, server.base)));
});

test('what is pushed to a participant, a message and a notice, is signed likewise', async () => {
  const [bank, owner] = [await Participant.start(), await Participant.start()];
  await writeFile(at('push.pem'), first.key + first.cert);
  const config = await configured('push', [`signing_keys = ["${at('push.pem')}"]`, `async_services = ["${service}"]`,
    `async_receivers = ["DEMOBANK=${bank.url}", "GBDFL=${owner.url}"]`]);
  await withServer(config, async (server) => {
    const authorization_details = details({ fields: allFields });
    const { access_token } = await consent(server.base, persons.abai, { authorization_details });
    const key = await issueEds(server.data, persons.ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
    const data = `<r><iin>${persons.abai.iin}</iin><kdpToken>${access_token}</kdpToken></r>`;
    const answer = await send(server.base, 'POST', '/bip-async-wss-gost/',
      { headers: { 'content-type': 'text/xml' }, body: await sign(key, 'soap', asyncMessage({ serviceId: service, data })) });
    assert.equal(answer.status, 200, answer.text);
    for (const pushed of [() => owner.messages()[0], () => bank.notices()[0]]) {
      const { text } = await eventually(async () => pushed(), 'a push');
      assert.ok(await isSigned(first, text), text);
      assert.ok(!(await isSigned(second, text)));
      assert.ok(!(await isSigned(first, text.replace(/messageId>[0-9a-f]/, 'messageId>x'))));
    }
  });
  await Promise.all([bank.stop(), owner.stop()]);
});

test('a key on a PKCS #11 token', async () => {
  await mkdir(at('tokens'));
  await writeFile(at('softhsm2.conf'), `directories.tokendir = ${at('tokens')}\n`);
  process.env.SOFTHSM2_CONF = at('softhsm2.conf');
  await run('softhsm2-util', ['--init-token', '--free', '--label', 'seal', '--pin', '1234', '--so-pin', '87654321']);
  await run('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', first.files.key, '-out', at('first.pk8')]);
  await run('softhsm2-util', ['--import', at('first.pk8'), '--token', 'seal', '--label', 'signing', '--id', '01', '--pin', '1234']);
  await writeFile(at('pin'), '1234\n');
  await copyFile(first.files.chain, at('token-certificate.pem'));
  const lines = ['token_module = "/usr/lib/softhsm/libsofthsm2.so"', 'token_label = "seal"', 'token_key = "signing"',
    `signing_passphrase = "${at('pin')}"`, `signing_certificates = "${at('token-certificate.pem')}"`];
  await withServer(await configured('token', lines), async (server) => assert.ok(await signedBy(first, server.base)));
  const missing = lines.map((line) => line.replace('"signing"', '"no such key"'));
  await assert.rejects(Kelisim.start({ config: await configured('no-key', missing) }), /signing_key_token/);
  assert.ok((await readFile(at('token.toml'), 'utf8')).includes('token_key'));
});
