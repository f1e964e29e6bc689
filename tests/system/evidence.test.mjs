// SPDX-License-Identifier: Apache-2.0
// Evidence of exchanges (MON-9a, INT-2.18; 418-V ст.46(1)): what went over the wire is kept where the policy of a service says so, and not
// longer; a time-stamping authority stamps all of it sooner or later; one signed file holds what proves an exchange.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { assertProblem, get, postJson } from '../support/http.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { vkeyOf } from '../support/ledger.mjs';
import { Authority } from '../support/pki.mjs';
import { advance } from '../support/sandbox.mjs';
import { envelope, insidePath, post, sendMessage, signedPath } from '../support/shep.mjs';
import { policy, TimeStamper } from '../support/time_stamper.mjs';
import { familyService, persons, service } from '../support/world.mjs';

const run = promisify(execFile);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const { abai } = persons;

let folder;
let server;
let stamper;
let keys;  // of the gateway
let operator;
let body;
let key;
before(async () => {
  folder = await temporaryDirectory();
  const authority = await Authority.make(folder, 'authority');
  stamper = await TimeStamper.start(authority);
  keys = await authority.issue('gateway', { usage: 'clientAuth', days: 3, more: 'keyUsage=critical,digitalSignature,nonRepudiation' });
  const pair = path.join(folder, 'gateway-pair.pem');
  await writeFile(pair, keys.key + keys.cert);
  const config = path.join(folder, 'kelisim.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nsigning_keys = ["${pair}"]\nkept_messages = ["${service}=2"]\n` +
    `[timestamps]\nurl = "${stamper.url}"\npolicy = "${policy}"\nauthorities = "${await stamper.trusted()}"\ninterval_seconds = 1\n`);
  server = await Kelisim.start({ config, options: ['--sandbox-data', await publicWorld()] });
  key = await issueEds(server.data, persons.ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
  await signIn();
});
after(async () => {
  await server.stop();
  await stamper.stop();
  await rm(folder, { recursive: true, force: true });
});

// Where the service has no personal data: of the others no message is kept.
async function publicWorld() {
  const file = path.join(folder, 'world.toml');
  const first = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  await writeFile(file, first.replace(new RegExp(`(key = "${service}"[\\s\\S]*?)personal_data = true`), '$1personal_data = false'));
  return file;
}

async function signIn() {
  operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
  body = await Cabinet.signIn(server.base, persons.twelfth, 'PT3M');
}
const headers = (who) => ({ cookie: who.cookie, 'x-csrf-token': who.csrf });
const find = async (session) => {
  const found = await postJson(server.base, '/api/v1/staff/exchanges/search', { reason: 'Өтініш № 3', session_id: session }, headers(operator));
  assert.equal(found.status, 200, found.text);
  return found.json.items[0];
};
// The registry wants a token and says so in an ordinary answer.
const ask = async (said = randomUUID()) => {
  const request = await sign(key, 'soap', sendMessage({ serviceId: service,
    data: `<messageId>${said}</messageId><messageDate>2026-11-22T10:00:00+05:00</messageDate><senderCode>BANK</senderCode><iin>${abai.iin}</iin>` }));
  return { request, answer: await post(server.base, signedPath, request) };
};

// The files of an exported container, unpacked by another program, which looks at the sums first.
async function unpacked(id, who, reason = 'Іс № 7') {
  const answer = await fetch(`${server.base}/api/v1/staff/exchanges/${id}/evidence`, { method: 'POST',
    headers: { 'content-type': 'application/json', ...headers(who) }, body: JSON.stringify({ reason }) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(answer.status, 200, bytes.toString());
  assert.equal(answer.headers.get('content-type'), 'application/vnd.etsi.asic-e+zip');
  assert.match(answer.headers.get('content-disposition'), /^attachment; filename="exchange-[0-9a-f-]+\.asice"$/);
  const directory = await temporaryDirectory();
  const file = path.join(directory, 'container.asice');
  await writeFile(file, bytes);
  await run('unzip', ['-t', '-qq', file]);
  const inside = path.join(directory, 'inside');
  await run('unzip', ['-qq', file, '-d', inside]);
  const names = (await readdir(inside, { recursive: true, withFileTypes: true })).filter((each) => each.isFile())
    .map((each) => path.relative(inside, path.join(each.parentPath ?? each.path, each.name)));
  const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(path.join(inside, name))])));
  return { bytes, inside, files, json: (name) => JSON.parse(files[name]), done: () => rm(directory, { recursive: true, force: true }) };
}

// EN 319 162-1: every file beside mimetype and META-INF stands in the manifest with its digest, and the manifest is signed.
async function assertContainer({ bytes, inside, files }) {
  assert.equal(bytes.subarray(30, 69).toString(), 'mimetypeapplication/vnd.etsi.asic-e+zip');
  const manifest = files['META-INF/ASiCManifest.xml'].toString();
  const listed = Object.fromEntries([...manifest.matchAll(/DataObjectReference URI="([^"]+)"[^]*?<ds:DigestValue>([^<]+)</g)].map(([, name, digest]) => [name, digest]));
  const expected = Object.keys(files).filter((name) => name !== 'mimetype' && !name.startsWith('META-INF/'));
  assert.deepEqual(Object.keys(listed).sort(), expected.sort());
  for (const name of expected) assert.equal(listed[name], sha256(files[name]).toString('base64'), name);
  const signed = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', path.join(inside, 'META-INF/signature.p7s'), '-purpose', 'any',
    '-CAfile', stamper.authority.file, '-cades', '-out', '/dev/null', '-content'];
  await run('openssl', [...signed, path.join(inside, 'META-INF/ASiCManifest.xml')]);
  await assert.rejects(run('openssl', [...signed, path.join(inside, 'exchange.json')]));
}

// RFC 9162 2.1.3.2.
function rootOf({ index, size, leaf, path: hashes }) {
  const joined = (left, right) => sha256(Buffer.concat([Buffer.of(1), left, right]));
  let [node, last, hash] = [index, size - 1, Buffer.from(leaf, 'base64')];
  for (const each of hashes.map((text) => Buffer.from(text, 'base64'))) {
    if (node % 2 === 1 || node === last) {
      hash = joined(each, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node >> 1, last >> 1];
    } else {
      hash = joined(hash, each);
    }
    [node, last] = [node >> 1, last >> 1];
  }
  return hash.toString('base64');
}

const stamps = async () => (await get(server.base, '/api/v1/staff/time-stamps', { cookie: operator.cookie })).json;
const stamped = (id) => eventually(async () => {
  const container = await unpacked(id, operator);
  if (container.files['time-stamp/token.tst']) return container;
  await container.done();
}, 'the stamp', 20_000);

test('the four messages of an exchange are tied to each other, and to a time that an authority tells', async () => {
  const { request, answer } = await ask();
  assert.equal(answer.status, 200, answer.text);
  const exchange = await find(answer.session);
  assert.equal(exchange.received_sha256, sha256(request).toString('hex'));
  assert.equal(exchange.sent_sha256, sha256(answer.text).toString('hex'));
  for (const name of ['forwarded_sha256', 'replied_sha256']) assert.match(exchange[name], /^[0-9a-f]{64}$/);
  const times = ['received', 'forwarded', 'replied', 'concluded'].map((name) => Date.parse(exchange[name]));
  assert.deepEqual(times, times.toSorted((a, b) => a - b));

  const container = await stamped(exchange.id);
  await assertContainer(container);
  assert.deepEqual(container.json('exchange.json'), exchange);
  // The entry of the ledger is the leaf that the proofs lead from, to the root that is signed, and to the one that is stamped.
  const { fact, salt } = container.json('ledger/entry.json');
  const { received_sha256: came, sent_sha256: sent, id, kept_until: until } = JSON.parse(fact);
  assert.deepEqual([came, sent, id], [exchange.received_sha256, exchange.sent_sha256, exchange.id]);
  assert.equal(Date.parse(until) - Date.parse(exchange.received), 2 * 86_400_000);
  const leaf = sha256(Buffer.concat([Buffer.of(0, 1), sha256(Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(fact)]))]));
  assert.equal(container.json('ledger/proof.json').leaf, leaf.toString('base64'));
  for (const [note, proof] of [['ledger/checkpoint.txt', 'ledger/proof.json'], ['time-stamp/checkpoint.txt', 'time-stamp/proof.json']]) {
    const [origin, size, root] = container.files[note].toString().split('\n');
    assert.equal(origin, (await vkeyOf(server.base)).split('+')[0]);
    assert.equal(Number(size), container.json(proof).size);
    assert.equal(rootOf(container.json(proof)), root, note);
  }
  const verify = (note) => run('openssl', ['ts', '-verify', '-token_in', '-in', path.join(container.inside, 'time-stamp/token.tst'),
    '-data', path.join(container.inside, note), '-CAfile', stamper.authority.file, '-untrusted', path.join(stamper.authority.folder, 'stamper.pem')]);
  await verify('time-stamp/checkpoint.txt');
  await assert.rejects(verify('exchange.json'));
  assert.ok(!Object.keys(container.files).some((name) => name.startsWith('messages/')), 'never for the operator');
  await container.done();

  const supervised = await unpacked(exchange.id, body);
  await assertContainer(supervised);
  const names = { received: 'request-received', forwarded: 'request-forwarded', replied: 'answer-received', sent: 'answer-sent' };
  for (const [digest, name] of Object.entries(names))
    assert.equal(sha256(supervised.files[`messages/${name}.xml`]).toString('hex'), exchange[`${digest}_sha256`], name);
  assert.equal(supervised.files['messages/request-received.xml'].toString(), request);
  assert.equal(supervised.files['messages/answer-sent.xml'].toString(), answer.text);
  assert.match(supervised.files['messages/request-forwarded.xml'].toString(), /<wsse:Security/);
  await supervised.done();
});

test('refusals are kept as they were sent; of services without a policy, and of what nobody signed, nothing is', async () => {
  const refused = await post(server.base, signedPath, await sign(key, 'soap', sendMessage({ serviceId: service, data: 'x<a/>' })));
  assert.equal(refused.status, 500);
  const exchange = await find(refused.session);
  assert.equal(exchange.outcome, 'refused');
  assert.equal(exchange.forwarded_sha256, undefined);
  const container = await unpacked(exchange.id, body);
  assert.deepEqual(Object.keys(container.files).filter((name) => name.startsWith('messages/')).sort(), ['messages/answer-sent.xml', 'messages/request-received.xml']);
  assert.equal(container.files['messages/answer-sent.xml'].toString(), refused.text);
  await container.done();

  const listed = await post(server.base, signedPath, await sign(key, 'soap', sendMessage({ serviceId: 'KDP_LIST_TO_REVOKE', data: '<a/>' })));
  const personal = await post(server.base, signedPath, await sign(key, 'soap', sendMessage({ serviceId: familyService, data: `<iin>${abai.iin}</iin>` })));
  const bare = await post(server.base, insidePath, envelope(sendMessage({ serviceId: service, sender: 'GBDUL', password: 'gbdul-sandbox-secret', data: '<a/>' })));
  for (const { session } of [listed, personal, bare]) {
    const other = await find(session);
    assert.match(other.sent_sha256, /^[0-9a-f]{64}$/, 'its digests are there');
    const without = await unpacked(other.id, body);
    assert.ok(!Object.keys(without.files).some((name) => name.startsWith('messages/')));
    await without.done();
  }
});

test('an authority that is down stops nothing; one stamp makes up for all', async () => {
  stamper.broken = true;
  const before = stamper.asked;
  const { answer } = await ask();
  assert.equal(answer.status, 200, answer.text);
  await eventually(async () => (stamper.asked > before ? true : undefined), 'a request to the authority');
  const exchange = await find(answer.session);
  const lacking = await unpacked(exchange.id, operator);
  assert.equal(lacking.files['time-stamp/token.tst'], undefined);
  await lacking.done();
  const behind = await stamps();
  assert.ok(behind.entries_without > 0);
  assert.ok(Date.parse(behind.oldest_without) > 0);
  assert.match((await get(server.base, '/metrics')).text, /kelisim_time_stamp_failures_total [1-9]/);
  stamper.broken = false;
  await (await stamped(exchange.id)).done();
  assert.ok((await stamps()).newest.size > 0);
});

test('who takes evidence says why, and is an official', async () => {
  const { id } = await find((await ask()).answer.session);
  const take = (what, who, of = id) => postJson(server.base, `/api/v1/staff/exchanges/${of}/evidence`, what, headers(who));
  for (const who of [operator, body]) {
    assertProblem(await take({ reason: '' }, who), 400, 'exchange_export_reason_missing');
    assert.equal((await take({}, who)).status, 400);
    assert.equal((await take({ reason: 'x', iin: abai.iin }, who)).status, 400);
    for (const none of [randomUUID(), 'x', '01a205d4-2617-7000-a023-1ecf7f8a57ac'])
      assertProblem(await take({ reason: 'x' }, who, none), 404, 'exchange_unknown');
  }
  assertProblem(await take({ reason: 'x' }, await Cabinet.signIn(server.base, abai, 'PT3M')), 403, 'staff_only');
  assert.equal((await postJson(server.base, `/api/v1/staff/exchanges/${id}/evidence`, { reason: 'x' })).status, 401);
  assert.equal((await postJson(server.base, `/api/v1/staff/exchanges/${id}/evidence`, { reason: 'x' }, { cookie: operator.cookie })).status, 403);
  assertProblem(await get(server.base, '/api/v1/staff/time-stamps', { cookie: body.cookie }), 403, 'staff_only');
});

test('when their time is over the messages are gone, and the evidence of them stays', async () => {
  const { id } = await find((await ask('remembered')).answer.session);
  const first = await unpacked(id, body);
  assert.ok(first.files['messages/request-received.xml'].includes('remembered'));
  await first.done();
  await advance(server.base, 'P2D');
  await advance(server.base, 'PT2M');
  await signIn();
  const later = await unpacked(id, body);
  assert.ok(!Object.keys(later.files).some((name) => name.startsWith('messages/')));
  assert.ok(later.files['ledger/entry.json']);
  await later.done();
});

test('messages about persons are not kept, whatever the settings say', async () => {
  for (const named of [familyService, 'EDS_TEMP_FILES', 'NOBODY']) {
    const config = path.join(folder, 'personal.toml');
    await writeFile(config, `[gateway]\nkept_messages = ["${named}=2"]\n`);
    await assert.rejects(Kelisim.start({ config }), /gateway\.kept_messages: not a registered service without personal data/);
  }
});
