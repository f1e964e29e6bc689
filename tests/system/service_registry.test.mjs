// SPDX-License-Identifier: Apache-2.0
// The registry of services with their descriptions, as initiators search it and the operator keeps it (INT-2.22, INT-45-1).
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Cabinet, initiatorGet } from '../support/cabinet.mjs';
import { assertProblem, get, postJson } from '../support/http.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { bank, gbdfl, persons, service } from '../support/world.mjs';

const address = '/api/v1/initiator/registry';
const parcels = { key: 'PARCELS', owner: 'GBDFL', kind: 'ordinary', personal_data: false, access_class: 'public_data', fields: [],
  name: { kk: 'Жер телімдері', ru: 'Земельные участки' },
  description: { kk: 'Жер телімінің шекарасы.\nАдам туралы дерек жоқ.', ru: 'Границы участка.\nДанных о людях нет.' } };

let server, operator;
before(async () => {
  server = await Kelisim.start();
  operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
});
after(() => server.stop());

const staffPost = (where, value, who = operator) =>
  postJson(server.base, `/api/v1/staff${where}`, { reason: 'хат № 1', ...value }, { cookie: who.cookie, 'x-csrf-token': who.csrf });
async function found(query = '', client = bank) {
  const answer = await initiatorGet(server.base, `/registry${query}`, client);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
const keys = async (query, client) => (await found(query, client)).items.map(({ key }) => key);
const words = (text) => keys(`?text=${encodeURIComponent(text)}`);

test('an initiator reads what there is, whose it is, and whether it may call it', async () => {
  const { items, next } = await found();
  assert.equal(next, undefined);
  assert.deepEqual(items.map(({ key }) => key), items.map(({ key }) => key).sort());
  const universal = items.find(({ key }) => key === service);
  assert.equal(universal.name.ru, 'Сведения о физическом лице');
  assert.match(universal.description.kk, /Адам кім/);
  assert.ok(universal.fields.includes('surname'));
  assert.deepEqual(universal.wires, ['rest', 'soap']);
  assert.equal(universal.connected, true);
  assert.equal(universal.owner.system, 'GBDFL');
  assert.match(universal.owner.bin, /^\d{12}$/);
  // Where its calls go is not told.
  assert.ok(!JSON.stringify(items).includes('127.0.0.1'));
  // Who has no application for it reads the same.
  const elsewhere = (await found('', gbdfl)).items.find(({ key }) => key === service);
  assert.deepEqual(elsewhere, { ...universal, connected: false });
});

test('it is searched by words as people type them', async () => {
  assert.deepEqual(await words('супруг'), ['GBDFL_FamilyInfoToken']);
  assert.deepEqual(await words('СУПРУГА дети'), ['GBDFL_FamilyInfoToken']);
  assert.deepEqual(await words('жұбайы'), ['GBDFL_FamilyInfoToken']);
  assert.deepEqual(await words('жубай'), ['GBDFL_FamilyInfoToken'], 'without the letters that a keyboard lacks');
  assert.deepEqual(await words('mcdb'), ['MCDB_SERVICE']);
  assert.deepEqual(await words('firsthead'), ['GbdulInfoByBin_v2'], 'a field');
  assert.deepEqual(await words('физическом'), [service]);
  assert.deepEqual(await words('супруг адрес'), [], 'all of them');
  assert.deepEqual(await words('кредит'), []);
});

test('it comes in pages', async () => {
  const all = await keys();
  const read = [];
  for (let page = await found('?limit=2'); ; page = await found(`?limit=2&after=${page.next}`)) {
    read.push(...page.items.map(({ key }) => key));
    assert.ok(page.items.length <= 2);
    if (!page.next) break;
  }
  assert.deepEqual(read, all);
  assert.deepEqual(await keys(`?limit=${all.length}`), all);
  assert.equal((await found(`?limit=${all.length}`)).next, undefined);
  assert.deepEqual(await keys(`?after=${all.at(-1)}`), []);
});

test('what cannot be read is refused', async () => {
  for (const query of ['?limit=0', '?limit=101', '?limit=x', '?after=', '?text=', '?text=%20-', `?text=${'a'.repeat(129)}`, '?text=a&text=b', '?key=a', '?text=%FF']) {
    assertProblem(await initiatorGet(server.base, `/registry${query}`), 400, 'query_malformed');
  }
});

test('it is for systems that prove who they are', async () => {
  assert.equal((await get(server.base, address)).status, 401);
  assert.equal((await initiatorGet(server.base, '/registry', { id: bank.id, secret: 'wrong' })).status, 401);
  assert.equal((await get(server.base, address, { cookie: operator.cookie })).status, 401);
});

test('the operator registers a service with its description, gives it another one, and ends it', async () => {
  for (const [wrong, reason] of [
    [{ description: undefined }, 'json_member_missing'],
    [{ description: { kk: 'тек қазақша' } }, 'json_member_missing'],
    [{ description: { ...parcels.description, en: 'x' } }, 'json_member_unknown'],
    [{ description: { ...parcels.description, ru: ' \n' } }, 'json_member_range'],
    [{ description: { ...parcels.description, ru: 'а\u0007' } }, 'json_member_range'],
    [{ description: { ...parcels.description, ru: 'я'.repeat(1001) } }, 'json_member_range'],
    [{ description: 'text' }, 'json_member_type'],
  ]) assertProblem(await staffPost('/services', { ...parcels, ...wrong }), 400, reason);
  assert.deepEqual(await words('участки'), []);
  assert.equal((await staffPost('/services', { ...parcels, description: { kk: 'қ'.repeat(1000), ru: 'я'.repeat(1000) } })).status, 201);
  const described = await staffPost('/services/PARCELS/description', { description: parcels.description });
  assert.equal(described.status, 200, described.text);
  const [listed] = (await found('?text=PARCELS')).items;
  assert.deepEqual(listed.description, parcels.description);
  assert.deepEqual(listed.wires, []);
  assert.equal(listed.connected, false);
  const staff = await get(server.base, '/api/v1/staff/services', { cookie: operator.cookie });
  assert.deepEqual(staff.json.items.find(({ key }) => key === 'PARCELS').description, parcels.description);

  const change = (description, who, key = 'PARCELS') => staffPost(`/services/${key}/description`, { description }, who);
  assertProblem(await change({ kk: 'x', ru: '' }), 400, 'json_member_range');
  assertProblem(await change(parcels.description, operator, 'NEVER'), 404, 'registry_entry_unknown');
  const body = await Cabinet.signIn(server.base, persons.twelfth, 'PT3M');
  assert.equal((await change(parcels.description, body)).status, 403);
  assert.equal((await staffPost('/services/PARCELS/end', {})).status, 200);
  assert.deepEqual(await words('участки'), []);
  assertProblem(await change(parcels.description), 409, 'registry_ended_before');
});

test('what was said of a service is there after a restart', async () => {
  const data = await temporaryDirectory();
  after(() => rm(data, { recursive: true }));
  const description = { kk: 'Нөмір', ru: 'Номер, под которым человека можно найти' };
  const first = await Kelisim.start({ data });
  const official = await Cabinet.signIn(first.base, persons.eleventh);
  const headers = { cookie: official.cookie, 'x-csrf-token': official.csrf };
  const said = await postJson(first.base, '/api/v1/staff/services/MCDB_SERVICE/description', { description, reason: 'хат № 2' }, headers);
  assert.equal(said.status, 200, said.text);
  await first.stop();
  const second = await Kelisim.start({ data });
  try {
    assert.deepEqual((await initiatorGet(second.base, '/registry?text=MCDB')).json.items[0].description, description);
  } finally {
    await second.stop();
  }
});
