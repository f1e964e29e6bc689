// SPDX-License-Identifier: Apache-2.0
// Access on a ground of which a named law lets the person be told later (418-V ст.36(4)): nothing of it is seen before, all of it
// afterwards, with the time that it had; and the ledger shows that it had been there all along.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet, initiatorGet, initiatorPost } from '../support/cabinet.mjs';
import { codes, get, postJson, send } from '../support/http.mjs';
import { command, eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { logOf, verifier, vkeyOf } from '../support/ledger.mjs';
import { ask, basic, call, introspect, poll } from '../support/oauth.mjs';
import { advance, received } from '../support/sandbox.mjs';
import { details, persons, police, rescue } from '../support/world.mjs';

const { abai, ybyrai, tenth, twelfth } = persons;
const world = path.resolve(import.meta.dirname, '../../sandbox/world.toml');
const law = `
[[deferral_law]]
key = "search-act"
ground = "94-V:9(1)"
law_kk = "Іздеу туралы заң"
law_ru = "Закон о розыске"
article = "12"
longest = "P30D"
deciders = ["000140000637"]
`;
let root, server, base, body, mine, other, vkey;

const staffGet = (what) => get(base, `/api/v1/staff${what}`, { cookie: body.cookie });
const staffPost = (what, value) =>
  postJson(base, `/api/v1/staff${what}`, value, { cookie: body.cookie, 'x-csrf-token': body.csrf });
const discloseNow = (id, client = police) => send(base, 'POST', `/api/v1/initiator/deferrals/${id}/disclosure`, { headers: basic(client) });
const clock = async () => Date.parse((await get(base, '/sandbox/clock')).json.now);
const search = details({ purpose: undefined, term: 'P30D', uses_max: 5 });
const deferredAsk = async (subject, hours, more = {}) => ask(base, subject, {
  client: police, authorization_details: search, ground: '94-V:9(1)',
  deferral: JSON.stringify({ law: 'search-act', until: new Date((await clock()) + hours * 3_600_000).toISOString(), decision: '№ 7', ...more }),
});
async function tokenOf(asked) {
  assert.equal(asked.status, 200, asked.text);
  const answer = await poll(base, asked.json.auth_req_id, police);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.access_token;
}
const callOnce = async (token, subject, key) => assert.equal((await call(base, token, { iin: subject.iin, key })).status, 200);

async function pagesOf(cabinet, query = '') {
  const pages = [];
  for (let next; ; ) {
    const page = await cabinet.read(`/ledger?limit=3${query}${next === undefined ? '' : `&after=${next}`}`);
    pages.push(page);
    next = page.next;
    if (next === undefined) return pages;
  }
}
const question = (subject) => ({ iin: subject.iin, vkey, log: logOf(base) });
const kinds = ({ facts }) => facts.map(({ fact }) => fact.kind);
const rootsOf = async () => {
  const { roots, findings } = await verifier.verifyRoots(logOf(base), vkey, async (epoch) => (await get(base, `/ledger/map/${epoch}`)).json);
  assert.deepEqual(findings, []);
  return roots;
};

before(async () => {
  root = await temporaryDirectory();
  await writeFile(path.join(root, 'world.toml'), (await readFile(world, 'utf8')) + law);
  server = await Kelisim.start({ data: path.join(root, 'data'), options: ['--sandbox-data', path.join(root, 'world.toml')], config: patient });
  base = server.base;
  vkey = await vkeyOf(base);
  body = await Cabinet.signIn(base, twelfth);
  mine = await Cabinet.signIn(base, abai, 'PT0S');
  other = await Cabinet.signIn(base, ybyrai, 'PT0S');
  await eventually(async () => ((await get(base, '/ledger/map')).status === 200 ? true : undefined), 'a state of the map');
});
after(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

// LAW-36.4
test('no deferral unless a named law provides it', async () => {
  const refused = async (answer, status, reason) => {
    const { status: got, text, json } = await answer;
    assert.equal(got, status, text);
    assert.match(text, new RegExp(reason), JSON.stringify(json));
  };
  await refused(deferredAsk(abai, 24, { law: 'other' }), 403, 'deferral_law_unknown');
  await refused(deferredAsk(abai, 31 * 24), 403, 'deferral_too_long');
  await refused(deferredAsk(abai, -1), 400, 'deferral_until_past');
  await refused(deferredAsk(abai, 24, { decision: '' }), 400, 'deferral_decision_missing');
  await refused(deferredAsk(abai, 24, { more: 1 }), 400, 'oauth_deferral');
  await refused(deferredAsk(abai, 24, { until: 'later' }), 400, 'oauth_deferral');
  await refused(ask(base, abai, { client: police, authorization_details: search, ground: '94-V:9(1)', deferral: 'x' }), 400, 'oauth_deferral');
  const until = new Date((await clock()) + 3_600_000).toISOString();
  await refused(ask(base, abai, {
    client: rescue, authorization_details: details({ purpose: 'emergency-aid', uses_max: 1 }), ground: '94-V:9(5)',
    deferral: JSON.stringify({ law: 'search-act', until, decision: '1' }),
  }), 403, 'deferral_other_ground');
  await refused(ask(base, abai, { deferral: JSON.stringify({ law: 'search-act', until, decision: '1' }) }), 403, 'deferral_other_ground');
});

test('unseen before its time, there afterwards with its own times, and proven to have been in the ledger all along', async () => {
  const messages = (await received(base, abai.phone)).length;
  const token = await tokenOf(await deferredAsk(abai, 48));
  await callOnce(token, abai, 'first');
  const began = await clock();
  assert.equal((await introspect(base, token, police)).json.active, true);
  const [deferral] = (await initiatorGet(base, '/deferrals', police)).json.items;
  assert.equal(deferral.disclosed, null);
  // Nothing, wherever the person looks; twice, as the ledger goes on meanwhile.
  const unseen = async () => {
    for (const list of ['/requests', '/consents', '/uses']) assert.deepEqual((await mine.read(list)).items, [], list);
    const report = await verifier.verifyHistory(await pagesOf(mine), question(abai));
    assert.deepEqual(report.findings, []);
    assert.ok(kinds(report).every((kind) => kind.startsWith('session.')), kinds(report).join());
    assert.equal((await mine.get(`/ledger?deferral=${deferral.id}`)).status, 404);
    assert.equal((await other.get(`/ledger?deferral=${deferral.id}`)).status, 404);
    assert.equal((await mine.get(`/requests/${deferral.request}/receipt`)).status, 404);
    assert.equal((await received(base, abai.phone)).length, messages);
  };
  await unseen();
  const { json: early } = await get(base, '/ledger/map');
  await eventually(async () => ((await get(base, '/ledger/map')).json.epoch > early.epoch ? true : undefined), 'a state of the map');
  await unseen();
  await server.stop();
  server = await Kelisim.start({ data: path.join(root, 'data'), config: patient });
  assert.equal((await fetch(`${server.base}/healthz`)).status, 200);
  base = server.base;
  for (const cabinet of [mine, other, body]) cabinet.base = base;
  await unseen();

  await advance(base, 'PT47H59M');
  mine = await Cabinet.signIn(base, abai, 'PT0S');
  other = await Cabinet.signIn(base, ybyrai, 'PT0S');
  const since = (await received(base, abai.phone)).length;
  assert.deepEqual((await mine.read('/uses')).items, []);
  await advance(base, 'PT2M');
  const [use] = await eventually(async () => {
    const { items } = await mine.read('/uses');
    return items.length > 0 ? items : undefined;
  }, 'the use is shown');
  assert.equal(use.ground, '94-V:9(1)');
  assert.ok(Math.abs(Date.parse(use.at) - began) < 60_000, 'with its own time');
  assert.equal(use.deferred.id, deferral.id);
  assert.equal(use.deferred.law.ru, 'Закон о розыске');
  assert.ok(Date.parse(use.deferred.disclosed) - began > 47 * 3_600_000);
  const [consent] = (await mine.read('/consents')).items;
  assert.equal(consent.deferred.article, '12');
  assert.ok(Math.abs(Date.parse(consent.granted_at) - began) < 60_000);
  const told = await eventually(async () => (await received(base, abai.phone))[since], 'the person is told');
  assert.match(told.text, /Заң бұл туралы хабарлауды/);
  assert.equal((await mine.get(`/uses/${use.id}/receipt`)).status, 200);
  assert.equal((await other.read('/uses')).items.length, 0);

  // The ledger: the person's chain names the other one, which is whole, and was there from the start.
  const settled = await eventually(async () => {
    const own = await verifier.verifyHistory(await pagesOf(mine), question(abai));
    return kinds(own).includes('deferral.disclosed') && own.later === 0 ? own : undefined;
  }, 'the disclosure is in the map');
  assert.deepEqual(settled.findings, []);
  assert.equal((await other.get(`/ledger?deferral=${deferral.id}`)).status, 404);
  const pages = await pagesOf(mine, `&deferral=${deferral.id}`);
  const roots = await rootsOf();
  const verify = (changed = pages, { own = settled, id = deferral.id, subject = abai } = {}) =>
    verifier.verifyDisclosure(changed, question(subject), own, id, roots);
  const report = await verify();
  assert.deepEqual(report.findings, []);
  for (const kind of ['deferral.begun', 'request.granted', 'consent.granted', 'token.issued', 'use.reserved', 'use.delivered']) {
    assert.ok(kinds(report).includes(kind), kind);
  }
  assert.ok(report.facts.every(({ leaf }) => leaf < early.leaf + 50), 'at the leaves of then');
  const changes = [
    ['one hidden', (p) => p[0].items.pop(), /1 of \d+ entries are missing/],
    ['the first hidden', (p) => p[0].items.shift(), /entries are missing.*not about this person/s],
    ['a word changed', (p) => (p[0].items[1].fact = p[0].items[1].fact.replace('"id"', '"ID"')), /changed, exchanged or moved/],
    ['the chain of the person', (p) => (p.at(-1).tag_proof = (settled.page ?? p.at(-1)).tag_proof.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))), /tag/],
  ];
  for (const [name, change, finding] of changes) {
    const changed = structuredClone(pages);
    change(changed);
    assert.match((await verify(changed)).findings.join('\n'), finding, name);
  }
  const silent = { ...settled, facts: settled.facts.filter(({ fact }) => fact.kind !== 'deferral.disclosed') };
  assert.match((await verify(pages, { own: silent })).findings.join(), /no entry of the person speaks/);
  assert.match((await verify(pages, { subject: ybyrai })).findings.join(), /not about this person/);
  assert.match((await verify(pages, { id: use.id })).findings.join(), /tag is not that/);
  const moved = { ...settled, facts: settled.facts.map((each) => (each.fact.kind === 'deferral.disclosed' ? { ...each, leaf: 0 } : each)) };
  assert.match((await verify(pages, { own: moved })).findings.join(), /written after the disclosure/);
  // Had it been slipped in later: behind the roots of later days.
  const late = roots.map((each) => ({ ...each, leaf: -1, at: new Date(began + 48 * 3_600_000).toISOString() }));
  const slipped = await verifier.verifyDisclosure(pages, question(abai), settled, deferral.id, late);
  assert.match(slipped.findings.join(), /was written later than it says/);

  // From now on its uses are told at once.
  const again = await poll(base, (await deferredAsk(tenth, 1)).json.auth_req_id, police);
  assert.equal(again.status, 200);
});

test('the authorized body sees totals without persons, and may have the person told; the asker may too, and prolong', async () => {
  await tokenOf(await deferredAsk(ybyrai, 24));
  const all = (await initiatorGet(base, '/deferrals', police)).json.items;
  const own = all[0];
  assert.equal(own.ground, '94-V:9(1)');
  assert.equal((await initiatorGet(base, '/deferrals', rescue)).json.items.length, 0);
  body = await Cabinet.signIn(base, twelfth);
  other = await Cabinet.signIn(base, ybyrai, 'PT0S');
  const { json: totals } = await staffGet('/deferrals/totals');
  const [row] = totals.items;
  assert.equal(row.asker, 'POLICE');
  assert.ok(row.open >= 1 && row.disclosed >= 1);
  assert.ok(totals.open.count >= 1);
  assert.doesNotMatch(JSON.stringify(totals), /\d{12}.*iin|4[0-9]{11}"/);
  const past = await staffGet('/deferrals/totals?month=2025-01');
  assert.equal(past.status, 200, past.text);
  assert.deepEqual(past.json.items, []);
  assert.equal((await staffGet('/deferrals/totals?month=1999')).status, 400);
  assert.equal((await get(base, '/api/v1/staff/deferrals/totals', { cookie: other.cookie })).status, 403);
  const { json: open } = await staffGet('/deferrals');
  const listed = open.items.find(({ id }) => id === own.id);
  assert.equal(listed.request, undefined, 'nothing that leads to a person');

  const until = new Date((await clock()) + 72 * 3_600_000).toISOString();
  const prolong = (client, value) => initiatorPost(base, `/deferrals/${own.id}/prolongation`, value, client);
  assert.equal((await prolong(rescue, { until, decision: '2' })).status, 404);
  assert.equal((await prolong(police, { until, decision: '' })).status, 400);
  const longer = new Date((await clock()) + 40 * 24 * 3_600_000).toISOString();
  const tooLong = await prolong(police, { until: longer, decision: '2' });
  assert.equal(tooLong.status, 403);
  assert.ok(codes(tooLong.json).includes('deferral_too_long'));
  assert.equal((await prolong(police, { until, decision: '2' })).status, 200);
  await advance(base, 'PT25H');
  other = await Cabinet.signIn(base, ybyrai, 'PT31M');
  assert.deepEqual((await other.read('/consents')).items, []);

  assert.equal((await discloseNow(own.id, rescue)).status, 404);
  body = await Cabinet.signIn(base, twelfth);
  assert.equal((await staffPost(`/deferrals/${own.id}/disclosure`, { reason: '' })).status, 400);
  assert.equal((await staffPost(`/deferrals/${own.id}/disclosure`, { reason: 'шағым № 5' })).status, 204);
  assert.equal((await staffPost(`/deferrals/${own.id}/disclosure`, { reason: 'шағым № 5' })).status, 409);
  assert.equal((await staffPost('/deferrals/x/disclosure', { reason: 'a' })).status, 404);
  other = await Cabinet.signIn(base, ybyrai);
  assert.equal((await other.read('/consents')).items.length, 1);

  await tokenOf(await deferredAsk(ybyrai, 24));
  const [next] = (await initiatorGet(base, '/deferrals?limit=1', police)).json.items;
  assert.equal((await discloseNow(next.id)).status, 204);
  assert.equal((await discloseNow(next.id)).status, 409);
  assert.equal((await other.read('/consents')).items.length, 2);
});

test('the books agree with the ledger', async () => {
  await tokenOf(await deferredAsk(tenth, 24));
  await server.stop();
  const data = path.join(root, 'data');
  const verified = await command('ledger', 'verify', '--data', data);
  assert.match(verified.stdout, /rows compared/);
  server = await Kelisim.start({ data, config: patient });
  base = server.base;
  await advance(base, 'PT26H');
  await eventually(async () => ((await initiatorGet(base, '/deferrals?limit=1', police)).json.items[0].disclosed ? true : undefined), 'told');
  const cabinet = await Cabinet.signIn(base, tenth);
  assert.ok((await cabinet.read('/consents')).items.length >= 1);
});
