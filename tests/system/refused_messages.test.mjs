// SPDX-License-Identifier: Apache-2.0
// Messages that are refused before they are taken are found by when, which way in, who and why, counted; never what they say
// (INT-2.18; 418-V ст.46(1)).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { assertProblem, get, postJson, send, sendBytes } from '../support/http.mjs';
import { eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { call, consent } from '../support/oauth.mjs';
import { asyncMessage, envelope, post, sendMessage, signedPath, insidePath } from '../support/shep.mjs';
import { persons, service } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const asyncPath = '/bip-async-wss-gost/', asyncInside = '/bip-async/';

let server;
let operator;
let body;
let key;
before(async () => {
  server = await Kelisim.start();
  operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
  body = await Cabinet.signIn(server.base, persons.twelfth, 'PT3M');
  key = await issueEds(server.data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
});
after(() => server.stop());

const search = (criteria = {}, who = operator) => postJson(server.base, '/api/v1/staff/refused-messages/search',
  { reason: 'Өтініш № 5', ...criteria }, { cookie: who.cookie, 'x-csrf-token': who.csrf });
async function found(criteria) {
  const answer = await search(criteria);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.items;
}
const times = async (criteria) => (await found({ limit: 100, ...criteria })).reduce((sum, each) => sum + each.times, 0);
// The rows that `refuse` adds to, whatever was there before; a minute may end in between.
async function counted(refuse) {
  const kinds = async () => {
    const sums = new Map();
    for (const { door, standing, sender, code, times } of await found({ limit: 100 })) {
      const kind = [door, standing, sender ?? '-', code].join(' ');
      sums.set(kind, (sums.get(kind) ?? 0) + times);
    }
    return sums;
  };
  const before = await kinds();
  await refuse();
  return [...await kinds()].filter(([kind, sum]) => sum !== (before.get(kind) ?? 0)).map(([kind, sum]) => `${kind} ${sum - (before.get(kind) ?? 0)}`).sort();
}
// Said to be too large: nobody waits for the rest of it.
async function tooLarge(to) {
  const answer = await sendBytes(server.base, `POST ${to} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000000\r\n\r\n`);
  return { status: Number(answer.split(' ')[1]) };
}
const measure = async (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await get(server.base, '/metrics')).text)[1]);

test('on the SOAP wire: what cannot be read, is unsigned or wrongly signed, of nobody known, too old or for no service', async () => {
  const tampered = async (content) => (await sign(key, 'soap', content)).toString().replace(`>${service}<`, '>NONE<');
  for (const [door, to, inside, message] of [['soap_sync', signedPath, insidePath, sendMessage],
    ['soap_async', asyncPath, asyncInside, asyncMessage]]) {
    const signed = async (content) => post(server.base, to, await sign(key, 'soap', content));
    const from = (sender, password) => door === 'soap_sync' ? { sender, password }
      : { from: `<sender><senderId>${sender}</senderId><password>${password}</password></sender>` };
    const codeOf = async (refuse) => {
      const rows = await counted(async () => assert.notEqual((await refuse()).status, 200));
      assert.equal(rows.length, 1, `${door}: ${rows}`);
      return rows[0];
    };
    const old = new Date(Date.now() - 30 * 86_400_000);
    assert.match(await codeOf(() => post(server.base, to, '<not xml')), new RegExp(`^${door} unknown - xml_malformed 1$`));
    assert.match(await codeOf(() => post(server.base, to, envelope(message({ serviceId: 'EDS_TEMP_FILES' })))),
      new RegExp(`^${door} claimed DEMOBANK \\w+ 1$`), 'unsigned');
    assert.match(await codeOf(async () => post(server.base, to, await tampered(message({ serviceId: service })))),
      new RegExp(`^${door} claimed DEMOBANK \\w+ 1$`), 'altered after it was signed');
    assert.equal(await codeOf(() => signed(message({ serviceId: service, ...from('GBDUL', 'x') }))),
      `${door} claimed GBDUL sender_of_another_organisation 1`);
    assert.equal(await codeOf(() => signed(message({ serviceId: service, ...from(abai.iin, 'x') }))),
      `${door} unknown - sender_unknown 1`, 'what a stranger says is not kept');
    assert.equal(await codeOf(() => post(server.base, inside, envelope(message({ serviceId: service, ...from('GBDUL', 'wrong') })))),
      `${door} claimed GBDUL sender_unknown 1`, 'a password that is wrong');
    assert.match(await codeOf(() => signed(message({ serviceId: service, date: old }))), new RegExp(`^${door} proven DEMOBANK \\w+ 1$`), 'too old');
    assert.match(await codeOf(() => signed(message({ serviceId: 'NONE' }))), new RegExp(`^${door} proven DEMOBANK service_not_\\w+ 1$`));
    assert.equal(await codeOf(() => tooLarge(to)), `${door} unknown - body_too_large 1`);
  }
});

test('an id that is used for another message is a refusal; a repeat and an exchange are none', async () => {
  const id = randomUUID(), date = new Date();
  const say = (data) => post(server.base, insidePath, envelope(sendMessage({ id, date, serviceId: 'EDS_TEMP_FILES', sender: 'GBDUL', password: 'gbdul-sandbox-secret', data })));
  assert.deepEqual(await counted(async () => {
    await say('<tempStorageRequest/>');
    await say('<tempStorageRequest/>');
  }), [], 'refused in an exchange, which is found there');
  const kept = '<tempStorageRequest><type>UPLOAD</type><uploadRequest><fileUploadRequests><fileProcessIdentifier>f</fileProcessIdentifier><content>aGVsbG8=</content>' +
    '<name>n</name></fileUploadRequests></uploadRequest><credentials><senderId>GBDUL</senderId><password>gbdul-sandbox-secret</password></credentials></tempStorageRequest>';
  const other = randomUUID();
  const tell = (data) => post(server.base, insidePath, envelope(sendMessage({ id: other, serviceId: 'EDS_TEMP_FILES', sender: 'GBDUL', password: 'gbdul-sandbox-secret', data })));
  assert.deepEqual(await counted(async () => {
    assert.equal((await tell(kept)).status, 200);
    await tell(kept.replace('<name>n', '<name>m'));
  }), ['soap_sync proven GBDUL message_id_reused 1']);
});

test('over REST: without a token, with one that is none, taken back, too large, no JSON, no such service', async () => {
  const { access_token: token } = await consent(server.base, abai);
  const to = `/gateway/${service}/person`;
  const json = { 'content-type': 'application/json' }, bearer = { authorization: `Bearer ${token}` };
  const ask = (path, headers, content = '{}') => send(server.base, 'POST', path, { headers, body: content });
  const codeOf = async (refuse) => {
    const rows = await counted(async () => assert.ok((await refuse()).status >= 400));
    assert.equal(rows.length, 1, `${rows}`);
    return rows[0];
  };
  assert.equal(await codeOf(() => ask(to, json)), 'rest unknown - gateway_token_missing 1');
  assert.equal(await codeOf(() => ask(to, { ...json, authorization: 'Bearer none' })), 'rest unknown - use_token_ended 1');
  assert.equal(await codeOf(() => ask(to, { ...json, ...bearer, 'kdp-token': token })), 'rest unknown - gateway_token_twice 1');
  assert.match(await codeOf(() => ask(to, { ...json, 'kdp-token': token, authorization: `Basic ${Buffer.from('demo-bank:wrong').toString('base64')}` })),
    /^rest claimed DEMOBANK \w+ 1$/);
  assert.equal(await codeOf(() => ask('/gateway/NONE/person', { ...json, ...bearer })), 'rest proven DEMOBANK gateway_service_unknown 1');
  assert.match(await codeOf(() => ask(to, { ...json, ...bearer }, '{')), /^rest proven DEMOBANK json_\w+ 1$/);
  assert.match(await codeOf(() => ask(to, { 'content-type': 'text/plain', ...bearer })), /^rest proven DEMOBANK \w+ 1$/);
  assert.match(await codeOf(() => ask(to, { ...json, ...bearer, 'idempotency-key': 'x'.repeat(300) })), /^rest proven DEMOBANK \w+ 1$/);
  assert.equal(await codeOf(() => tooLarge(to)), 'rest unknown - body_too_large 1');
  // What was decided about is an exchange, whatever was decided.
  assert.deepEqual(await counted(async () => {
    assert.equal((await call(server.base, token, { iin: abai.iin })).status, 200);
    assert.equal((await call(server.base, token, { iin: ybyrai.iin })).status, 403);
  }), []);
  const all = await search({ limit: 100 });
  for (const secret of [abai.iin, ybyrai.iin, token, 'gbdul-sandbox-secret', 'wrong'])
    assert.ok(!all.text.includes(secret), secret);
});

test('a flood of refused messages is a handful of rows and units', async () => {
  const unitsBefore = await measure('kelisim_refusals_units_total');
  const timesBefore = await times({ code: 'xml_malformed', door: 'soap_sync' });
  const flood = 10_000, atOnce = 50;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let i = 0; i < flood / atOnce; i++) await post(server.base, signedPath, 'x');
  }));
  assert.equal(await times({ code: 'xml_malformed', door: 'soap_sync' }) - timesBefore, flood, 'each of them is counted');
  const rows = (await found({ code: 'xml_malformed', door: 'soap_sync', limit: 100 })).length;
  const units = await measure('kelisim_refusals_units_total') - unitsBefore;
  assert.ok(rows <= 10, `${rows} rows`);
  assert.ok(units <= 60, `${units} units`);
});

test('by time, way in, sender and code; pages go back to the end', async () => {
  const all = await found({ limit: 100 });
  assert.ok(all.length > 4);
  const seen = [];
  let before;
  do {
    const page = (await search({ limit: 3, ...(before ? { before } : {}) })).json;
    seen.push(...page.items);
    before = page.next;
  } while (before);
  assert.deepEqual(seen, all);
  assert.ok((await found({ door: 'rest', limit: 100 })).every((each) => each.door === 'rest'));
  const [newest] = await found({ sender: 'DEMOBANK' });
  assert.equal(newest.sender, 'DEMOBANK');
  const minute = Date.parse(newest.minute);
  assert.equal(minute % 60_000, 0);
  assert.ok((await found({ from: newest.minute, limit: 100 })).some((each) => each.minute === newest.minute));
  assert.ok((await found({ to: newest.minute, limit: 100 })).every((each) => Date.parse(each.minute) < minute));
  assert.deepEqual(await found({ sender: 'NONE' }), []);
  assert.deepEqual(await found({ code: 'message_id_reused', door: 'rest' }), []);
});

test('for the operator alone, with a reason; questions that are none', async () => {
  assertProblem(await search({}, body), 403, 'staff_only');
  assertProblem(await search({ reason: '' }), 400, 'exchange_search_reason_missing');
  assertProblem(await search({ from: '2026-01-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }), 400, 'exchange_search_span');
  for (const wrong of [{ door: 'window' }, { limit: 0 }, { before: 'x' }, { from: 'yesterday' }, { iin: abai.iin }, { sender: 1 }, { reason: undefined }])
    assert.equal((await search(wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await postJson(server.base, '/api/v1/staff/refused-messages/search', { reason: 'x' })).status, 401);
});

test('what was counted outlives a stop, and by itself after some seconds a kill', async () => {
  const data = await temporaryDirectory();
  let other = await Kelisim.start({ data });
  const after = async () => {
    const who = await Cabinet.signIn(other.base, persons.eleventh, 'PT3M');
    const answer = await postJson(other.base, '/api/v1/staff/refused-messages/search', { reason: 'x', limit: 100 },
      { cookie: who.cookie, 'x-csrf-token': who.csrf });
    return answer.json.items.reduce((sum, each) => sum + each.times, 0);
  };
  await post(other.base, signedPath, 'x');
  await other.stop();
  other = await Kelisim.start({ data });
  assert.equal(await after(), 1);
  await post(other.base, signedPath, 'x');
  await eventually(async () => /^kelisim_refusals_units_total 1$/m.test((await get(other.base, '/metrics')).text), 'it is written by itself');
  await other.kill();
  other = await Kelisim.start({ data });
  assert.equal(await after(), 2);
  await other.stop();
});
