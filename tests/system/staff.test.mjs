// SPDX-License-Identifier: Apache-2.0
// Officials over HTTP: the authorized body looks at accesses and never at data, the operator ends what is registered; and
// owners report what they changed. The person sees all of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Cabinet, initiatorPost } from '../support/cabinet.mjs';
import { assertProblem, codes, get, postJson } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { binary, eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, basic, call, consent, introspect, refresh } from '../support/oauth.mjs';
import { advance } from '../support/sandbox.mjs';
import { storeOptions } from '../support/store.mjs';
import { bank, details, familyService, gbdfl, persons, service } from '../support/world.mjs';

// Enough between two codes of one person on the same day, and too short to end a session.
const signIn = (who) => Cabinet.signIn(base, who, 'PT3M');

let server;
let base;
let data;
let abai;
let body;
let operator;
before(async () => {
  data = await temporaryDirectory();
  server = await Kelisim.start({ data });
  base = server.base;
  abai = await signIn(persons.abai);
  body = await signIn(persons.twelfth);
  operator = await signIn(persons.eleventh);
});
after(async () => {
  await server.stop();
  await rm(data, { recursive: true });
});

const staffGet = (who, path, headers = {}) => get(base, `/api/v1/staff${path}`, { cookie: who.cookie, ...headers });
const staffPost = (who, path, value) =>
  postJson(base, `/api/v1/staff${path}`, value, { cookie: who.cookie, 'x-csrf-token': who.csrf });
const report = (value, client = gbdfl) => postJson(base, '/api/v1/owner/changes', value, basic(client));

const reported = {
  id: 'gbdfl-1',
  iin: persons.abai.iin,
  kind: 'changed',
  service,
  fields: ['surname'],
  at: '2026-11-01T10:00:00+05:00',
  reason: 'АХАЖ жазбасы',
};

// KDP-2.6, KDP-2.3
test('the authorized body looks at accesses, and the person sees who looked and why', async () => {
  const tokens = await consent(base, persons.abai);
  assert.equal((await call(base, tokens.access_token, { iin: persons.abai.iin, key: 'look-1' })).status, 200);
  assert.deepEqual((await staffGet(body, '')).json.office, 'authorized_body');

  const begun = await staffPost(body, '/looks', { iin: persons.abai.iin, reason: 'Өтініш № 12' });
  assert.equal(begun.status, 201, begun.text);
  const under = `/looks/${begun.json.id}`;
  for (const list of ['requests', 'consents', 'uses', 'questions', 'changes']) {
    const answer = await staffGet(body, `${under}/${list}`);
    assert.equal(answer.status, 200, `${list}: ${answer.text}`);
    assert.ok(!answer.text.includes(persons.abai.surname), `${list} holds no content`);
    assert.ok(!answer.text.includes(persons.abai.iin), `${list} holds no IIN`);
  }
  const [seen] = (await staffGet(body, `${under}/uses`)).json.items;
  assert.equal(seen.receiver, bank.key);
  assert.equal(seen.service.key, service);

  const [look] = (await abai.read('/looks')).items;
  assert.equal(look.organisation.bin, '000140000141');
  assert.equal(look.reason, 'Өтініш № 12');
});

test('a look belongs to one official, to one office, and ends', async () => {
  const begun = await staffPost(body, '/looks', { iin: persons.ybyrai.iin, reason: 'тексеру' });
  const path = `/looks/${begun.json.id}/uses`;
  for (const [who, reason] of [
    [abai, 'staff_only'],
    [operator, 'staff_only'],
  ]) {
    assertProblem(await staffGet(who, path), 403, reason);
    assertProblem(await staffPost(who, '/looks', { iin: persons.ybyrai.iin, reason: 'x' }), 403, reason);
  }
  assert.equal((await get(base, `/api/v1/staff${path}`)).status, 401);
  assertProblem(await staffGet(body, '/looks/00000000-0000-0000-0000-000000000000/uses'), 404, 'look_over');
  assertProblem(await staffGet(body, '/looks/none/uses'), 404, 'look_over');
  assertProblem(await staffPost(body, '/looks', { iin: persons.abai.iin, reason: '' }), 400, 'look_reason_missing');
  assertProblem(await staffPost(body, '/looks', { iin: persons.unknown.iin, reason: 'x' }), 404, 'person_not_known');
  const forged = await postJson(base, '/api/v1/staff/looks', { iin: persons.abai.iin, reason: 'x' }, {
    cookie: body.cookie,
  });
  assertProblem(forged, 403, 'session_csrf');
  assert.equal((await staffGet(body, path)).status, 200);
  // In steps, so that the session does not end before the look.
  await advance(base, 'PT20M');
  assert.equal((await staffGet(body, path)).status, 200);
  await advance(base, 'PT10M1S');
  assertProblem(await staffGet(body, path), 404, 'look_over');
});

test('what was not answered in time stands on one list, which tells nothing of the person', async () => {
  abai = await signIn(persons.abai);
  const [used] = (await abai.read('/uses?limit=1')).items;
  const asked = await abai.post(`/uses/${used.id}/question`, { text: 'Кім қарады?' });
  assert.equal(asked.status, 201, asked.text);
  body = await signIn(persons.twelfth);
  assert.deepEqual((await staffGet(body, '/questions/overdue')).json.items, [], 'the term is not over');
  await advance(base, 'P14D');
  [abai, body, operator] = [await signIn(persons.abai), await signIn(persons.twelfth), await signIn(persons.eleventh)];
  const list = await staffGet(body, '/questions/overdue');
  assert.deepEqual(list.json.items.map(({ id, initiator, overdue }) => [id, initiator, overdue]), [
    [asked.json.id, bank.key, true],
  ]);
  assert.ok(!list.text.includes('Кім қарады?') && !list.text.includes(persons.abai.iin), list.text);
  for (const other of [abai, operator]) assertProblem(await staffGet(other, '/questions/overdue'), 403, 'staff_only');
  assert.equal((await initiatorPost(base, `/questions/${asked.json.id}/answer`, { text: 'Біз' })).status, 204);
  assert.deepEqual((await staffGet(body, '/questions/overdue')).json.items, []);
});

// LAW-36.4b
test('an owner reports changes and additions, and the person sees them', async () => {
  abai = await signIn(persons.abai);
  const first = await report(reported);
  assert.equal(first.status, 201, first.text);
  assert.deepEqual((await report(reported)).json, first.json);
  assertProblem(await report({ ...reported, fields: ['name'] }), 409, 'report_id_reused');
  const added = await report({ ...reported, id: 'gbdfl-2', kind: 'added', fields: ['documents'], reason: undefined });
  assert.equal(added.status, 201, added.text);

  const { items } = await abai.read('/changes');
  assert.deepEqual(
    items.map(({ kind, fields, reason }) => [kind, fields, reason]),
    [
      ['added', ['documents'], undefined],
      ['changed', ['surname'], 'АХАЖ жазбасы'],
    ],
  );
  assert.equal(items[1].at, '2026-11-01T05:00:00.000000Z');
  assert.equal(items[1].organisation.ru, 'Владелец ГБД ФЛ и ЗАГС (песочница)');
  const paged = await abai.read('/changes?limit=1');
  assert.equal((await abai.read(`/changes?limit=1&before=${paged.next}`)).items[0].kind, 'changed');
});

test('a report that is not the owner’s, or not right, is refused; one about a stranger tells nothing', async () => {
  const known = await report({ ...reported, id: 'k' });
  const unknown = await report({ ...reported, id: 'u', iin: persons.unknown.iin });
  assert.equal(unknown.status, known.status);
  assert.deepEqual(Object.keys(unknown.json), Object.keys(known.json));
  const refused = [
    [{}, bank, 403, 'report_service_of_another'],
    [{ service: 'NONE' }, gbdfl, 403, 'report_service_of_another'],
    [{ fields: [] }, gbdfl, 400, 'report_fields'],
    [{ fields: ['spouse'] }, gbdfl, 400, 'report_fields'],
    [{ at: '2126-01-01T00:00:00Z' }, gbdfl, 400, 'report_time'],
    [{ at: 'yesterday' }, gbdfl, 400, 'time_malformed'],
    [{ kind: 'deleted' }, gbdfl, 400, 'json_member_range'],
    [{ iin: '450810100014' }, gbdfl, 400, 'iin_malformed'],
    [{ id: '' }, gbdfl, 400, 'json_member_range'],
    [{ values: ['x'] }, gbdfl, 400, 'json_member_unknown'],
  ];
  for (const [change, client, status, reason] of refused) {
    assertProblem(await report({ ...reported, id: 'refused', ...change }, client), status, reason);
  }
  const nobody = await postJson(base, '/api/v1/owner/changes', reported);
  assert.equal(nobody.status, 401);
});

// KDP-5.2, KDP-5.3, KDP-2.12
test('the operator ends a service and a connection: nothing passes, and the consents follow', async () => {
  operator = await signIn(persons.eleventh);
  const both = details({ services: [service, familyService], fields: ['surname', 'spouse'] });
  const tokens = await consent(base, persons.ybyrai, { authorization_details: both });
  const id = claims(tokens.access_token).authorization_details[0].consent;
  const list = (await staffGet(operator, '/connections')).json.items;
  assert.ok(list.some(({ key, ended }) => key === 'DEMOBANK-1' && ended === null));

  for (const who of [abai, await signIn(persons.twelfth)]) {
    assertProblem(await staffPost(who, '/connections/DEMOBANK-1/end', { reason: 'x' }), 403, 'staff_only');
  }
  assertProblem(await staffPost(operator, '/connections/NONE/end', { reason: 'x' }), 404, 'registry_entry_unknown');
  assertProblem(await staffPost(operator, '/connections/DEMOBANK-1/end', { reason: '' }), 400, 'json_member_range');

  const family = await staffPost(operator, `/services/${familyService}/end`, { reason: 'жабылды' });
  assert.equal(family.status, 200, family.text);
  operator = await signIn(persons.eleventh);
  const fresh = await refresh(base, tokens.refresh_token);
  assert.equal(fresh.status, 200, fresh.text);
  const closed = await call(base, fresh.json.access_token, {
    iin: persons.ybyrai.iin,
    key: 'family',
    service: familyService,
    fields: ['spouse'],
  });
  assertProblem(closed, 403, 'use_service_ended');
  assert.equal((await call(base, fresh.json.access_token, { iin: persons.ybyrai.iin, key: 'person' })).status, 200);

  const ended = await staffPost(operator, '/connections/DEMOBANK-1/end', { reason: 'бұйрық № 5' });
  assert.equal(ended.status, 200, ended.text);
  const late = await call(base, fresh.json.access_token, { iin: persons.ybyrai.iin, key: 'late' });
  assert.ok(late.status === 401 || codes(late.json).includes('use_connection_ended'), late.text);
  const ybyrai = await signIn(persons.ybyrai);
  await eventually(async () => (await ybyrai.read(`/consents/${id}`)).state === 'invalidated' || undefined, 'the consent to end');
  const { history } = await ybyrai.read(`/consents/${id}`);
  assert.deepEqual([history.at(-1).event, history.at(-1).why], ['consent.invalidated', 'connection']);
  assert.equal((await introspect(base, fresh.json.access_token)).json.active, false);
  assert.equal((await refresh(base, tokens.refresh_token)).status, 400);
  assert.equal((await ask(base, persons.ybyrai)).status, 400);
  assertProblem(await staffPost(operator, '/connections/DEMOBANK-1/end', { reason: 'x' }), 409, 'registry_ended_before');

  await server.stop();
  server = await Kelisim.start({ data });
  base = server.base;
  assert.equal((await ask(base, persons.ybyrai)).status, 400, 'what ended stays so after a restart');
});

test('officials are appointed and dismissed with the server stopped', async () => {
  const run = (data, words, line) =>
    new Promise((resolve, reject) => {
      storeOptions(data).then((options) => {
        const child = spawn(binary, ['staff', ...words, '--data', data, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
        let text = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
        child.once('error', reject).once('close', (status) => resolve({ status, text }));
        child.stdin.end(line === undefined ? '' : `${line}\n`);
      }, reject);
    });
  const place = await temporaryDirectory();
  let other = await Kelisim.start({ data: place });
  await other.stop();
  const appoint = (bin, iin) => run(place, ['appoint', '--organisation', bin], iin);
  assert.equal((await appoint('000140000353', persons.eighth.iin)).status, 1, 'a bank holds no office');
  assert.equal((await appoint('000140000141', persons.unknown.iin)).status, 1);
  assert.equal((await appoint('000140000141', 'no IIN')).status, 1);
  assert.equal((await appoint('000140000141', persons.eighth.iin)).status, 0);
  const { text } = await run(place, ['list']);
  assert.equal(text.trim().split('\n').length, 3, text);
  assert.ok(!text.includes(persons.eighth.iin));
  other = await Kelisim.start({ data: place });
  const eighth = await Cabinet.signIn(other.base, persons.eighth);
  assert.equal((await get(other.base, '/api/v1/staff', { cookie: eighth.cookie })).json.office, 'authorized_body');
  await other.stop();
  assert.equal((await run(place, ['dismiss'], persons.eighth.iin)).status, 0);
  assert.equal((await run(place, ['dismiss'], persons.eighth.iin)).status, 1);
  other = await Kelisim.start({ data: place });
  assert.equal((await get(other.base, '/api/v1/staff', { cookie: eighth.cookie })).status, 403);
  await other.stop();
  await rm(place, { recursive: true });
});
