// SPDX-License-Identifier: Apache-2.0
// That nothing is hidden from a person: what /api/v1/me/ledger answers, checked by the verifier that shares nothing with the
// server; and what it says when the answer, or the database under it, is another than it should be (418-V ст.36(4)).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { get } from '../support/http.mjs';
import { binary, eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { copyOf, from, logOf, verifier, vkeyOf } from '../support/ledger.mjs';
import { call, consent } from '../support/oauth.mjs';
import { storeOptions, tamper } from '../support/store.mjs';
import { persons } from '../support/world.mjs';

const { abai, ybyrai, eighth, daughter } = persons;
let server, mine, other, story;

// Every page, as a page of the browser would read them; again while a state of the map is about to be signed.
function pagesOf(cabinet, { query = '', limit = 100, after: leaf } = {}) {
  return eventually(async () => {
    const pages = [];
    for (let next = leaf, more = true; more; ) {
      const answer = await cabinet.get(`/ledger?limit=${limit}${next === undefined ? '' : `&after=${next}`}${query}`);
      if (answer.status === 503) return undefined;
      assert.equal(answer.status, 200, answer.text);
      pages.push(answer.json);
      next = answer.json.next;
      more = next !== undefined;
    }
    return pages;
  }, 'the pages of the ledger', 10_000);
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
  assert.deepEqual((await verifyMine(pages)).findings, []);
  assert.match((await verifyMine(pages.slice(0, -1))).findings.join(), /the last page is missing/);
});

test('what is newer than the map is proven by itself, and counted by the next state', async () => {
  const { kept, counted } = await verifyMine(story.pages);
  const { access_token: token } = await consent(server.base, abai);
  assert.equal((await call(server.base, token, { iin: abai.iin, key: 'later' })).status, 200);
  const fresh = await eventually(async () => {
    const pages = await pagesOf(mine);
    return pages[0].items.some((item) => item.path) ? pages : undefined;
  }, 'an entry that the map does not count yet', 10_000).catch(() => undefined);
  if (fresh) {
    const report = await verifyMine(fresh);
    assert.deepEqual(report.findings, []);
    assert.ok(report.later > 0);
    const bare = structuredClone(fresh);
    delete bare[0].items.at(-1).path;
    assert.match((await verifyMine(bare)).findings.join(), /is not proven to be in the log/);
  }
  // A later answer continues what was kept of an earlier one, without the entries before.
  const continued = await settled(mine, { after: kept.leaf });
  const report = await verifyMine(continued, { since: kept });
  assert.deepEqual(report.findings, []);
  assert.ok(report.counted > counted);
  assert.ok(report.facts.every(({ leaf }) => leaf > kept.leaf));
  // And what was kept lets nothing be taken back.
  const { kept: newer } = report;
  const older = structuredClone(story.pages);
  older[0].items = [];
  assert.match((await verifyMine(older, { since: newer })).findings.join(), /older state.*fewer entries/s);
  assert.match((await verifyMine(continued, { since: { ...kept, head: newer.head } })).findings.join(), /changed, exchanged/);
  assert.match((await verifyMine(continued, { since: { ...kept, tag_key: newer.head } })).findings.join(), /key .* was changed/);
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
    const pages = await pagesOf(cabinet).catch(() => undefined);
    return pages && (await verifier.verifyHistory(pages, { iin: abai.iin, vkey, log: logOf(own.base) }));
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
        if (report) assert.match(report.findings.join('\n'), /1 of \d+ entries are missing/, which);
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
