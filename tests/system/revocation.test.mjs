// SPDX-License-Identifier: Apache-2.0
// Whether a certificate was taken back, asked over HTTP of a real responder (OpenSSL's) and of a real list: INT-60.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, temporaryDirectory } from '../support/kelisim.mjs';
import { Authority } from '../support/pki.mjs';
import { Responder } from '../support/responder.mjs';

const run = promisify(execFile);
const serial = '4101';
let directory;
let responder;

const file = (name) => path.join(directory, name);
const standing = (how) => responder.stands(serial, how);

before(async () => {
  directory = await temporaryDirectory();
  const authority = await Authority.make(directory, 'ca');
  responder = await Responder.start(authority);
  await authority.issue('person', { usage: 'emailProtection', serial: `0x${serial}`, more: responder.addresses });
  await mkdir(file('anchors'));
  await writeFile(file('anchors/ca.pem'), await readFile(file('ca.pem')));
  const { stdout } = await run(binary, ['trust', 'show', file('ca.pem'), '--language', 'en']);
  const sha256 = /SHA-256: ([0-9a-f]{64})/.exec(stdout)[1];
  await writeFile(file('anchors/authorities.toml'), `contour = "test"\n[[authority]]\nname = "own"\nfile = "ca.pem"\nsha256 = "${sha256}"\nanchor = true\n`);
});
after(async () => {
  await responder.stop();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  responder.asked = [];
  responder.answer = (request) => responder.respond(request);
  responder.list = undefined;
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
  await standing('good');
  assert.deepEqual(await verify(), { code: 0, against: [], open: [], noted: [] });
  assert.deepEqual(responder.asked, ['/ocsp'], 'no list is needed then');
});

test('a responder that says revoked, on hold, and that it does not know', async () => {
  await standing('revoked');
  assert.deepEqual((await verify()).against, ['certificate_revoked']);
  await standing('held');
  assert.deepEqual((await verify()).open, ['certificate_on_hold']);
  await standing(undefined);
  await responder.stands('4999', 'good');
  const unknown = await verify();
  assert.equal(unknown.code, 3);
  assert.deepEqual(unknown.open, ['revocation_unknown']);
});

test('an answer that was given to somebody else before is not taken', async () => {
  await standing('good');
  let kept;
  responder.answer = async (request) => (kept ??= await responder.respond(request));
  assert.equal((await verify()).code, 0);
  await standing('revoked');
  const replayed = await verify();
  assert.equal(replayed.code, 3);
  assert.ok(replayed.open.includes('status_nonce'));
});

test('the list decides when the responder is broken, and says what was wrong with it', async () => {
  await standing('good');
  responder.answer = () => Buffer.from('<html>Try again</html>');
  responder.list = await responder.makeList();
  assert.deepEqual(await verify(), { code: 0, against: [], open: [], noted: ['status_malformed'] });
  await standing('revoked');
  responder.list = await responder.makeList();
  assert.deepEqual((await verify()).against, ['certificate_revoked']);
});

test('nobody answers: it is told twice, and is no yes', async () => {
  responder.answer = undefined;
  const silent = await verify();
  assert.equal(silent.code, 3);
  assert.deepEqual(silent.open, ['revocation_unknown']);
  assert.deepEqual(responder.asked, ['/ocsp', '/ocsp', '/list.crl', '/list.crl'], 'each is tried once more');
  assert.equal((await verify('--without-revocation')).code, 0);
});

test('what is larger than any answer is not read to its end', async () => {
  responder.answer = () => Buffer.alloc(64 * 1024 + 1, 0x30);
  assert.equal((await verify()).code, 3);
});
