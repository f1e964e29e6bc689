// SPDX-License-Identifier: Apache-2.0
// Whether a certificate was taken back, asked over HTTP of a real responder (OpenSSL's) and of a real list: INT-60.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, temporaryDirectory } from '../support/kelisim.mjs';
import { Authority } from '../support/pki.mjs';

const run = promisify(execFile);
let directory;
let server;
let asked;
// What the authority's machine does: answers, is broken, answers with another time's answer.
let responder;
let list;

const file = (name) => path.join(directory, name);
const openssl = (...words) => run('openssl', words, { cwd: directory });

// One row of OpenSSL's index for the person's certificate.
async function standing(row) {
  await writeFile(file('index.txt'), `${row}\t4101\tunknown\t/CN=person\n`);
}
const good = 'V\t360101000000Z\t';
const revoked = 'R\t360101000000Z\t261101000000Z,keyCompromise';
const held = 'R\t360101000000Z\t261101000000Z,certificateHold';

async function answer(request) {
  await writeFile(file('request.der'), request);
  const signer = ['-CA', 'ca.pem', '-rsigner', 'responder.pem', '-rkey', 'responder.key'];
  await openssl('ocsp', '-index', 'index.txt', ...signer, '-reqin', 'request.der', '-respout', 'response.der');
  return readFile(file('response.der'));
}

async function makeList() {
  await writeFile(file('ca.cnf'), '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=ext\n[ext]\nauthorityKeyIdentifier=keyid\n');
  await writeFile(file('crlnumber'), '01\n');
  await openssl('ca', '-config', 'ca.cnf', '-gencrl', '-keyfile', 'ca.key', '-cert', 'ca.pem', '-out', 'list.pem');
  await openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.der');
  return readFile(file('list.der'));
}

before(async () => {
  directory = await temporaryDirectory();
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(request.url);
    const body = request.url === '/ocsp' ? await responder?.(Buffer.concat(chunks)) : list;
    response.writeHead(body ? 200 : 500).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${server.address().port}`;
  const authority = await Authority.make(directory, 'ca');
  const addresses = `authorityInfoAccess=OCSP;URI:${base}/ocsp\ncrlDistributionPoints=URI:${base}/list.crl`;
  await authority.issue('person', { usage: 'emailProtection', serial: '0x4101', more: addresses });
  await authority.issue('responder', { usage: 'OCSPSigning', more: 'noCheck=ignored' });
  await mkdir(file('anchors'));
  await writeFile(file('anchors/ca.pem'), await readFile(file('ca.pem')));
  const { stdout } = await run(binary, ['trust', 'show', file('ca.pem'), '--language', 'en']);
  const sha256 = /SHA-256: ([0-9a-f]{64})/.exec(stdout)[1];
  await writeFile(file('anchors/authorities.toml'), `contour = "test"\n[[authority]]\nname = "own"\nfile = "ca.pem"\nsha256 = "${sha256}"\nanchor = true\n`);
});
after(async () => {
  server.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  asked = [];
  responder = answer;
  list = undefined;
});

async function verify(...words) {
  const all = ['trust', 'verify', file('person.pem'), '--anchors', file('anchors'), '--json', ...words];
  const { code, stdout } = await new Promise((resolve) =>
    execFile(binary, all, (error, out) => resolve({ code: error?.code ?? 0, stdout: out })),
  );
  const report = JSON.parse(stdout);
  const of = (weight) => report.findings.filter((one) => one.weight === weight).map((one) => one.code);
  return { code, against: of('fails'), open: of('leaves_open'), noted: of('note') };
}

test('a responder that says good', async () => {
  await standing(good);
  assert.deepEqual(await verify(), { code: 0, against: [], open: [], noted: [] });
  assert.deepEqual(asked, ['/ocsp'], 'no list is needed then');
});

test('a responder that says revoked, on hold, and that it does not know', async () => {
  await standing(revoked);
  assert.deepEqual((await verify()).against, ['certificate_revoked']);
  await standing(held);
  assert.deepEqual((await verify()).open, ['certificate_on_hold']);
  await writeFile(file('index.txt'), 'V\t360101000000Z\t\t4999\tunknown\t/CN=other\n');
  const unknown = await verify();
  assert.equal(unknown.code, 3);
  assert.deepEqual(unknown.open, ['revocation_unknown']);
});

test('an answer that was given to somebody else before is not taken', async () => {
  await standing(good);
  let kept;
  responder = async (request) => (kept ??= await answer(request));
  assert.equal((await verify()).code, 0);
  await standing(revoked);
  const replayed = await verify();
  assert.equal(replayed.code, 3);
  assert.ok(replayed.open.includes('status_nonce'));
});

test('the list decides when the responder is broken, and says what was wrong with it', async () => {
  await standing(good);
  responder = () => Buffer.from('<html>Try again</html>');
  list = await makeList();
  assert.deepEqual(await verify(), { code: 0, against: [], open: [], noted: ['status_malformed'] });
  await standing(revoked);
  list = await makeList();
  assert.deepEqual((await verify()).against, ['certificate_revoked']);
});

test('nobody answers: it is told twice, and is no yes', async () => {
  responder = undefined;
  const silent = await verify();
  assert.equal(silent.code, 3);
  assert.deepEqual(silent.open, ['revocation_unknown']);
  assert.deepEqual(asked, ['/ocsp', '/ocsp', '/list.crl', '/list.crl'], 'each is tried once more');
  assert.equal((await verify('--without-revocation')).code, 0);
});

test('what is larger than any answer is not read to its end', async () => {
  responder = () => Buffer.alloc(64 * 1024 + 1, 0x30);
  assert.equal((await verify()).code, 3);
});
