// SPDX-License-Identifier: Apache-2.0
// An owner that keeps failing is left in peace, and asked again; what a single caller brings about shuts nobody out; how owners are is
// shown; and what was not heard goes again under one and the same use.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { get } from '../support/http.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { basic, call, consent } from '../support/oauth.mjs';
import { Owner } from '../support/owner.mjs';
import { advance } from '../support/sandbox.mjs';
import { assertFault, post, sendMessage, signedPath } from '../support/shep.mjs';
import { allFields as fields, bank, details, gbdfl, persons, service } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const failures = 3;

let proxy;
let server;
let owner;
let key;
let cabinet;
let token;

async function start(words = '') {
  const config = path.join(await temporaryDirectory(), 'kelisim.toml');
  const through = `http://127.0.0.1:${proxy.port}`;
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nbreaker_failures = ${failures}\nbreaker_rest_seconds = 60\n` +
    `upstreams = ["${service}=${through}${words}"]\nsoap_services = ["${service}=${through}/shep/${words}"]\n`);
  server = await Kelisim.start({ config });
  owner = await Owner.start(server.base);
  proxy.target = Number(new URL(owner.base).port);
  key = await issueEds(server.data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
  cabinet = await Cabinet.signIn(server.base, abai);
}
async function stop() {
  await server?.stop();
  await owner?.stop();
}

before(async () => {
  proxy = await FaultProxy.start();
  await start();
});
beforeEach(async () => {
  await proxy.become('none');
  // Whatever rests has rested.
  await advance(server.base, 'PT1M');
  token = await granted();
});
after(async () => {
  await stop();
  await proxy?.stop();
});

const granted = async () => (await consent(server.base, abai, { authorization_details: details({ fields }) })).access_token;
const rest = (options = {}) => call(server.base, token, { iin: abai.iin, fields, ...options });
async function soap() {
  const { now } = (await get(server.base, '/sandbox/clock')).json;
  const data = `<iin>${abai.iin}</iin><messageId>m</messageId><messageDate>${now}</messageDate><senderCode/><kdpToken>${token}</kdpToken>`;
  return post(server.base, signedPath, await sign(key, 'soap', sendMessage({ serviceId: service, date: new Date(now), data })));
}
const uses = async () => (await cabinet.read('/uses?limit=100')).items;
async function ownerRow(wire) {
  const answer = await get(server.base, '/api/v1/initiator/services', basic(bank));
  assert.equal(answer.status, 200, answer.text);
  return { text: answer.text, ...answer.json.items.find((item) => item.service === service && item.wire === wire) };
}
async function fail(fault, status) {
  await proxy.become(fault);
  for (let i = 0; i < failures; i += 1) assert.equal((await rest()).status, status);
}
async function assertRests() {
  const refused = await rest();
  assert.equal(refused.status, 503, refused.text);
  assert.equal(refused.json.code, 'gateway_owner_resting');
  assert.ok(Number(refused.headers['retry-after']) >= 1 && Number(refused.headers['retry-after']) <= 60);
}

for (const [fault, status, step] of [['refused', 502, 'connecting'], ['cut', 504, 'answering'], ['down', 502, 'serving']]) {
  test(`${fault}: the owner is left in peace, then one call decides`, async () => {
    const told = (id) => server.output.split(`"${id}"`).length - 1;
    const before = [told('OWNER_RESTS'), told('OWNER_ASKED_AGAIN')];
    await fail(fault, status);
    token = await granted();
    const known = (await uses()).length;
    const { passed } = proxy;
    await assertRests();
    await assertRests();
    assert.equal(proxy.passed, passed, 'nothing went to the owner');
    assert.equal((await uses()).length, known, 'and nothing was recorded');
    const row = await ownerRow('rest');
    assert.equal(row.breaker, 'open');
    assert.equal(row.failed_at, step);
    assert.ok(row.retry_after >= 1);
    assert.notEqual(row.steps.find((each) => each.step === step).last_bad, null);

    await advance(server.base, 'PT1M');
    assert.equal((await ownerRow('rest')).breaker, 'half_open');
    token = await granted();
    assert.equal((await rest()).status, status, 'the one that decides');
    await assertRests();
    await proxy.become('none');
    await assertRests();
    await advance(server.base, 'PT1M');
    token = await granted();
    assert.equal((await rest()).status, 200);
    await eventually(async () => told('OWNER_ASKED_AGAIN') === before[1] + 1, 'the operator is told that it is back');
    assert.equal(told('OWNER_RESTS'), before[0] + 1, 'and was told once that it rested');
    assert.equal((await rest()).status, 200);
    const well = await ownerRow('rest');
    assert.equal(well.breaker, 'closed');
    assert.equal(well.failed_at, undefined);
  });
}

test('what was answered before is answered again while the owner rests', async () => {
  const repeated = randomUUID();
  const first = await rest({ key: repeated });
  assert.equal(first.status, 200);
  const kept = token;
  token = await granted();
  await fail('refused', 502);
  token = kept;
  const again = await rest({ key: repeated });
  assert.equal(again.status, 200, again.text);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  const known = await uses();
  const other = await rest({ key: randomUUID() });
  assert.equal(other.json.code, 'gateway_owner_resting');
  await eventually(async () => {
    const now = await uses();
    return now.length === known.length + 1 && now[0].state === 'not_sent';
  }, 'the use was not sent');
});

test('refusals, and what one call makes it stumble over, do not shut the others out', async () => {
  for (let i = 0; i < failures + 1; i += 1) {
    const refused = await rest({ path: 'nothing' });
    assert.equal(refused.json.code, 'gateway_owner_refused', refused.text);
  }
  await proxy.become('stumbles');
  for (let i = 0; i < failures; i += 1) assert.equal((await rest()).json.code, 'gateway_owner_failed');
  await proxy.become('none');
  token = await granted();
  assert.equal((await rest()).status, 200);
});

test('on the SOAP wire a fault of its own; REST goes its own way', async () => {
  await proxy.become('refused');
  for (let i = 0; i < failures; i += 1) assertFault(await soap(), 'KLS502', 'gateway_owner_unreachable');
  await proxy.become('none');
  const { passed } = proxy;
  const resting = await soap();
  assertFault(resting, 'KLS503', 'gateway_owner_resting');
  assert.ok(Number(resting.headers['retry-after']) >= 1);
  assert.equal(proxy.passed, passed);
  assert.equal((await ownerRow('soap')).breaker, 'open');
  assert.equal((await ownerRow('rest')).breaker, 'closed');
  assert.equal((await rest()).status, 200);
  await advance(server.base, 'PT1M');
  token = await granted();
  const well = await soap();
  assert.equal(well.status, 200, well.text);
});

test('who is connected sees how an owner is, and not where; the operator sees that too', async () => {
  await proxy.become('refused');
  await rest();
  const row = await ownerRow('rest');
  assert.equal(row.failed_at, 'connecting');
  assert.ok(!row.text.includes('127.0.0.1') && !row.text.includes(String(proxy.port)), row.text);
  const stranger = await get(server.base, '/api/v1/initiator/services', basic(gbdfl));
  assert.deepEqual(stranger.json, { items: [] });
  assert.equal((await get(server.base, '/api/v1/initiator/services')).status, 401);
  assert.equal((await get(server.base, '/api/v1/staff/owners', { cookie: cabinet.cookie })).status, 403);
  const operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
  const all = await get(server.base, '/api/v1/staff/owners', { cookie: operator.cookie });
  assert.equal(all.status, 200, all.text);
  const detailed = all.json.items.find((item) => item.service === service && item.wire === 'rest');
  assert.equal(detailed.address, `http://127.0.0.1:${proxy.port}`);
  assert.ok(detailed.failed >= 1);
});

const repeatedCalls = async () => Number(/^kelisim_owner_repeated_total (\d+)$/m.exec((await get(server.base, '/metrics')).text)[1]);

test('a call that nobody heard goes again, and is one use', async () => {
  const earlier = await repeatedCalls();
  const known = (await uses()).length;
  await proxy.become('refused');
  assert.equal((await rest()).json.code, 'gateway_owner_unreachable');
  assert.equal(await repeatedCalls(), earlier + 1);
  assert.equal((await uses()).length, known + 1);
});

test('a call without an answer does not go again', async () => {
  const earlier = await repeatedCalls();
  await proxy.become('cutOnce');
  assert.equal((await rest()).json.code, 'gateway_owner_silent');
  assert.equal(await repeatedCalls(), earlier);
});

test('unless its owner is registered as repeatable: then it does, once, and is one use', async () => {
  await stop();
  await start(' repeatable');
  for (const wire of [rest, soap]) {
    token = await granted();
    const known = (await uses()).length;
    const earlier = await repeatedCalls();
    await proxy.become('cutOnce');
    const answer = await wire();
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.text.includes(abai.surname));
    assert.equal(await repeatedCalls(), earlier + 1);
    await eventually(async () => (await uses())[0].state === 'delivered', 'the use is delivered');
    assert.equal((await uses()).length, known + 1);
    await proxy.become('cut');
    token = await granted();
    const lost = await wire();
    assert.ok([500, 504].includes(lost.status), lost.text);
    await eventually(async () => (await uses())[0].state === 'unknown', 'what the first may have given is in doubt');
    await proxy.become('none');
  }
});
