// SPDX-License-Identifier: Apache-2.0
// The ledger as outsiders see it: everything fetched and verified by a verifier that shares nothing with the server, by
// the command, and by witnesses.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { codes, get, send } from '../support/http.mjs';
import { binary, eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { copyOf, from, logOf, sizeOf, textOf, verifier, vkeyOf, writeCopy } from '../support/ledger.mjs';
import { call, consent } from '../support/oauth.mjs';
import { engine, storeOptions } from '../support/store.mjs';
import { persons } from '../support/world.mjs';
import { Witness } from '../support/witness.mjs';

let server;
before(async () => {
  server = await Kelisim.start();
});
after(() => server.stop());

const checkpoint = (base) => textOf(base, 'checkpoint');
const metric = async (base, name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await get(base, '/metrics')).text)[1]);

// Until a checkpoint of more entries than `size` is there.
function grown(base, size) {
  return eventually(async () => {
    const note = await checkpoint(base);
    return sizeOf(note) > size ? note : undefined;
  }, `a checkpoint beyond ${size} entries`);
}

async function withServer(options, work) {
  const own = await Kelisim.start(options);
  try {
    await work(own);
  } finally {
    await own.stop();
  }
}

// Exit status and both outputs of `kelisim ledger verify`.
async function verify(...words) {
  const data = words.indexOf('--data');
  const options = data < 0 ? [] : await storeOptions(words[data + 1]);
  const child = spawn(binary, ['ledger', 'verify', ...words, ...options]);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (output[name] += chunk));
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, ...output };
}

test('what happens is under a signed checkpoint within a second, also after a pause, and idle nothing is written', async () => {
  const { base } = server;
  const { abai } = persons;
  const { access_token: token } = await consent(base, abai);
  const settled = () => eventually(async () => {
    const before = await checkpoint(base);
    // Longer than a round and a state of the map, which is one more entry.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return (await checkpoint(base)) === before ? before : undefined;
  }, 'the ledger caught up', 20_000);
  const before = await settled();
  const batches = await metric(base, 'kelisim_store_batches_total');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.equal(await metric(base, 'kelisim_store_batches_total'), batches, 'no batch while nothing happens');
  const appended = performance.now();
  assert.equal((await call(base, token, { iin: abai.iin, key: 'after a pause' })).status, 200);
  await grown(base, sizeOf(before));
  const milliseconds = performance.now() - appended;
  assert.ok(milliseconds < 1000, `published after ${milliseconds} ms`);
  // While more and more comes, too: and no more often than once a second.
  const signed = await metric(base, 'kelisim_ledger_checkpoints_total');
  const start = performance.now();
  let latest = 0;
  for (let i = 0; i < 3; ++i) {
    const size = sizeOf(await checkpoint(base));
    const { access_token: another } = await consent(base, persons.ybyrai);
    const called = performance.now();
    assert.equal((await call(base, another, { iin: persons.ybyrai.iin, key: `under way ${i}` })).status, 200);
    await grown(base, size);
    latest = Math.max(latest, performance.now() - called);
  }
  assert.ok(latest < 1200, `published after ${latest} ms`);
  await settled();
  const seconds = (performance.now() - start) / 1000;
  const more = (await metric(base, 'kelisim_ledger_checkpoints_total')) - signed;
  assert.ok(more >= 1 && more <= seconds + 1, `${more} checkpoints in ${seconds} s`);
});

test('the whole log verifies from outside, and proofs of single entries', async () => {
  const { base } = server;
  await consent(base, persons.abai);
  const vkey = await vkeyOf(base);
  assert.match(vkey, /^127\.0\.0\.1:\d+\/ledger\+/, 'named after the address of the log');
  const early = await checkpoint(base);
  await consent(base, persons.ybyrai);
  const late = await grown(base, sizeOf(early));
  const report = await verifier.verifyLog(logOf(base), vkey, early);
  assert.deepEqual(report.findings, []);
  assert.ok(report.entries >= sizeOf(late));
  for (const entry of [0, sizeOf(early) - 1, sizeOf(late) - 1]) {
    const { json } = await get(base, `/ledger/proof/${entry}`);
    const proven = await verifier.verifyInclusion(json, vkey);
    assert.ok(proven.size > entry);
    assert.equal(json.index, entry);
    const other = Buffer.from(json.leaf, 'base64');
    other[0] ^= 1;
    await assert.rejects(verifier.verifyInclusion({ ...json, leaf: other.toString('base64') }, vkey), verifier.Refused);
  }
});

test('partial tiles of every width are there, nothing beyond the checkpoint, and odd addresses are refused', async () => {
  const { base } = server;
  await consent(base, persons.abai);
  const size = sizeOf(await checkpoint(base));
  const tiles = logOf(base);
  const widest = Math.min(size, 255);
  const whole = await tiles(`tile/0/000.p/${widest}`);
  const bundle = await tiles(`tile/entries/000.p/${widest}`);
  for (const width of [1, 2, Math.floor(widest / 2), widest]) {
    assert.deepEqual(await tiles(`tile/0/000.p/${width}`), whole.subarray(0, width * 32));
    assert.deepEqual(await tiles(`tile/entries/000.p/${width}`), bundle.subarray(0, width * 35));
  }
  const beyond = String(Math.floor(size / 256) + 1).padStart(3, '0');
  for (const address of ['tile/0/x999/999', `tile/0/${beyond}`, `tile/0/${beyond}.p/1`, `tile/entries/${beyond}.p/1`, 'tile/1/001', 'tile/7/000.p/1',
    'tile/63/000', 'tile/64/000', 'tile/0/0', 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/x000/000', 'tile/00/000', 'tile/', 'tile/entries',
    'tile/0/%30%30%30', `tile/0/${'x001/'.repeat(200)}001`, 'proof/-1', 'proof/01', `proof/${size + 1000}`, 'proof/9223372036854775808', 'proof/x',
    'checkpoint/cosigned']) {
    const answer = await get(base, `/ledger/${address}`);
    assert.equal(answer.status, 404, address);
    assert.deepEqual(codes(answer.json), ['ledger_not_found'], address);
    assert.equal(answer.headers['cache-control'], 'no-store', 'the address may exist tomorrow');
  }
  assert.equal((await send(base, 'POST', '/ledger/checkpoint')).status, 405);
  assert.equal((await get(base, `/ledger/tile/${'0'.repeat(100_000)}`)).status, 414);
});

test('over the width of a tile: full tiles, the level above, and proofs across them', async () => {
  const { base } = server;
  const { abai } = persons;
  const { access_token: token } = await consent(base, abai);
  // A refused call under a living consent is an entry; the checkpoint follows within a second or two.
  for (let i = 0; i < 260; ++i) {
    const refused = await call(base, token, { iin: persons.ybyrai.iin, key: `other ${i}` });
    assert.ok(codes(refused.json).includes('use_person_differs'), refused.text);
  }
  await grown(base, 257);
  const vkey = await vkeyOf(base);
  const report = await verifier.verifyLog(logOf(base), vkey);
  assert.deepEqual(report.findings, []);
  const tiles = logOf(base);
  assert.equal((await tiles('tile/0/000')).length, 8192);
  assert.equal((await tiles('tile/0/000.p/255')).length, 255 * 32, 'a partial tile of a checkpoint that was');
  assert.equal((await tiles('tile/1/000.p/1')).length, 32);
  assert.equal((await get(base, '/ledger/tile/1/000')).status, 404, 'not full yet');
  for (const entry of [0, 255, 256]) await verifier.verifyInclusion((await get(base, `/ledger/proof/${entry}`)).json, vkey);
});

test('caches may keep for ever what never changes, and the checkpoint for a second', async () => {
  const { base } = server;
  await consent(base, persons.abai);
  const kinds = {
    checkpoint: ['text/plain; charset=utf-8', 'public, max-age=1'],
    vkey: ['text/plain; charset=utf-8', 'public, max-age=3600'],
    'tile/0/000.p/1': ['application/octet-stream', 'public, max-age=31536000, immutable'],
    'tile/entries/000.p/1': ['application/octet-stream', 'public, max-age=31536000, immutable'],
    'proof/0': ['application/json', 'no-store'],
  };
  for (const [address, [type, cache]] of Object.entries(kinds)) {
    const answer = await get(base, `/ledger/${address}`);
    assert.deepEqual([answer.status, answer.headers['content-type'], answer.headers['cache-control']], [200, type, cache], address);
    if (address === 'proof/0') continue;
    const head = await send(base, 'HEAD', `/ledger/${address}`);
    assert.equal(head.headers['content-length'], answer.headers['content-length'], address);
  }
});

test('the command verifies a running log, a directory, and ours against it', async () => {
  const data = await temporaryDirectory();
  const copy = await temporaryDirectory();
  try {
    let early;
    await withServer({ data }, async ({ base }) => {
      await consent(base, persons.abai);
      early = await grown(base, 0);
      await writeFile(path.join(copy, 'early'), early);
      await consent(base, persons.ybyrai);
      const late = await grown(base, sizeOf(early));
      const over = await verify('--against', `${base}/ledger`, '--since', path.join(copy, 'early'));
      assert.equal(over.status, 0, over.stderr);
      assert.match(over.stdout, /entries of 127\.0\.0\.1:\d+\/ledger in \d+ tiles and bundles/);
      assert.match(over.stdout, /known from elsewhere/);
      assert.ok(sizeOf(late) > sizeOf(early));
      await writeCopy(await copyOf(base), copy);
      await writeFile(path.join(copy, 'vkey'), await vkeyOf(base));
    });
    const both = await verify('--data', data, '--against', copy, '--since', path.join(copy, 'early'));
    assert.equal(both.status, 0, both.stderr);
    assert.doesNotMatch(both.stdout, /known from elsewhere/, 'our own key needs no word');
    const files = ['tile/entries', 'tile/0'].map((folder) => path.join(copy, folder));
    const partial = async (folder) => {
      const [name] = await readdir(folder);
      const [width] = await readdir(path.join(folder, name));
      return path.join(folder, name, width);
    };
    for (const folder of files) {
      const file = await partial(folder);
      const bytes = await readFile(file);
      const changed = Buffer.from(bytes);
      changed[40] ^= 1;
      await writeFile(file, changed);
      const wrong = await verify('--data', data, '--against', copy);
      assert.equal(wrong.status, 1);
      assert.match(wrong.stderr, /does not hash to its leaf/);
      assert.match(wrong.stderr, /not those of the copy/);
      await writeFile(file, bytes);
    }
    // Another log: another key, another origin.
    await withServer({}, async ({ base }) => {
      await consent(base, persons.abai);
      const foreign = await verify('--against', `${base}/ledger`, '--vkey', path.join(copy, 'vkey'));
      assert.equal(foreign.status, 1);
      assert.match(foreign.stderr, /of another log/);
      const forked = await verify('--against', `${base}/ledger`, '--since', path.join(copy, 'early'));
      assert.equal(forked.status, 1);
    });
    for (const words of [[], ['--against', '/nowhere'], ['--against', 'http://x y'], ['--against', copy, '--vkey', 'nonsense'],
      ['--against', 'http://127.0.0.1:1/ledger']]) {
      assert.equal((await verify(...words)).status, 1, words.join(' '));
    }
  } finally {
    await rm(data, { recursive: true, force: true });
    await rm(copy, { recursive: true, force: true });
  }
});

// 418-V art. 40(2), 94-V: what was recorded stays provable, and says nothing about the person.
test('after a person is erased every proof still verifies, and nothing can be read', async () => {
  const data = await temporaryDirectory();
  const { abai } = persons;
  try {
    let early, vkey, proof;
    await withServer({ data }, async ({ base }) => {
      await consent(base, abai);
      early = await grown(base, 0);
      vkey = await vkeyOf(base);
      proof = (await get(base, '/ledger/proof/0')).json;
    });
    const { stdout } = await erase(data, abai.iin);
    assert.match(stdout, /^erased/);
    await withServer({ data }, async ({ base }) => {
      await grown(base, sizeOf(early));
      assert.equal(await vkeyOf(base), vkey, 'the key and the name survive a restart on another port');
      const files = await copyOf(base);
      assert.deepEqual((await verifier.verifyLog(from(files), vkey, early)).findings, []);
      await verifier.verifyInclusion(proof, vkey);
      const everything = Buffer.concat([...files.values()]);
      for (const word of [abai.iin, abai.phone, abai.surname, 'consent', 'granted']) assert.ok(!everything.includes(word), word);
      // An entry is a format byte and a commitment, and nothing else.
      for (const [address, bytes] of files) {
        if (!address.startsWith('tile/entries/')) continue;
        for (let at = 0; at < bytes.length; at += 35) assert.deepEqual([...bytes.subarray(at, at + 3)], [0, 33, 1]);
      }
    });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

async function erase(data, iin) {
  const child = spawn(binary, ['person', 'erase', '--data', data, ...(await storeOptions(data))]);
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stdin.end(`${iin}\n`);
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
  return { stdout };
}

test('witnesses sign what they have checked; who is silent or lies holds nobody back', async () => {
  const data = await temporaryDirectory();
  const names = ['honest', 'late', 'silent', 'lying'];
  const witnesses = await Promise.all(names.map((name) => Witness.start(`witness.example/${name}`)));
  const [honest, late, silent, lying] = witnesses;
  silent.behaviour = 'silent';
  lying.behaviour = 'lying';
  try {
    const list = witnesses.map(({ vkey, url }) => JSON.stringify(`${vkey} ${url}`)).join(', ');
    const config = path.join(data, 'kelisim.toml');
    // The file ends in the table that these belong to.
    await writeFile(config, `${await readFile(patient, 'utf8')}witness_interval_ms = 100\nwitnesses = [${list}]\n`);
    let first;
    await withServer({ data, config }, async (own) => {
      const { base } = own;
      for (const witness of witnesses) witness.logKey = await vkeyOf(base);
      await consent(base, persons.abai);
      const signedBy = (witness, size) => eventually(async () => {
        const answer = await get(base, '/ledger/checkpoint');
        return sizeOf(answer.text) > size && witness.hasSigned(answer.text) ? answer.text : undefined;
      }, `${witness.name} signed`);
      first = await signedBy(honest, 0);
      await signedBy(late, 0);
      const size = sizeOf(first);
      await consent(base, persons.ybyrai);
      const second = await signedBy(honest, size);
      assert.ok(honest.seen.some(({ old, size: to, status }) => status === 200 && old > 0 && to > old), 'with a consistency proof');
      assert.ok(!silent.hasSigned(second) && !lying.hasSigned(second));
      assert.ok(lying.seen.some(({ status }) => status === 200), 'it was asked');
      assert.deepEqual((await verifier.verifyLog(logOf(base), await vkeyOf(base), first)).findings, []);
      const cosigned = await get(base, '/ledger/checkpoint/cosigned');
      assert.equal(cosigned.status, 200);
      assert.ok(honest.hasSigned(cosigned.text));
      await eventually(async () => (own.output.includes('LEDGER_WITNESS_FAILED') ? true : undefined), 'it is reported');
      assert.ok((await metric(base, 'kelisim_ledger_witness_failures_total')) > 0);
      assert.ok((await metric(base, 'kelisim_ledger_cosignatures_total')) >= 3);
    });
    // After a restart we do not know how far they are: they tell by a conflict.
    late.behaviour = 'silent';
    honest.seen.length = 0;
    await withServer({ data, config }, async ({ base }) => {
      const kept = await get(base, '/ledger/checkpoint/cosigned');
      assert.ok(honest.hasSigned(kept.text), 'what was signed is there after a restart');
      await consent(base, persons.abai);
      await eventually(async () => (honest.hasSigned(await checkpoint(base)) ? true : undefined), 'signed again');
      assert.ok(honest.seen.some(({ old, status }) => status === 409 && old === 0));
      assert.ok(honest.seen.every(({ status }) => status === 200 || status === 409), JSON.stringify(honest.seen));
    });
  } finally {
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await rm(data, { recursive: true, force: true });
  }
});

// A bit in the database: found at the next start, reported, and never signed over. The tree of outsiders stays as it was.
test('damage in the database is found and stops the signing', { skip: engine === 'postgres' && 'the file is SQLite’s' }, async () => {
  const data = await temporaryDirectory();
  try {
    let before;
    await withServer({ data }, async ({ base }) => {
      await consent(base, persons.abai);
      before = await grown(base, 0);
    });
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(path.join(data, 'kelisim.db'));
    database.exec('UPDATE ledger_leaf SET hash = zeroblob(32) WHERE number = 3');
    database.close();
    const own = await Kelisim.start({ data });
    try {
      await eventually(async () => (own.output.includes('LEDGER_DAMAGED') ? true : undefined), 'it is reported');
      assert.equal(await metric(own.base, 'kelisim_ledger_signing'), 0);
      await consent(own.base, persons.ybyrai); // the service goes on
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.ok(sizeOf(await checkpoint(own.base)) - sizeOf(before) < 10, 'nothing new is signed');
      const outside = await verify('--against', `${own.base}/ledger`);
      assert.equal(outside.status, 1);
    } finally {
      await own.stop();
    }
    const ours = await verify('--data', data);
    assert.equal(ours.status, 1);
    assert.match(ours.stderr, /leaf 3 /);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

test('a directory that lost its memory of what was signed is no way to sign it again', async () => {
  const data = await temporaryDirectory();
  try {
    await withServer({ data }, async ({ base }) => {
      await consent(base, persons.abai);
      await grown(base, 0);
    });
    // As if a database from a backup, older than the last checkpoint, had been put in its place.
    const kept = path.join(data, 'ledger-checkpoint');
    const note = await readFile(kept, 'utf8');
    await writeFile(kept, note.replace(/\n\d+\n/, '\n999999\n'));
    await withServer({ data }, async (own) => {
      await eventually(async () => (own.output.includes('LEDGER_DAMAGED') ? true : undefined), 'it is reported');
      assert.equal(await metric(own.base, 'kelisim_ledger_signing'), 0);
    });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
