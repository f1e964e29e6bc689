// SPDX-License-Identifier: Apache-2.0
// The independent verifier (web/ledger/verify.ts), type-checked, on logs that this file builds by itself: it takes every
// right one, of each width where tiles begin and end, and none that was touched.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { from, verifier } from '../support/ledger.mjs';

const { Refused } = verifier;
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const keys = generateKeyPairSync('ed25519');
const raw = keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);

const idOf = (name) => sha256(Buffer.from(`${name}\n`), Buffer.of(1), raw).subarray(0, 4);
const vkeyOf = (name) => `${name}+${idOf(name).toString('hex')}+${Buffer.concat([Buffer.of(1), raw]).toString('base64')}`;
const name = 'log.example/kz';
const vkey = vkeyOf(name);

function note(size, root, by = name, key = keys.privateKey) {
  const text = `${by}\n${size}\n${root.toString('base64')}\n`;
  const signature = Buffer.concat([idOf(by), sign(null, Buffer.from(text), key)]).toString('base64');
  return `${text}\n\u2014 ${by} ${signature}\n`;
}

// Levels of pairs; an odd one at the end moves up as it is: the shape of RFC 9162 2.1, found from below.
function rootOf(hashes) {
  if (hashes.length === 0) return sha256();
  let level = hashes;
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? sha256(Buffer.of(1), level[i], level[i + 1]) : level[i]);
    }
    level = next;
  }
  return level[0];
}

function logOf(size, seed = '') {
  const entries = Array.from({ length: size }, (_, i) => Buffer.concat([Buffer.of(1), sha256(Buffer.from(`${seed}${i}`))]));
  const leaves = entries.map((entry) => sha256(Buffer.of(0), entry));
  const files = new Map([['checkpoint', Buffer.from(note(size, rootOf(leaves)))]]);
  for (let n = 0; n * 256 < size; ++n) {
    const part = entries.slice(n * 256, n * 256 + 256);
    files.set(verifier.tilePath('entries', n, part.length), Buffer.concat(part.flatMap((entry) => [Buffer.of(0, 33), entry])));
  }
  for (let level = 0, hashes = leaves; hashes.length > 0; ++level) {
    const roots = [];
    for (let n = 0; n * 256 < hashes.length; ++n) {
      const part = hashes.slice(n * 256, n * 256 + 256);
      files.set(verifier.tilePath(level, n, part.length), Buffer.concat(part));
      if (part.length === 256) roots.push(rootOf(part));
    }
    hashes = roots;
  }
  return { files, leaves, checkpoint: files.get('checkpoint').toString() };
}

const verified = (files, since) => verifier.verifyLog(from(files), vkey, since);

test('logs of every width hold', async () => {
  for (const size of [0, 1, 2, 255, 256, 257, 600, 65_537]) {
    const report = await verified(logOf(size).files);
    assert.deepEqual([report.findings, report.entries, report.checkpoint.size], [[], size, size], String(size));
  }
});

test('addresses of tiles are those of the standard', () => {
  assert.equal(verifier.tilePath(0, 1_234_067, 256), 'tile/0/x001/x234/067');
  assert.equal(verifier.tilePath('entries', 0, 42), 'tile/entries/000.p/42');
  assert.equal(verifier.tilePath(1, 1000, 1), 'tile/1/x001/000.p/1');
});

test('a flipped bit in any file is found', async () => {
  const { files } = logOf(600);
  for (const [address, bytes] of files) {
    for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 2]) {
      const touched = new Map(files).set(address, Buffer.from(bytes));
      touched.get(address)[at] ^= 4;
      const found = await verified(touched).then(({ findings }) => findings.length > 0, (error) => error instanceof Refused || error instanceof TypeError);
      assert.ok(found, `${address} at ${at}`);
    }
    const without = new Map(files);
    without.delete(address);
    await verified(without).then(({ findings }) => assert.ok(findings.length > 0, address), () => {});
  }
});

test('who signed, and what for', async () => {
  const { files, leaves, checkpoint } = logOf(300);
  const root = rootOf(leaves);
  const other = generateKeyPairSync('ed25519').privateKey;
  for (const wrong of [note(300, root, 'else.example'), note(300, root, name, other), checkpoint.replace('300', '299'), checkpoint.slice(0, -1),
    checkpoint.replace('\u2014', '-'), checkpoint.split('\n\n')[0], `${checkpoint}x\n`, note('0300', root), note(300, root.subarray(1)), '']) {
    await assert.rejects(verified(new Map(files).set('checkpoint', Buffer.from(wrong))), Refused, wrong);
  }
  // Signatures of others stand beside ours and change nothing.
  const cosigned = checkpoint + note(1, root, 'witness.example').split('\n\n')[1];
  assert.deepEqual((await verified(new Map(files).set('checkpoint', Buffer.from(cosigned)))).findings, []);
  for (const wrong of ['', vkey.slice(0, -1), vkey.replace('+', ' '), vkey.replace(name, 'other'), vkeyOf('else.example')]) {
    await assert.rejects(verifier.verifyLog(from(files), wrong), Refused, wrong);
  }
});

test('an earlier checkpoint: continued, shrunk, forked', async () => {
  const { files } = logOf(600);
  for (const size of [0, 1, 256, 300, 600]) assert.deepEqual((await verified(files, logOf(size).checkpoint)).findings, []);
  assert.deepEqual((await verified(files, logOf(601).checkpoint)).findings, ['the log has shrunk']);
  assert.deepEqual((await verified(files, logOf(300, 'x').checkpoint)).findings, ['the log has forked']);
});

// RFC 9162 2.1.3.1 and 2.1.4.1 as loops over pairs, to be held against the verifier's recursion.
function inclusion(leaves, index) {
  const path = [];
  for (let level = leaves, at = index; level.length > 1; at >>= 1) {
    const sibling = at ^ 1;
    if (sibling < level.length) path.push(level[sibling]);
    const next = [];
    for (let i = 0; i < level.length; i += 2) next.push(rootOf(level.slice(i, i + 2)));
    level = next;
  }
  return path;
}

test('each entry of each tree is proved, and nothing else', async () => {
  for (const size of [1, 2, 3, 7, 8, 9, 20]) {
    const { leaves, checkpoint } = logOf(size);
    for (let index = 0; index < size; ++index) {
      const path = inclusion(leaves, index).map((hash) => hash.toString('base64'));
      const proof = { index, leaf: leaves[index].toString('base64'), path, checkpoint };
      await verifier.verifyInclusion(proof, vkey);
      const another = leaves[(index + 1) % size].toString('base64');
      const wrong = [{ ...proof, index: size }, { ...proof, index: -1 }, { ...proof, index: 0.5 }, { ...proof, path: [...path, another] },
        { ...proof, leaf: rootOf([]).toString('base64') }, { ...proof, leaf: 'x' }];
      if (size > 1) wrong.push({ ...proof, index: (index + 1) % size }, { ...proof, leaf: another }, { ...proof, path: path.slice(1) });
      for (const each of wrong) await assert.rejects(verifier.verifyInclusion(each, vkey), Refused, JSON.stringify(each));
    }
  }
});

test('a consistency proof holds for its two trees alone', async () => {
  // Two known ones of Certificate Transparency's tests would need its leaves; here: 3 to 7, by hand (RFC 9162 2.1.5).
  const { leaves, checkpoint } = logOf(7);
  const [c, d] = [leaves[2], leaves[3]];
  const proof = [c, d, rootOf(leaves.slice(0, 2)), rootOf(leaves.slice(4))].map((hash) => new Uint8Array(hash));
  const older = await verifier.openCheckpoint(logOf(3).checkpoint, vkey);
  const newer = await verifier.openCheckpoint(checkpoint, vkey);
  await verifier.verifyConsistency(older, newer, proof);
  const forked = await verifier.openCheckpoint(logOf(3, 'x').checkpoint, vkey);
  for (const [from_, to, path] of [[forked, newer, proof], [newer, older, proof], [older, newer, proof.slice(1)], [older, newer, []],
    [older, newer, [...proof, proof[0]]], [older, forked, proof], [older, newer, [...proof].reverse()]]) {
    await assert.rejects(verifier.verifyConsistency(from_, to, path), Refused);
  }
});
