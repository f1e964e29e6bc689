// SPDX-License-Identifier: Apache-2.0
// What is old moves to sealed files (418-V ст.40(2)), and nobody who asks the service sees a difference; the files verify without
// it; and a file that is missing or altered is an outage and never a shorter history.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { get, postJson } from '../support/http.mjs';
import { binary, eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { copyOf, logOf, verifier, vkeyOf, writeCopy } from '../support/ledger.mjs';
import { call, consent } from '../support/oauth.mjs';
import { advance } from '../support/sandbox.mjs';
import { storeOptions } from '../support/store.mjs';
import { persons } from '../support/world.mjs';

const { abai, twelfth, eleventh } = persons;
const entriesInFile = 256;
let data, config, server, story;

const start = () => Kelisim.start({ data, config });
const files = path.join.bind(null);
const file = (number) => files(data, 'archive', `archive-${String(number).padStart(8, '0')}.sqlite`);

async function metric(name) {
  const { text } = await get(server.base, '/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)[1]);
}

// Runs a command to its end; never throws.
async function run(words, input = '') {
  const at = words.indexOf('--data');
  const options = at < 0 ? [] : await storeOptions(words[at + 1], config);
  const child = spawn(binary, [...words, ...options]);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
  child.stdin.on('error', () => {}); // it may end before it has read
  child.stdin.end(input);
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, out };
}

async function usesOf(cabinet) {
  const pages = [];
  for (let next = ''; next !== undefined; ) {
    const page = await cabinet.read(`/uses?limit=7${next}`);
    pages.push(page);
    next = page.next && `&before=${page.next}`;
  }
  return pages;
}

async function receiptsOf(cabinet, uses) {
  const texts = [];
  for (const { id } of uses) {
    const receipt = await cabinet.get(`/uses/${id}/receipt`);
    assert.equal(receipt.status, 200, receipt.text);
    texts.push(receipt.text);
  }
  return texts;
}

async function historyOf(cabinet) {
  return eventually(async () => {
    const pages = [];
    for (let next, more = true; more; ) {
      const answer = await cabinet.get(`/ledger?limit=100${next === undefined ? '' : `&after=${next}`}`);
      if (answer.status === 503) return undefined;
      assert.equal(answer.status, 200, answer.text);
      pages.push(answer.json);
      next = answer.json.next;
      more = next !== undefined;
    }
    return pages;
  }, 'the pages of the ledger');
}
const itemsOf = (pages) => pages.flatMap(({ items }) => items.map(({ leaf, salt, fact }) => ({ leaf, salt, fact })));

async function tilesOf(base) {
  const log = logOf(base);
  const tiles = {};
  for (const n of [0, 1]) {
    for (const kind of [0, 'entries']) {
      const address = verifier.tilePath(kind, n, 256);
      tiles[address] = Buffer.from(await log(address)).toString('base64');
    }
  }
  return tiles;
}

// Consents, uses, refused calls and a look at one's own data: somewhat more than two files' worth.
async function live(base) {
  for (let i = 0; i < 12; ++i) {
    const { access_token: token } = await consent(base, abai);
    for (let use = 0; use < 3; ++use) assert.equal((await call(base, token, { iin: abai.iin })).status, 200);
    for (let refused = 0; refused < 36; ++refused) assert.equal((await call(base, token, { iin: eleventh.iin })).status, 403);
  }
}

before(async () => {
  data = await temporaryDirectory();
  config = path.join(data, 'archive.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[archive]\nafter_days = 3\ntiles = 1\n`);
  server = await start();
  await live(server.base);
  const cabinet = await Cabinet.signIn(server.base, abai);
  assert.equal((await cabinet.get('/data/GBDFLUniversal_token')).status, 200);
  const uses = await usesOf(cabinet);
  story = {
    uses,
    all: uses.flatMap(({ items }) => items),
    history: itemsOf(await historyOf(cabinet)),
    vkey: await vkeyOf(server.base),
  };
  story.receipts = await receiptsOf(cabinet, story.all);
  story.tiles = await eventually(() => tilesOf(server.base).catch(() => undefined), 'two full tiles');
  assert.equal(await metric('kelisim_archive_files'), 0);
  await advance(server.base, 'P5D');
  await eventually(async () => ((await metric('kelisim_archive_entries')) >= 2 * entriesInFile ? true : undefined), 'two archives', 60_000);
});
after(async () => {
  await server.stop().catch(() => {});
  await rm(data, { recursive: true, force: true });
});

// LAW-40.2, LAW-56, LAW-36.4
test('a person reads the same before and after, with the same receipts, and still sees that it is all', async () => {
  const cabinet = await Cabinet.signIn(server.base, abai);
  assert.ok(story.all.length > 30);
  assert.deepEqual(await usesOf(cabinet), story.uses);
  assert.deepEqual(await receiptsOf(cabinet, story.all), story.receipts);
  const pages = await eventually(async () => {
    const found = await historyOf(cabinet);
    const { epoch } = found.at(-1);
    if (epoch === undefined) return undefined; // the first one waits for its checkpoint
    const { size } = JSON.parse(epoch.fact);
    return found.every(({ items }) => items.every(({ leaf }) => leaf < size)) ? found : undefined;
  }, 'a state of the map that counts everything');
  assert.deepEqual(itemsOf(pages).slice(0, story.history.length), story.history);
  const report = await verifier.verifyHistory(pages, { iin: abai.iin, vkey: story.vkey, log: logOf(server.base) });
  assert.deepEqual(report.findings, []);
  assert.equal(report.counted, report.facts.length);
});

test('receipts of before get their proof, which verifies without a network', async () => {
  const cabinet = await Cabinet.signIn(server.base, abai);
  const oldest = story.all.filter(({ state }) => state === 'delivered').at(-1);
  const receipt = await cabinet.get(`/uses/${oldest.id}/receipt`, { accept: 'application/jose+json' });
  assert.equal(receipt.status, 200);
  const named = (name) => path.join(data, name);
  await writeFile(named('receipt.json'), receipt.text);
  await writeFile(named('keys.json'), (await get(server.base, '/receipts/jwks')).text);
  const { status, out } = await run(['receipt', 'verify', named('receipt.json'), '--keys', named('keys.json'), '--ledger-key', story.vkey]);
  assert.equal(status, 0, out);
});

// The next checkpoint may come out in the middle of an answer, and from a file an answer takes its time.
test('a proof that was there once is in each later answer, while the ledger grows', async () => {
  const cabinet = await Cabinet.signIn(server.base, abai);
  const oldest = story.all.filter(({ state }) => state === 'delivered').at(-1);
  const { access_token: token } = await consent(server.base, eleventh);
  const until = Date.now() + 4000;
  const grow = async () => {
    while (Date.now() < until) await call(server.base, token, { iin: abai.iin });
  };
  let [given, unproven] = [0, 0];
  const read = async () => {
    for (; Date.now() < until; ++given) {
      const { json } = await cabinet.get(`/uses/${oldest.id}/receipt`, { accept: 'application/jose+json' });
      if (!json.header) ++unproven;
    }
  };
  await Promise.all([grow(), read(), read(), read(), read()]);
  assert.ok(given > 0);
  assert.equal(unproven, 0, `${unproven} of ${given}`);
});

test('the log answers the same, and a whole copy of it verifies', async () => {
  assert.deepEqual(await tilesOf(server.base), story.tiles);
  const proof = await get(server.base, '/ledger/proof/3');
  assert.equal(proof.status, 200);
  const copy = path.join(data, 'copy');
  await writeCopy(await copyOf(server.base), copy);
  const { status, out } = await run(['ledger', 'verify', '--against', copy, '--vkey', story.vkey]);
  assert.equal(status, 0, out);
});

test('an archived use can be asked about, and cannot be had again', async () => {
  const cabinet = await Cabinet.signIn(server.base, abai);
  const oldest = story.all.filter(({ state }) => state === 'delivered').at(-1);
  const asked = await cabinet.post(`/uses/${oldest.id}/question`, { text: 'Кто смотрел?' });
  assert.equal(asked.status, 201, asked.text);
  const seen = (await usesOf(cabinet)).flatMap(({ items }) => items).find(({ id }) => id === oldest.id);
  assert.equal(seen.question, asked.json.id);
  const stranger = await Cabinet.signIn(server.base, eleventh, 'PT0S');
  assert.equal((await stranger.get(`/uses/${oldest.id}/receipt`)).status, 404);
});

// KDP-2.6
test('the authorized body sees in a look what it would have seen before', async () => {
  const official = await Cabinet.signIn(server.base, twelfth);
  const headers = { cookie: official.cookie, 'x-csrf-token': official.csrf };
  const look = await postJson(server.base, '/api/v1/staff/looks', { iin: abai.iin, reason: 'Өтініш № 3' }, headers);
  assert.equal(look.status, 201, look.text);
  const ids = [];
  for (let next = ''; next !== undefined; ) {
    const page = await get(server.base, `/api/v1/staff/looks/${look.json.id}/uses?limit=50${next}`, headers);
    assert.equal(page.status, 200, page.text);
    ids.push(...page.json.items.map(({ id }) => id));
    next = page.json.next && `&before=${page.json.next}`;
  }
  assert.deepEqual(ids, story.all.map(({ id }) => id));
});

test('the operator lists and verifies the files, and the whole store holds together', async () => {
  await server.stop();
  const listed = await run(['archive', 'list', '--data', data]);
  assert.equal(listed.status, 0, listed.out);
  assert.match(listed.out, /archive-00000001\.sqlite leaves 0 to 255/);
  const verified = await run(['archive', 'verify', files(data, 'archive'), '--key', story.vkey]);
  assert.equal(verified.status, 0, verified.out);
  assert.match(verified.out, /archive-00000002\.sqlite: archive 2 of .*: as it was sealed/);
  const ledger = await run(['ledger', 'verify', '--data', data]);
  assert.equal(ledger.status, 0, ledger.out);
  // Nobody is named in a file.
  const bytes = await readFile(file(1));
  for (const text of [abai.iin, abai.surname, 'DEMOBANK', 'GBDFLUniversal_token']) assert.ok(!bytes.includes(text), text);
});

// KDP-2.6, LAW-40.2
test('an official searches from the command line, and the person sees the look and its reason', async () => {
  const search = (input, ...more) => run(['archive', 'search', '--data', data, '--reason', 'Шағым № 8', ...more], input);
  const found = await search(`${twelfth.iin}\n${abai.iin}\n`);
  assert.equal(found.status, 0, found.out);
  for (const { id } of story.all) assert.ok(found.out.includes(id), id);
  const one = story.all.at(-1).id;
  const single = await search(`${twelfth.iin}\n`, '--id', one);
  assert.match(single.out, new RegExp(`${one}.*\n1 uses`));
  const none = await search(`${twelfth.iin}\n${abai.iin}\n`, '--to', '2020-01-01');
  assert.match(none.out, /\n0 uses/);
  const refusals = [
    [`${eleventh.iin}\n${abai.iin}\n`, [], /acts for no authorized body/], // the operator looks at nobody
    [`${abai.iin}\n${abai.iin}\n`, [], /acts for no authorized body/],
    [`${twelfth.iin}\n${persons.unknown.iin}\n`, [], /no entries under this IIN/],
    [`${twelfth.iin}\n`, [], /holds no IIN/],
    [`${twelfth.iin}\n`, ['--id', '00000000-0000-0000-0000-000000000000'], /no such use/],
    [`${twelfth.iin}\n${abai.iin}\n`, ['--from', '01.02.2026'], /not a day/],
  ];
  for (const [input, more, message] of refusals) {
    const { status, out } = await search(input, ...more);
    assert.equal(status, 1, out);
    assert.match(out, message);
  }
  server = await start();
  const cabinet = await Cabinet.signIn(server.base, abai);
  const looks = (await cabinet.read('/looks')).items.filter(({ reason }) => reason === 'Шағым № 8');
  assert.equal(looks.length, 3);
});

test('a missing file is an outage that is told, until it is back', async () => {
  const cabinet = await Cabinet.signIn(server.base, abai);
  const away = files(data, 'away');
  await rename(file(1), away);
  for (const address of ['/uses?limit=100', '/ledger?limit=100', `/uses/${story.all.at(-1).id}/receipt`]) {
    const answer = await cabinet.get(address);
    // A receipt that was read before is kept as it was signed; what names its use is away.
    assert.equal(answer.status, 503, `${address}: ${answer.text}`);
  }
  assert.equal((await get(server.base, '/ledger/tile/0/000')).status, 503);
  assert.equal((await get(server.base, '/ledger/tile/0/001')).status, 200);
  assert.equal(await metric('kelisim_archive_damaged'), 1);
  assert.match(server.output, /"message":"ARCHIVE_DAMAGED"/);
  // Everything else goes on, the ledger too.
  const { access_token: token } = await consent(server.base, abai);
  assert.equal((await call(server.base, token, { iin: abai.iin })).status, 200);
  assert.equal(await metric('kelisim_ledger_signing'), 1);
  await rename(away, file(1));
  assert.equal((await get(server.base, '/ledger/tile/0/000')).status, 200);
  assert.equal(await metric('kelisim_archive_damaged'), 0);
});

test('an altered file is an outage, found at the start, and the command says what was altered', async () => {
  await server.stop();
  const whole = files(data, 'whole');
  await copyFile(file(1), whole);
  const bytes = await readFile(whole);
  const place = bytes.indexOf('use.delivered');
  await rm(file(1));
  bytes[place + 4] ^= 1;
  await writeFile(file(1), bytes);
  const verified = await run(['archive', 'verify', file(1), '--key', story.vkey]);
  assert.equal(verified.status, 1);
  assert.match(verified.out, /rows of table journal are not those that were sealed/);
  assert.equal((await run(['ledger', 'verify', '--data', data])).status, 1);
  server = await start();
  await eventually(async () => ((await metric('kelisim_archive_damaged')) === 1 ? true : undefined), 'the finding');
  assert.equal((await get(server.base, '/ledger/tile/0/000')).status, 503);
  await rm(file(1));
  await copyFile(whole, file(1));
  assert.equal((await get(server.base, '/ledger/tile/0/000')).status, 200);
});

test('a file of a gap, of another key and a cut one are told apart', async () => {
  const directory = files(data, 'some');
  await mkdir(directory);
  await copyFile(file(2), path.join(directory, path.basename(file(2))));
  assert.match((await run(['archive', 'verify', directory, '--key', story.vkey])).out, /archives 1 to 1 before it are missing/);
  const cut = files(data, 'cut.sqlite');
  await copyFile(file(2), cut);
  const handle = await open(cut, 'r+').catch(async () => {
    await rm(cut);
    await writeFile(cut, await readFile(file(2)));
    return open(cut, 'r+');
  });
  await handle.truncate(20_000);
  await handle.close();
  assert.equal((await run(['archive', 'verify', cut, '--key', story.vkey])).status, 1);
  const other = await Kelisim.start();
  const stranger = await vkeyOf(other.base);
  await other.stop();
  assert.match((await run(['archive', 'verify', file(2), '--key', stranger])).out, /not signed by this key/);
  assert.equal((await run(['archive', 'verify', file(2), '--key', 'no key'])).status, 1);
});

test('killed at whatever moment of archiving, it goes on, and nothing is lost or doubled', async () => {
  await live(server.base);
  const cabinet = await Cabinet.signIn(server.base, abai);
  const uses = await usesOf(cabinet);
  const archives = await metric('kelisim_archive_files');
  await advance(server.base, 'P5D');
  for (let kill = 0; kill < 6; ++kill) {
    await new Promise((resolve) => setTimeout(resolve, 10 + kill * 23));
    await server.kill();
    server = await start();
  }
  await eventually(async () => ((await metric('kelisim_archive_files')) >= archives + 2 ? true : undefined), 'further archives', 60_000);
  const later = await Cabinet.signIn(server.base, abai);
  assert.deepEqual(await usesOf(later), uses);
  await server.stop();
  for (const words of [['ledger', 'verify', '--data', data], ['archive', 'verify', files(data, 'archive'), '--key', story.vkey]]) {
    const { status, out } = await run(words);
    assert.equal(status, 0, out);
  }
  assert.ok((await readdir(files(data, 'archive'))).every((name) => name.endsWith('.sqlite') || name.endsWith('.unregistered')));
  server = await start();
});

test('a term shorter than what needs the live tables is refused', async () => {
  const wrong = files(data, 'wrong.toml');
  for (const line of ['after_days = 2', 'after_days = 36501', 'tiles = 0', 'tiles = 257']) {
    await writeFile(wrong, `[archive]\n${line}\n`);
    const { status, out } = await run(['config', 'check', wrong]);
    assert.equal(status, 1);
    assert.match(out, /archive\.(after_days|tiles) must be/);
  }
});
