// SPDX-License-Identifier: Apache-2.0
// The operator's tool for certificates and signed documents: `kelisim trust verify` and `show`, on real material.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { binary, temporaryDirectory } from '../support/kelisim.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const vectors = path.join(root, 'libs/trust/src/vectors');
const testContour = path.join(root, 'deploy/trust/test');
const production = path.join(root, 'deploy/trust/production');
const generated = (name) => path.join(vectors, 'generated', name);
const person = path.join(vectors, 'test/gost2015_individual.cer');

let own; // trusts the authority of the generated material
let scratch;
before(async () => {
  scratch = await temporaryDirectory();
  own = path.join(scratch, 'own');
  await mkdir(own);
  await writeFile(path.join(own, 'ca.der'), await readFile(generated('ca.der')));
  const { stdout } = await run('trust', 'show', generated('ca.der'));
  const sha256 = /SHA-256: ([0-9a-f]{64})/.exec(stdout)[1];
  await writeFile(
    path.join(own, 'authorities.toml'),
    `contour = "test"\n[[authority]]\nname = "generated"\nfile = "ca.der"\nsha256 = "${sha256}"\nanchor = true\nrole_arcs = ["1.2.398.3.3.4"]\n`,
  );
});
after(() => rm(scratch, { recursive: true }));

function run(...words) {
  const env = { ...process.env, LC_ALL: 'C' };
  return new Promise((resolve) =>
    execFile(binary, words, { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr })),
  );
}
const verify = (file, anchors, ...words) => run('trust', 'verify', file, '--anchors', anchors, '--without-revocation', ...words);
const codes = ({ stdout }) => {
  const report = JSON.parse(stdout);
  const certificates = (report.signers ?? []).map(({ certificate }) => certificate).filter(Boolean);
  return [report, ...(report.signers ?? []), ...certificates]
    .flatMap(({ findings }) => findings)
    .filter(({ weight }) => weight !== 'note')
    .map(({ code }) => code);
};

test('a certificate of the test contour at an instant of its life', async () => {
  const done = await verify(person, testContour, '--at', '2022-09-02T12:00:00Z');
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /Valid\./);
  assert.match(done.stdout, /role: natural_person/);
  assert.match(done.stdout, /\[note\].*revoked/, 'it says what was not asked');
});

test('the same certificate today, in production, and with revocation that nobody can tell', async () => {
  const today = await verify(person, testContour, '--json');
  assert.equal(today.code, 1);
  assert.deepEqual(codes(today), ['certificate_expired']);
  const elsewhere = await verify(person, production, '--at', '2022-09-02T12:00:00Z', '--json');
  assert.equal(elsewhere.code, 1);
  assert.deepEqual(codes(elsewhere), ['chain_no_anchor']);
});

test('signed documents: CMS, XML', async () => {
  for (const file of ['att.cms', 'signed.xml']) {
    const done = await verify(generated(file), own, '--json');
    assert.equal(done.code, 0, file + done.stdout + done.stderr);
    const report = JSON.parse(done.stdout);
    assert.equal(report.verdict, 'valid');
    assert.equal(report.signers.length, 1);
    assert.equal(report.signers[0].certificate.chain[0].owner.bin, '123456789021');
  }
});

test('an altered document is invalid, and so is a foreign authority’s', async () => {
  const altered = path.join(scratch, 'altered.xml');
  await writeFile(altered, (await readFile(generated('signed.xml'), 'utf8')).replace('<nonce>abc', '<nonce>abd'));
  const done = await verify(altered, own);
  assert.equal(done.code, 1, done.stdout);
  assert.match(done.stdout, /INVALID/);
  const foreign = await verify(generated('signed.xml'), testContour, '--json');
  assert.equal(foreign.code, 1);
  assert.ok(codes(foreign).includes('chain_no_anchor'));
  const cms = await readFile(generated('att.cms'));
  cms[cms.indexOf('challenge') + 1] ^= 1;
  await writeFile(path.join(scratch, 'altered.cms'), cms);
  assert.equal((await verify(path.join(scratch, 'altered.cms'), own)).code, 1);
});

test('a detached content that differs', async () => {
  const content = path.join(scratch, 'content');
  await writeFile(content, 'challenge-0123456789');
  assert.equal((await verify(generated('att.cms'), own, '--detached', content)).code, 0);
  await writeFile(content, 'challenge-0123456780');
  assert.equal((await verify(generated('att.cms'), own, '--detached', content)).code, 1);
});

test('what is no document, and what cannot be used', async () => {
  const garbage = path.join(scratch, 'garbage');
  await writeFile(garbage, 'neither this nor that');
  assert.notEqual((await verify(garbage, own)).code, 0);
  await writeFile(garbage, '');
  assert.notEqual((await verify(garbage, own)).code, 0);
  await writeFile(garbage, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>');
  assert.equal((await verify(garbage, own)).code, 1);
  assert.equal((await verify(person, scratch)).code, 2, 'no authorities.toml');
  assert.equal((await verify(person, own, '--at', 'yesterday')).code, 2);
  assert.equal((await verify(person, own, '--at', '2999-01-01T00:00:00Z')).code, 2, 'nobody knows the future');
  assert.equal((await run('trust', 'show', garbage)).code, 2);
});

test('whom to trust stands in the configuration, or nowhere', async () => {
  const config = path.join(scratch, 'kelisim.toml');
  await writeFile(config, `[trust]\nauthorities = "${testContour}"\n`);
  const words = ['trust', 'verify', person, '--without-revocation', '--at', '2022-09-02T12:00:00Z'];
  assert.equal((await run(...words, '--config', config)).code, 0);
  const nobody = await run(...words);
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /say whom to trust/);
});

test('in three languages', async () => {
  for (const [language, word] of [['kk', 'Жарамды'], ['ru', 'Действительно'], ['en', 'Valid']]) {
    const done = await verify(person, testContour, '--at', '2022-09-02T12:00:00Z', '--language', language);
    assert.match(done.stdout, new RegExp(word));
  }
});
