// SPDX-License-Identifier: Apache-2.0
// That nothing is hidden from a person: what /api/v1/me/ledger answers, checked by the verifier that shares nothing with the
// server; and what it says when the answer, or the database under it, is another than it should be (418-V ст.36(4)).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { get } from '../support/http.mjs';
import { binary, eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { copyOf, from, logOf, sizeOf, textOf, verifier, vkeyOf } from '../support/ledger.mjs';
import { call, consent } from '../support/oauth.mjs';
import { storeOptions, tamper } from '../support/store.mjs';
import { Witness } from '../support/witness.mjs';
import { persons } from '../support/world.mjs';

const { abai, ybyrai, eighth, daughter } = persons;
let server, mine, other, story;

// Every page, as a page of the browser would read them; also while a state of the map waits for its checkpoint.
async function pagesOf(cabinet, { query = '', limit = 100, after: leaf } = {}) {
  const pages = [];
  for (let next = leaf, more = true; more; ) {
    const page = await cabinet.read(`/ledger?limit=${limit}${next === undefined ? '' : `&after=${next}`}${query}`);
    pages.push(page);
    next = page.next;
    more = next !== undefined;
  }
  return pages;
}

const rootOf = (page) => (page.epoch ? JSON.parse(page.epoch.fact) : { size: 0, epoch: 0 });

// When the map counts all that there is.
function settled(cabinet, options) {
  return eventually(async () => {
    const pages = await pagesOf(cabinet, options);
    const size = rootOf(pages.at(-1)).size;
    return pages.at(-1).epoch && pages.every(({ items }) => items.every(({ leaf }) => leaf < size)) ? pages : undefined;
  }, 'a state of the map that counts everything', 10_000);
}

const verifyMine = (pages, more = {}) => verifier.verifyHistory(pages, { iin: abai.iin, vkey: story.vkey, ...more });
const verifyWithLog = (pages) => verifyMine(pages, { log: logOf(server.base) });
const kinds = ({ facts }) => facts.map(({ fact }) => fact.kind);

before(async () => {
  server = await Kelisim.start();
  const { base } = server;
  const tokens = await consent(base, abai);
  for (const key of ['first', 'second', 'third']) {
    assert.equal((await call(base, tokens.access_token, { iin: abai.iin, key })).status, 200);
  }
  await consent(base, ybyrai);
  mine = await Cabinet.signIn(base, abai);
  other = await Cabinet.signIn(base, ybyrai, 'PT0S');
  story = { vkey: await vkeyOf(base) };
  story.pages = await settled(mine);
});
after(() => server.stop());

// LAW-36.4
test('a person sees each of their entries, how many there are, and that these are all', async () => {
  const report = await verifyWithLog(story.pages);
  assert.deepEqual(report.findings, []);
  assert.equal(report.later, 0);
  assert.equal(report.counted, report.facts.length);
  for (const kind of ['request.recorded', 'request.granted', 'consent.granted', 'token.issued', 'session.begun']) {
    assert.ok(kinds(report).includes(kind), kind);
  }
  assert.equal(kinds(report).filter((kind) => kind === 'use.delivered').length, 3);
  const theirs = await settled(other);
  const foreign = new Set(theirs.flatMap(({ items }) => items.map(({ leaf }) => leaf)));
  assert.ok(report.facts.every(({ leaf }) => !foreign.has(leaf)), 'nobody else has one of them');
  assert.deepEqual((await verifier.verifyHistory(theirs, { iin: ybyrai.iin, vkey: story.vkey })).findings, []);
});

test('in pages of two the same is verified', async () => {
  const pages = await settled(mine, { limit: 2 });
  assert.ok(pages.length > 4);
  assert.deepEqual((await verifyWithLog(pages)).findings, []);
  assert.match((await verifyMine(pages.slice(0, -1))).findings.join(), /the last page is missing/);
});

test('a later answer continues what was kept of an earlier one, and lets nothing be taken back', async () => {
  const { kept, counted } = await verifyMine(story.pages);
  const { access_token: token } = await consent(server.base, abai);
  assert.equal((await call(server.base, token, { iin: abai.iin, key: 'later' })).status, 200);
  const log = logOf(server.base);
  const continued = await eventually(async () => {
    const pages = await settled(mine, { after: kept.leaf });
    return pages[0].items.length > 5 ? pages : undefined;
  }, 'the later entries');
  const report = await verifyMine(continued, { since: kept, log });
  assert.deepEqual(report.findings, []);
  assert.ok(report.counted > counted);
  assert.ok(report.facts.every(({ leaf }) => leaf > kept.leaf));
  const { kept: newer } = report;
  const older = structuredClone(story.pages);
  older[0].items = [];
  assert.match((await verifyMine(older, { since: newer, log })).findings.join(), /older log.*older state.*fewer entries/s);
  const against = async (more) => (await verifyMine(continued, { since: { ...kept, ...more }, log })).findings.join();
  assert.match(await against({ head: newer.head }), /changed, exchanged/);
  assert.match(await against({ tag_key: newer.head }), /key .* was changed/);
  // The log is the one that was kept: nothing else would tell who was shown another one.
  const { signed } = await signer(server);
  const [, size, root] = kept.checkpoint.split('\n');
  assert.equal(await against({ checkpoint: signed(Number(size), root) }), '', 'the test signs as the log does');
  assert.match(await against({ checkpoint: signed(Number(size), newer.head) }), /the log has forked/);
  const [, now] = continued.at(-1).checkpoint.split('\n');
  assert.match(await against({ checkpoint: signed(Number(now), newer.head) }), /the log has forked/);
  assert.match(await against({ checkpoint: kept.checkpoint.replace(root, newer.head) }), /signature is wrong/);
  assert.match((await verifyMine(continued, { since: kept })).findings.join(), /no log to show that they are of one/);
  // Nor is a page of another log put behind a page of this one.
  const pages = await settled(mine, { limit: 2 });
  assert.deepEqual((await verifyWithLog(pages)).findings, []);
  pages[0].checkpoint = signed(Number(size), newer.head);
  assert.match((await verifyWithLog(pages)).findings.join(), /the log has forked/);
});

// Tiles of every width: whatever two sizes a log had, the proof of their consistency is found in it.
test('the verifier makes the proof of consistency from tiles, and sees a log that forked', async () => {
  const { base, data } = server;
  const { signed } = await signer({ base, data });
  const files = await copyOf(base);
  const newest = await verifier.openCheckpoint(new TextDecoder().decode(files.get('checkpoint')), story.vkey);
  const sizes = new Set([1, 2, 3, newest.size >> 1, newest.size - 1, newest.size, 255, 256, 257].filter((size) => size <= newest.size));
  for (const size of sizes) {
    const proof = await verifier.consistencyProof(from(files), size, newest.size);
    // The root of the older log is what the proof leads to; made up, it leads nowhere.
    const other = await verifier.openCheckpoint(signed(size, newest.text.split('\n')[2].replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))), story.vkey);
    await assert.rejects(verifier.verifyConsistency(other, newest, proof), verifier.Refused, `size ${size}`);
  }
  for (const older of [story.pages[0].checkpoint]) {
    const kept = await verifier.openCheckpoint(older, story.vkey);
    const proof = await verifier.consistencyProof(from(files), kept.size, newest.size);
    await verifier.verifyConsistency(kept, newest, proof);
    const short = async (address) => (await from(files)(address)).subarray(0, 32);
    await assert.rejects(verifier.consistencyProof(short, kept.size, newest.size), /cut off/);
  }
});

test('an entry bundle that is cut off or too long shows nothing', async () => {
  const log = logOf(server.base);
  for (const change of [(bytes) => bytes.subarray(0, -1), (bytes) => bytes.subarray(0, -35), (bytes) => new Uint8Array(bytes.length + 35)]) {
    const wrong = async (address) => (address.startsWith('tile/entries/') ? change(await log(address)) : log(address));
    assert.match((await verifyMine(story.pages, { log: wrong })).findings.join(), /entries \d+ and on have another length/);
  }
});

test('an older state of the map than the log has is seen by whoever has the log', async () => {
  const { access_token: token } = await consent(server.base, abai);
  assert.equal((await call(server.base, token, { iin: abai.iin, key: 'newer' })).status, 200);
  const [old] = story.pages;
  const proof = await eventually(async () => {
    const { json: state } = await get(server.base, '/ledger/map');
    if (state.epoch <= rootOf(old).epoch) return undefined;
    return (await get(server.base, `/ledger/proof/${old.epoch.leaf}`)).json;
  }, 'the next state');
  // All of it is true, and under the newest checkpoint; only not all.
  const page = structuredClone(old);
  page.checkpoint = proof.checkpoint;
  page.epoch.path = proof.path;
  assert.deepEqual((await verifyMine([page])).findings, []);
  assert.deepEqual((await verifyWithLog([page])).findings, ['the log has a newer state of the map than the one that was shown']);
});

// The log's own key, as whoever runs it has it.
async function signer({ base, data }) {
  const key = createPrivateKey(await readFile(path.join(data, 'secrets/ledger-signing.pem')));
  const [origin, id] = (await vkeyOf(base)).split('+');
  return {
    signed: (size, root) => {
      const text = `${origin}\n${size}\n${root}\n`;
      const signature = sign(null, Buffer.from(text), key);
      return `${text}\n\u2014 ${origin} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
    },
  };
}

// A server whose map stands still after its first state, and whose log goes on.
test('what is newer than the map is proven by itself, each page under its own checkpoint; a witness tells of the same log', async () => {
  const root = await temporaryDirectory();
  const witness = await Witness.start('witness.example/w');
  const stranger = await Witness.start('witness.example/stranger');
  try {
    const config = path.join(root, 'slow.toml');
    const patient = (await readFile(path.join(import.meta.dirname, '../support/patient.toml'), 'utf8')).replace(/epoch_ms = \d+/, 'epoch_ms = 3600000');
    await writeFile(config, `${patient}witness_interval_ms = 100\nwitnesses = ["${witness.vkey} ${witness.url}"]\n`);
    const own = await Kelisim.start({ config });
    try {
      const { base } = own;
      const vkey = await vkeyOf(base);
      witness.logKey = vkey;
      const log = logOf(base);
      const verify = (pages, more) => verifier.verifyHistory(pages, { iin: abai.iin, vkey, log, ...more });
      const cabinet = await Cabinet.signIn(base, abai);
      await eventually(async () => ((await get(base, '/ledger/map')).status === 200 ? true : undefined), 'the first state');
      const grow = async (key) => {
        const size = sizeOf(await textOf(base, 'checkpoint'));
        const { access_token: token } = await consent(base, abai);
        assert.equal((await call(base, token, { iin: abai.iin, key })).status, 200);
        await eventually(async () => (sizeOf(await textOf(base, 'checkpoint')) >= size + 5 ? true : undefined), 'the next checkpoint');
      };
      await grow('one');
      const [first] = await pagesOf(cabinet, { limit: 3 }).then((pages) => pages.filter(({ items }) => items.some(({ path: way }) => way)));
      assert.ok(first, 'an entry that the map does not count');
      // The log grows between the pages.
      const pages = [];
      for (let next; ; ) {
        const page = await cabinet.read(`/ledger?limit=3${next === undefined ? '' : `&after=${next}`}`);
        pages.push(page);
        next = page.next;
        if (next === undefined) break;
        if (pages.length < 5) await grow(`page${pages.length}`);
      }
      assert.ok(new Set(pages.map(({ checkpoint }) => sizeOf(checkpoint))).size > 2, 'pages of several checkpoints');
      const report = await verify(pages);
      assert.deepEqual(report.findings, []);
      assert.ok(report.later > 10);
      // Each path leads to the root of its own page, and nowhere else.
      const at = pages.findIndex(({ items }) => items.some(({ path: way }) => way));
      const moved = structuredClone(pages);
      moved[at].checkpoint = pages.at(-1).checkpoint;
      assert.match((await verify(moved)).findings.join(), /is not proven to be in the log/);
      const bare = structuredClone(pages);
      delete bare.at(-1).items.at(-1).path;
      assert.match((await verify(bare)).findings.join(), /is not proven to be in the log/);

      const witnesses = [witness.vkey];
      const size = sizeOf(pages.at(-1).checkpoint);
      const seen = await eventually(async () => {
        const told = await verify(pages, { witnesses }).catch(() => undefined);
        return told?.upTo.witnessed >= size ? told : undefined;
      }, 'the witness has signed what was shown');
      assert.deepEqual(seen.findings, []);
      assert.match((await verify(pages, { witnesses: [stranger.vkey] })).findings.join(), /no witness has signed/);
      // The witness has seen another log than this person.
      const { signed } = await signer(own);
      const forked = structuredClone(pages).slice(-1);
      forked[0].checkpoint = signed(size, JSON.parse(pages[0].epoch.fact).root);
      assert.match((await verify(forked, { witnesses })).findings.join(), /the log has forked/);
    } finally {
      await own.stop();
    }
  } finally {
    await Promise.all([witness.stop(), stranger.stop(), rm(root, { recursive: true, force: true })]);
  }
});

test('the verifier says what is wrong with an answer that is not the ledger\'s', async () => {
  const theirs = (await settled(other))[0];
  const [whole] = story.pages;
  const last = whole.items.length - 1;
  const flipped = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);
  const cases = [
    ['the newest entry hidden', (p) => p.items.pop(), /^1 of \d+ entries are missing/],
    ['the first entry hidden', (p) => p.items.shift(), /^1 of \d+ entries are missing/],
    ['one in the middle hidden', (p) => p.items.splice(3, 1), /^1 of \d+ entries are missing/],
    ['all hidden', (p) => p.items.splice(0), /entries are missing/],
    ['one hidden and another doubled', (p) => p.items.splice(3, 1, p.items[2]), /out of its order, or twice/],
    ['one hidden behind the entry of another', (p) => p.items.splice(last, 1, { ...theirs.items.at(-1), leaf: p.items[last].leaf }),
      /not what the log has there/],
    ['a word changed', (p) => (p.items[2].fact = p.items[2].fact.replace('"id"', '"ID"')),
      /leaf \d+ is not what the log has there.*changed, exchanged or moved/s],
    ['a salt changed', (p) => (p.items[2].salt = flipped(p.items[2].salt)), /not what the log has there/],
    ['a fact that is none', (p) => (p.items[2].fact = '{'), /not read/],
    ['two exchanged', (p) => ([p.items[1], p.items[2]] = [p.items[2], p.items[1]]), /out of its order/],
    ['two exchanged with their places', (p) => {
      [p.items[1], p.items[2]] = [{ ...p.items[2], leaf: p.items[1].leaf }, { ...p.items[1], leaf: p.items[2].leaf }];
    }, /not what the log has there.*changed, exchanged or moved/s],
    ['an entry moved', (p) => (p.items.find(({ leaf }, i) => i > 0 && leaf - 1 > p.items[i - 1].leaf).leaf -= 1),
      /not what the log has there.*changed, exchanged or moved/s],
    ['an entry moved before the log', (p) => (p.items[0].leaf = -1), /not read/],
    ['an entry of another put in', (p) => {
      p.items.push(theirs.items[0]);
      p.items.sort((a, b) => a.leaf - b.leaf);
    }, /1 entries are shown that the map does not count/],
    ['an invented one put in', (p) => p.items.splice(1, 0, { ...p.items[0], leaf: p.items[0].leaf + 1 }),
      /not what the log has there/],
    ['a smaller count', (p) => {
      p.map.leaf.count -= 1;
      p.items.pop();
    }, /something else at the place of this person/],
    ['another end of the chain', (p) => (p.map.leaf.head = flipped(p.map.leaf.head)), /something else at the place/],
    ['said to be absent', (p) => {
      delete p.map.leaf;
      p.items = [];
    }, /something else at the place/],
    ['the place of another', (p) => (p.map = theirs.map), /beside the way|something else at the place/],
    ['the tag of another', (p) => (p.tag_proof = theirs.tag_proof), /the tag is not that of this person/],
    ['everything of another', (p) => Object.assign(p, theirs), /the tag is not that of this person/],
    ['a broken proof of the tag', (p) => (p.tag_proof = flipped(p.tag_proof)), /tag/],
    ['a shorter proof of the tag', (p) => (p.tag_proof = p.tag_proof.slice(0, -4)), /tag/],
    ['a shorter way', (p) => p.map.path.pop(), /something else at the place/],
    ['a longer way', (p) => p.map.path.push(p.map.path[0]), /beside the way|something else at the place/],
    ['another root', (p) => (p.epoch.fact = p.epoch.fact.replace(/"root":"./, '"root":"#')), /root of the map is not in the log/],
    ['another key in the root', (p) => (p.epoch.fact = p.epoch.fact.replace('"tag_key":"A', '"tag_key":"B')), /not in the log/],
    ['another place of the root', (p) => (p.epoch.leaf -= 1), /root of the map is not in the log|path is too/],
    ['an entry passed off as the root', (p) => (p.epoch = { ...p.epoch, fact: p.items[0].fact, salt: p.items[0].salt }),
      /root of the map is not in the log/],
    ['no map', (p) => delete p.map, /no map yet/],
    ['no epoch', (p) => delete p.epoch, /no map yet/],
    ['a checkpoint with another size', (p) => (p.checkpoint = p.checkpoint.replace(/\n\d+\n/, '\n3\n')), /signature is wrong/],
  ];
  assert.deepEqual((await verifyWithLog([structuredClone(whole)])).findings, []);
  for (const [name, change, finding] of cases) {
    const page = structuredClone(whole);
    change(page);
    const { findings } = await verifyWithLog([page]);
    assert.match(findings.join('\n'), finding, name);
  }
  assert.match((await verifyMine([])).findings.join(), /no page/);
  const stranger = await verifier.verifyHistory(story.pages, { iin: ybyrai.iin, vkey: story.vkey });
  assert.match(stranger.findings.join(), /the tag is not that of this person/);
});

// RFC 9381 B.1, examples 10 and 11.
test('the verifier of tags gives the vectors of the RFC, and nothing for what differs by a bit', async () => {
  const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
  const key = '0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6';
  const vectors = [
    ['sample', '035b5c726e8c0e2c488a107c600578ee75cb702343c153cb1eb8dec77f4b5071b4a53f0a46f018bc2c56e58d383f2305e0975972c2' +
      '6feea0eb122fe7893c15af376b33edf7de17c6ea056d4d82de6bc02f',
    'a3ad7b0ef73d8fc6655053ea22f9bede8c743f08bbed3d38821f0e16474b505e'],
    ['test', '034dac60aba508ba0c01aa9be80377ebd7562c4a52d74722e0abae7dc3080ddb56c19e067b15a8a8174905b13617804534214f935b94c' +
      '2287f797e393eb0816969d864f37625b443f30f1a5a33f2b3c854',
    'a284f94ceec2ff4b3794629da7cbafa49121972671b466cab4ce170aa365f26d'],
  ];
  for (const [input, proof, output] of vectors) {
    const verified = await verifier.verifyVrf(bytes(key), new TextEncoder().encode(input), bytes(proof));
    assert.equal(Buffer.from(verified).toString('hex'), output);
    for (const at of [0, 5, 33, 40, 49, 60, 80]) {
      const wrong = bytes(proof);
      wrong[at] ^= 1;
      await assert.rejects(verifier.verifyVrf(bytes(key), new TextEncoder().encode(input), wrong), verifier.Refused, `byte ${at}`);
    }
    const other = new TextEncoder().encode(`${input} `);
    await assert.rejects(verifier.verifyVrf(bytes(key), other, bytes(proof)), verifier.Refused);
    await assert.rejects(verifier.verifyVrf(bytes(`02${key.slice(2)}`), new TextEncoder().encode(input), bytes(proof)), verifier.Refused);
    await assert.rejects(verifier.verifyVrf(bytes('00'), new TextEncoder().encode(input), bytes(proof)), verifier.Refused);
  }
});

test('one of whom nothing is recorded gets a proof of that', async () => {
  const parent = await Cabinet.signIn(server.base, eighth, 'PT0S');
  const ward = (await parent.read('/wards')).items[0].ward;
  const [page] = await settled(parent, { query: `&ward=${ward}` });
  assert.deepEqual(page.items, []);
  assert.ok(page.map, 'the map was made');
  const question = { iin: daughter.iin, vkey: story.vkey };
  const report = await verifier.verifyHistory([page], question);
  assert.deepEqual([report.findings, report.counted], [[], 0]);
  const invented = structuredClone(page);
  invented.items = [story.pages[0].items[0]];
  assert.match((await verifier.verifyHistory([invented], question)).findings.join(), /map does not count/);
});

test('a page of nothing, of nobody and of a stranger', async () => {
  assert.equal((await get(server.base, '/api/v1/me/ledger')).status, 401);
  assert.equal((await mine.get('/ledger?after=x')).status, 400);
  assert.equal((await mine.get('/ledger?limit=101')).status, 400);
  assert.equal((await mine.get('/ledger?ward=019aa000-0000-7000-8000-000000000000')).status, 404);
  const beyond = (await pagesOf(mine, { after: 1_000_000_000 }))[0];
  assert.deepEqual(beyond.items, []);
});

// Whoever reads the whole log counts the roots: a second one for one epoch would be there for all to see.
test('each epoch has one root in the log, opened for everybody', async () => {
  const { base } = server;
  const files = await copyOf(base);
  const { findings, roots } = await verifier.verifyRoots(from(files), story.vkey, async (epoch) => {
    const answer = await get(base, `/ledger/map/${epoch}`);
    return answer.status === 200 ? answer.json : undefined;
  });
  assert.deepEqual(findings, []);
  assert.ok(roots.length > 0);
  assert.deepEqual(roots.map(({ epoch }) => epoch), roots.map((_, i) => i + 1));
  const silent = await verifier.verifyRoots(from(files), story.vkey, async () => undefined);
  assert.match(silent.findings.join(), /is not opened/);
  const doubled = await verifier.verifyRoots(from(files), story.vkey, async () => (await get(base, '/ledger/map/1')).json);
  assert.match(doubled.findings.join(), /is not the root of epoch 2/);
  for (const address of ['0', '-1', 'x', '1000000']) assert.equal((await get(base, `/ledger/map/${address}`)).status, 404);
});

async function run(...words) {
  const data = words[words.indexOf('--data') + 1];
  const child = spawn(binary, [...words, ...(await storeOptions(data))], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  child.stdin.on('error', () => {}); // a command that asks for nobody may have ended by then
  child.stdin.end(`${abai.iin}\n`);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

// What the person sees after somebody changed the database while the server was down.
async function afterTampering(sql, check) {
  const root = await temporaryDirectory();
  const data = path.join(root, 'data');
  try {
    let own = await Kelisim.start({ data });
    let vkey, kept;
    try {
      const { access_token: token } = await consent(own.base, abai);
      assert.equal((await call(own.base, token, { iin: abai.iin, key: 'once' })).status, 200);
      vkey = await vkeyOf(own.base);
      const pages = await settled(await Cabinet.signIn(own.base, abai));
      const report = await verifier.verifyHistory(pages, { iin: abai.iin, vkey });
      assert.deepEqual(report.findings, []);
      kept = { pages, ...report.kept };
    } finally {
      await own.stop();
    }
    const clean = await run('ledger', 'verify', '--data', data);
    assert.equal(clean.code, 0, clean.output);
    if (sql) await tamper(data, sql);
    await check({ data, vkey, kept });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function serveAgain(data, vkey) {
  const own = await Kelisim.start({ data });
  try {
    const cabinet = await Cabinet.signIn(own.base, abai);
    return await verifier.verifyHistory(await pagesOf(cabinet), { iin: abai.iin, vkey, log: logOf(own.base) });
  } finally {
    await own.stop();
  }
}

test('an entry deleted from the database, the newest too, is missing for all to see', async () => {
  for (const which of ['max', 'min']) {
    await afterTampering(
      `DELETE FROM journal WHERE seq = (SELECT ${which}(seq) FROM journal WHERE subject IS NOT NULL AND kind <> 'session.ended')`,
      async ({ data, vkey }) => {
        const { code, output } = await run('ledger', 'verify', '--data', data);
        assert.equal(code, 1);
        assert.match(output, /map has another root than the journal gives/);
        const report = await serveAgain(data, vkey);
        assert.match(report.findings.join('\n'), /1 of \d+ entries are missing/, which);
      });
  }
});

test('an entry given to nobody is missing, and a page of the map that was changed proves nothing', async () => {
  await afterTampering(
    "UPDATE journal SET subject = NULL WHERE kind = 'use.delivered'",
    async ({ data, vkey }) => {
      const report = await serveAgain(data, vkey);
      assert.match(report.findings.join('\n'), /1 of \d+ entries are missing/);
    });
  await afterTampering(
    "UPDATE ledger_tag SET tag = (SELECT root FROM ledger_epoch WHERE number = 1)",
    async ({ data }) => {
      const { code, output } = await run('ledger', 'verify', '--data', data);
      assert.equal(code, 1);
      assert.match(output, /is not that of the person/);
    });
});

// LAW-40.2: what was proven stays proven, and opens nothing to those who come later.
test('after an erasure everything verifies as before, what the person kept too', async () => {
  await afterTampering(undefined, async ({ data, vkey, kept }) => {
    const erased = await run('person', 'erase', '--data', data);
    assert.equal(erased.code, 0, erased.output);
    const verified = await run('ledger', 'verify', '--data', data);
    assert.equal(verified.code, 0, verified.output);
    const report = await verifier.verifyHistory(kept.pages, { iin: abai.iin, vkey });
    assert.deepEqual(report.findings, []);
    const own = await Kelisim.start({ data });
    try {
      // The erasure's own entries are in the map too: one state more.
      await eventually(async () => (await get(own.base, '/ledger/map')).json.epoch > kept.epoch, 'the next state', 10_000);
      assert.deepEqual((await verifier.verifyLog(logOf(own.base), vkey, kept.pages[0].checkpoint)).findings, []);
    } finally {
      await own.stop();
    }
    assert.equal((await run('ledger', 'verify', '--data', data)).code, 0);
  });
});

// The map names the key of its places: under another one the ledger would sign nothing more, so the start says it.
test('a start without the key of the map, or with another one, is refused; so is one without the key of receipts', async () => {
  await afterTampering(undefined, async ({ data }) => {
    const refused = (why) => assert.rejects(Kelisim.start({ data }), (error) => {
      assert.match(error.message, why);
      return true;
    });
    const file = (name) => path.join(data, 'secrets', name);
    const keep = async (name, work) => {
      const text = await readFile(file(name));
      await work(text);
      await writeFile(file(name), text);
    };
    await keep('person-tags.pem', async () => {
      await rm(file('person-tags.pem'));
      await refused(/person-tags\.pem: is missing, and persons have their places in the map/);
      const verified = await run('ledger', 'verify', '--data', data);
      assert.notEqual(verified.code, 0);
      assert.match(verified.output, /person-tags\.pem: is missing/);
      await assert.rejects(readFile(file('person-tags.pem')), /ENOENT/, 'none was made anew');
      await writeFile(file('person-tags.pem'), await readFile(file('token-signing.pem')));
      await refused(/person-tags\.pem: is not the key under which persons have their places/);
    });
    await keep('receipt-signing.pem', async () => {
      await rm(file('receipt-signing.pem'));
      await refused(/receipt-signing\.pem: is missing, and receipts were signed with it/);
      await assert.rejects(readFile(file('receipt-signing.pem')), /ENOENT/);
    });
    const own = await Kelisim.start({ data });
    await own.stop();
    // The way out that the refusal names.
    await rm(file('receipt-signing.pem'));
    const rotated = await run('receipt', 'rotate-key', '--data', data);
    assert.equal(rotated.code, 0, rotated.output);
    await (await Kelisim.start({ data })).stop();
  });
});

// What damage forbids is a new signature; what was signed is shown on.
test('while damage stops the signing, the last state under a checkpoint is shown, and no older one', async () => {
  await afterTampering(
    "UPDATE ledger_leaf SET hash = (SELECT root FROM ledger_epoch WHERE number = 1) WHERE number = (SELECT max(number) FROM ledger_leaf)",
    async ({ data, vkey }) => {
      const own = await Kelisim.start({ data });
      try {
        const cabinet = await Cabinet.signIn(own.base, abai);
        const answer = await cabinet.get('/ledger');
        assert.equal(answer.status, 200, answer.text);
        const { findings } = await verifier.verifyHistory([answer.json], { iin: abai.iin, vkey });
        assert.ok(findings.every((finding) => !/map/.test(finding)), findings.join());
      } finally {
        await own.stop();
      }
    });
});
