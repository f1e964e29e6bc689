// SPDX-License-Identifier: Apache-2.0
// Who reaches whom, and by which side of the gateway: the external side and the joint agreement of a non-state system, what 307/НК
// п.3 leaves out, open data beside the gateway, and payments by a side of their own (INT-2.5, INT-2.26, INT-2.27, INT-3.1 to
// INT-3.4, INT-4.1, INT-4.2, LAW-43, LAW-44).
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { assertProblem, codes, get, postJson, send } from '../support/http.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, basic, call, consent, refresh } from '../support/oauth.mjs';
import { garbage, Participant, taken as accepts } from '../support/participant.mjs';
import { advance } from '../support/sandbox.mjs';
import * as shep from '../support/shep.mjs';
import { bank, details, familyService, persons, service } from '../support/world.mjs';

const fields = ['iin', 'surname', 'name', 'patronymic', 'birthDate', 'gender', 'citizenship', 'lifeStatus', 'imprisonedStatus',
  'regAddress', 'personCapableStatus', 'missingStatus', 'documents', 'addresses'];
const bankBin = '000140000353', stateBin = '000140000280', operatorBin = '000140000072', corporationBin = '000140000568';
const external = shep.signedPath, inner = '/shep/bip-sync-wss-gost/', payments = '/pshep/bip-sync-wss-gost/';
const asyncExternal = '/bip-async-wss-gost/', asyncPayments = '/pshep/bip-async-wss-gost/';
const payment = 'PAYMENT_REQUEST', order = 'PAYMENT_ORDER', open = 'OPEN_BUDGET';
const bankAgreement = '2026-JSA-0035';
const { abai } = persons;

const envelope = (content) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;

// The bank's side of payments: it says of every request that it took it, and keeps what came.
let taken;
const till = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    taken.push(text);
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(envelope('<t:SendMessageResponse xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><response><responseInfo>' +
      `<messageId>till-${taken.length}</messageId><responseDate>${new Date().toISOString()}</responseDate><status><code>SCSS001</code>` +
      '<message>OK</message></status></responseInfo><responseData><data><accepted>yes</accepted></data></responseData></response></t:SendMessageResponse>'));
  });
});

let world;     // with the registries of the sandbox
let counters;  // with a system that takes payments
let payer, payee;  // of orders that wait: a bank and that system
let operator;
let body;
let key;
before(async () => {
  await new Promise((resolve) => till.listen(0, '127.0.0.1', resolve));
  const directory = await temporaryDirectory();
  const configured = async (name, gateway) => {
    const config = path.join(directory, `${name}.toml`);
    await writeFile(config, `${await readFile(patient)}\n[gateway]\n${gateway}\n`);
    return Kelisim.start({ config });
  };
  world = await configured('world', `async_services = ["${service}"]`);
  [payer, payee] = [await Participant.start(), await Participant.start()];
  counters = await configured('counters', `soap_services = ["${payment}=http://127.0.0.1:${till.address().port}/"]\n` +
    `async_services = ["${order}", "${service}"]\nasync_receivers = ["DEMOBANK=${payer.url}", "PEP=${payee.url}"]`);
  key = {
    world: await issueEds(world.data, persons.ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' }),
    counters: await issueEds(counters.data, persons.ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' }),
    payee: await issueEds(counters.data, persons.eleventh.iin, { bin: operatorBin, organisation: 'ОПЕРАТОР', role: 'system' }),
  };
});
after(async () => {
  await Promise.all([world.stop(), counters.stop()]);
  await Promise.all([payer.stop(), payee.stop()]);
  till.closeAllConnections();
  await new Promise((resolve) => till.close(resolve));
});

async function officials() {
  body = await Cabinet.signIn(world.base, persons.twelfth, 'PT3M');
  operator = await Cabinet.signIn(world.base, persons.eleventh, 'PT3M');
}
const staffPost = (who, address, value) =>
  postJson(who.base, `/api/v1/staff${address}`, { reason: 'хат № 1', ...value }, { cookie: who.cookie, 'x-csrf-token': who.csrf });
const staffGet = async (who, address) => {
  const answer = await get(who.base, `/api/v1/staff${address}`, { cookie: who.cookie });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.items;
};
async function done(answer) {
  const said = await answer;
  assert.ok([200, 201].includes(said.status), said.text);
  return said.json;
}
const now = async (base) => new Date((await advance(base, 'PT1S')).now);
const localDay = async (base) => new Date((await now(base)).getTime() + 5 * 3_600_000).toISOString().slice(0, 10);
const agreement = (number, more = {}) =>
  ({ number, signed_on: '2026-01-01', valid_to: '2027-12-31', parties: [bankBin, operatorBin], ...more });
const classify = (system, exclusions, more = {}) =>
  done(staffPost(operator, `/systems/${system}/classification`,
    { ownership: 'non_state', contour: 'external', exclusions, ...more }));

// The same question on each wire: what is said against it, and 'passed' where nothing is.
const token = async () => (await consent(world.base, abai, { authorization_details: details({ fields }) })).access_token;
const dataOf = (kdpToken) => '<messageId>m</messageId><messageDate>2026-11-22T10:00:00+05:00</messageDate><senderCode>BANK</senderCode>' +
  `<iin>${abai.iin}</iin><kdpToken>${kdpToken}</kdpToken>`;
const said = (answer) => (answer.status === 200 ? 'passed' : answer.why);
const signed = async (to, content) => shep.post(world.base, to, await sign(key.world, 'soap', content));
async function bySoap(kdpToken, to = external) {
  const date = await now(world.base);
  return said(await signed(to, shep.sendMessage({ serviceId: service, date, data: dataOf(kdpToken) })));
}
async function byQueue(kdpToken, to = asyncExternal) {
  const date = (await now(world.base)).toISOString();
  return said(await signed(to, '<a:sendMessage xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request><messageInfo>' +
    `<serviceId>${service}</serviceId><messageType>REQUEST</messageType><messageDate>${date}</messageDate><sender><senderId>DEMOBANK</senderId></sender>` +
    `</messageInfo><messageData><data>${dataOf(kdpToken)}</data></messageData></request></a:sendMessage>`));
}
async function byRest(access) {
  const answer = await call(world.base, access, { iin: abai.iin });
  if (answer.status === 200) return 'passed';
  assert.equal(answer.status, 403, answer.text);
  return codes(answer.json).join('; ');
}
const onEachWire = async (access) => [await byRest(access), await bySoap(access), await byQueue(access)];
const each = (reason) => [reason, reason, reason];

// INT-4.1, INT-2.26
test('a bank reaches a state registry by the external side, and not by the inner one', async () => {
  const outside = 'contour_outside_environment; contour_external_side_only';
  const access = await token();
  assert.equal(await bySoap(access, inner), outside);
  assert.equal(await byQueue(access, '/shep/bip-async-wss-gost/'), outside);
  assert.equal(await bySoap(access, payments), 'contour_payments_only');
  assert.equal(await bySoap(access), 'passed');
  // The attempts stand where the person sees them.
  const person = await Cabinet.signIn(world.base, abai);
  const states = (await person.read('/uses')).items.map(({ state }) => state);
  assert.deepEqual(states, ['delivered', 'refused', 'refused', 'refused']);
  // Consent itself is asked of a state system.
  const asked = await signed(inner, shep.sendMessage({ serviceId: 'KDP_SERVICE', date: await now(world.base), data: '<x/>' }));
  shep.assertFault(asked, 'KLS403', 'contour_external_side_only');
});

// INT-4.2
test('an agreement is registered by the authorized body or the operator, listed, and withdrawn', async () => {
  await officials();
  const [first] = (await staffGet(body, '/agreements')).filter(({ parties }) => parties.includes(bankBin));
  assert.deepEqual(first, { number: bankAgreement, signed_on: '2026-01-01', valid_to: '2027-12-31', parties: [bankBin, operatorBin], withdrawn: null });
  for (const [wrong, status, reason] of [
    [agreement(bankAgreement), 409, 'registry_key_taken'],
    [agreement('№ 1/26', { parties: [bankBin] }), 400, 'agreement_incomplete'],
    [agreement('№ 1/26', { parties: [bankBin, '000140009999'] }), 400, 'agreement_incomplete'],
    [agreement('№ 1/26', { valid_to: '2025-12-31' }), 400, 'agreement_incomplete'],
    [agreement('№ 1/26', { valid_to: '2026-02-30' }), 400, 'json_member_range'],
    [agreement(''), 400, 'json_member_range'],
    [agreement('№ 1/26', { reason: '' }), 400, 'json_member_range'],
    [agreement('№ 1/26', { until: '2027-12-31' }), 400, 'json_member_unknown'],
  ]) assertProblem(await staffPost(body, '/agreements', wrong), status, reason);
  const citizen = await Cabinet.signIn(world.base, persons.eighth, 'PT3M');
  assertProblem(await staffPost(citizen, '/agreements', agreement('№ 1/26')), 403, 'staff_only');
  assertProblem(await staffPost(citizen, `/agreements/${bankAgreement}/withdraw`), 403, 'staff_only');
  assertProblem(await staffPost(operator, '/agreements/never/withdraw'), 404, 'registry_entry_unknown');

  const [access, another] = [await token(), await token()];
  await done(staffPost(operator, `/agreements/${bankAgreement}/withdraw`));
  assertProblem(await staffPost(operator, `/agreements/${bankAgreement}/withdraw`), 409, 'registry_ended_before');
  assert.deepEqual(await onEachWire(access), each('contour_agreement_over'));
  const asked = await ask(world.base, abai);
  assert.equal(asked.status, 400, asked.text);
  assert.equal(asked.json.error, 'unauthorized_client');
  assert.equal(asked.json.code, 'contour_agreement_over');
  // Between the bank and the state body that it calls, or with the operator for all of them; not with somebody else.
  await done(staffPost(body, '/agreements', agreement('№ 1/26', { parties: [bankBin, corporationBin] })));
  assert.equal(await byRest(access), 'contour_agreement_over');
  await done(staffPost(body, '/agreements', agreement('№ 2/26')));
  assert.deepEqual(await onEachWire(access), each('passed'));
  const [again] = (await staffGet(operator, '/agreements')).filter(({ number }) => number === bankAgreement);
  assert.match(again.withdrawn, /^\d{4}-/);
  // A number holds what people write.
  await done(staffPost(operator, `/agreements/${encodeURIComponent('№ 2/26')}/withdraw`));
  assert.deepEqual(await onEachWire(another), each('contour_agreement_over'));
});

test('an agreement ends with its last day, by the clock', async () => {
  const short = agreement('№ 3/26', { valid_to: await localDay(world.base) });
  await done(staffPost(operator, '/agreements', short));
  const { refresh_token: lasting } = await consent(world.base, abai, { authorization_details: details({ fields }) });
  assert.equal(await byRest((await refresh(world.base, lasting)).json.access_token), 'passed');
  await advance(world.base, 'P1D');
  await officials();
  const { json } = await refresh(world.base, lasting);
  assert.deepEqual(await onEachWire(json.access_token), each('contour_agreement_over'));
  await done(staffPost(operator, '/agreements', agreement('№ 4/26')));
  assert.equal(await byRest(json.access_token), 'passed');
});

// INT-3.1, INT-3.2, INT-3.3, INT-3.4
test('what 307/НК п.3 leaves out is not registered, with each reason and clause', async () => {
  const system = { key: 'LAND', organisation: stateBin, client_id: 'land', ownership: 'state', contour: 'ets', exclusions: [] };
  const refused = await staffPost(operator, '/systems', { ...system, exclusions: ['state_secrets', 'official_use', 'analytics_space'] });
  assertProblem(refused, 403, 'contour_state_secrets');
  assert.deepEqual(refused.json.reasons.map(({ code, clause }) => [code, clause]), [
    ['contour_state_secrets', '307/НК п.3(2)'], ['contour_official_use', '307/НК п.3(2)'], ['contour_analytics_space', '307/НК п.3(3)']]);
  assertProblem(await staffPost(body, '/systems', system), 403, 'staff_only');
  assertProblem(await staffPost(operator, '/systems', { ...system, key: 'LA ND' }), 400, 'json_member_range');
  assertProblem(await staffPost(operator, '/systems', { ...system, exclusions: ['boredom'] }), 400, 'json_member_range');
  assertProblem(await staffPost(operator, '/systems', { ...system, organisation: '000140009999' }), 404, 'registry_entry_unknown');
  await done(staffPost(operator, '/systems', system));
  assertProblem(await staffPost(operator, '/systems', { ...system, key: 'LAND2' }), 409, 'registry_key_taken');
  const { key: name, ...rest } = (await staffGet(body, '/systems')).find((one) => one.key === 'LAND');
  assert.deepEqual({ key: name, ...rest }, system);

  const parcels = { key: 'PARCELS', owner: 'LAND', kind: 'ordinary', personal_data: false, access_class: 'public_data', fields: [],
    name: { kk: 'Жер телімдері', ru: 'Земельные участки' }, description: { kk: 'Жер телімінің шекарасы', ru: 'Границы участка' } };
  for (const [kind, reason, clause] of [
    ['certification_authority', 'contour_certification_authority', '307/НК п.3(1)'],
    ['open_data', 'contour_open_data', '307/НК п.3(4)'],
  ]) {
    const answer = await staffPost(operator, '/services', { ...parcels, kind });
    assertProblem(answer, 403, reason);
    assert.equal(answer.json.reasons[0].clause, clause);
  }
  assertProblem(await staffPost(operator, '/services', { ...parcels, kind: 'payment', personal_data: true, fields: ['iin'] }), 403,
    'contour_payment_with_personal_data');
  assertProblem(await staffPost(operator, '/services', { ...parcels, personal_data: true }), 400, 'json_member_range');
  assertProblem(await staffPost(operator, '/services', { ...parcels, owner: 'NOBODY' }), 404, 'registry_entry_unknown');
  assertProblem(await staffPost(operator, '/services', { ...parcels, key: service }), 409, 'registry_key_taken');
  await done(staffPost(operator, '/services', parcels));
  const kept = (await staffGet(operator, '/services')).find((one) => one.key === 'PARCELS');
  assert.equal(kept.kind, 'ordinary');
});

test('what is classified so later is refused at the next call, on every wire', async () => {
  const access = await token();
  for (const [exclusion, reason] of [
    ['state_secrets', 'contour_state_secrets'], ['official_use', 'contour_official_use'], ['analytics_space', 'contour_analytics_space'],
  ]) {
    await classify('DEMOBANK', [exclusion]);
    assert.deepEqual(await onEachWire(access), each(reason), 'who calls');
    await classify('DEMOBANK', []);
    await classify('GBDFL', [exclusion], { ownership: 'state', contour: 'ets' });
    assert.deepEqual(await onEachWire(access), each(reason), 'who is called');
    await classify('GBDFL', [], { ownership: 'state', contour: 'ets' });
  }
  for (const [kind, reason] of [
    ['certification_authority', 'contour_certification_authority'], ['open_data', 'contour_open_data'],
    ['payment', 'contour_payment_with_personal_data'],
  ]) {
    await done(staffPost(operator, `/services/${service}/classification`, { kind }));
    for (const answer of await onEachWire(access)) assert.ok(answer.split('; ').includes(reason), answer);
    await done(staffPost(operator, `/services/${service}/classification`, { kind: 'ordinary' }));
  }
  assertProblem(await staffPost(operator, '/systems/NOBODY/classification', { ownership: 'state', contour: 'ets', exclusions: [] }), 404,
    'registry_entry_unknown');
  assert.deepEqual(await onEachWire(await token()), each('passed'));
});

// INT-2.5, INT-3.4
test('open data are listed for everybody, and a call is told where they are', async () => {
  const listed = async () => (await get(world.base, '/api/v1/open-services')).json.items.map((one) => one.key);
  assert.deepEqual(await listed(), [open]);
  const address = 'https://open-data.sandbox.invalid/budget';
  const rest = await send(world.base, 'POST', `/gateway/${open}/2026`, { headers: { 'content-type': 'application/json' }, body: '{}' });
  assertProblem(rest, 403, 'contour_open_data');
  assert.equal(rest.headers.link, `<${address}>; rel="alternate"`);
  const date = await now(world.base);
  const soap = await signed(external, shep.sendMessage({ serviceId: open, date, data: '<x/>' }));
  shep.assertFault(soap, 'KLS403', 'contour_open_data');
  assert.ok(soap.why.endsWith(address), soap.why);
  const queue = await signed(asyncExternal, '<a:sendMessage xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request><messageInfo>' +
    `<serviceId>${open}</serviceId><messageType>REQUEST</messageType><messageDate>${date.toISOString()}</messageDate><sender><senderId>DEMOBANK</senderId></sender>` +
    '</messageInfo><messageData><data><x/></data></messageData></request></a:sendMessage>');
  shep.assertFault(queue, 'KLS403', 'contour_open_data');
  assert.ok(queue.why.endsWith(address), queue.why);

  const more = { key: 'OPEN_ACTS', publisher: stateBin, name: { kk: 'Ашық актілер', ru: 'Открытые акты' }, address: 'https://open-data.sandbox.invalid/acts' };
  assertProblem(await staffPost(body, '/open-services', more), 403, 'staff_only');
  assertProblem(await staffPost(operator, '/open-services', { ...more, address: 'ftp://open-data.sandbox.invalid/' }), 400, 'json_member_range');
  assertProblem(await staffPost(operator, '/open-services', { ...more, address: 'https://a.invalid/>; rel="x"' }), 400, 'json_member_range');
  assertProblem(await staffPost(operator, '/open-services', { ...more, key: familyService }), 409, 'registry_key_taken');
  await done(staffPost(operator, '/open-services', more));
  assert.deepEqual(await listed(), ['OPEN_ACTS', open]);
  await done(staffPost(operator, '/open-services/OPEN_ACTS/end'));
  assert.deepEqual(await listed(), [open]);
  assertProblem(await call(world.base, await token(), { iin: abai.iin, service: 'OPEN_ACTS' }), 404, 'gateway_service_unknown');
});

// INT-2.27, LAW-43, LAW-44
test('payments go by the payment gateway, without an approved application, and nothing else does', async () => {
  taken = [];
  const pay = async (to) => {
    const content = shep.sendMessage({ serviceId: payment, date: await now(counters.base), data: '<pay>7000</pay>' });
    return shep.post(counters.base, to, await sign(key.counters, 'soap', content));
  };
  const unregistered = await pay(payments);
  assert.equal(unregistered.status, 500, unregistered.text);
  assert.equal(unregistered.why, 'service_not_on_soap');
  const till = await Cabinet.signIn(counters.base, persons.eleventh);
  await done(staffPost(till, '/services', { key: payment, owner: 'PEP', kind: 'payment', personal_data: false, access_class: 'public_data',
    fields: [], name: { kk: 'Төлем сұрауы', ru: 'Запрос на платёж' }, description: { kk: 'Төлем', ru: 'Платёж' } }));
  const paid = await pay(payments);
  assert.equal(paid.status, 200, paid.text);
  assert.equal(paid.code, 'SCSS001');
  assert.equal(taken.length, 1);
  assert.ok(taken[0].includes('<pay>7000</pay>'), taken[0]);
  shep.assertFault(await pay(external), 'KLS403', '^contour_payment_side_only$');
  shep.assertFault(await pay(inner), 'KLS403', 'contour_external_side_only');
  // An approved application is not waited for; the agreement is.
  await done(staffPost(till, `/agreements/${bankAgreement}/withdraw`));
  shep.assertFault(await pay(payments), 'KLS403', '^contour_agreement_over$');
  await done(staffPost(till, '/agreements', agreement('№ 1/26')));
  assert.equal((await pay(payments)).status, 200);
  // As an ordinary service it is behind an application, which the bank does not have.
  await done(staffPost(till, `/services/${payment}/classification`, { kind: 'ordinary' }));
  shep.assertFault(await pay(external), 'KLS403', '^service_without_connection$');
  shep.assertFault(await pay(payments), 'KLS403', 'contour_payments_only');
  assert.equal(taken.length, 2, 'nothing that was refused went on');
});

// INT-2.27
test('payments that wait in a queue go by the payment gateway too, and so do their answers', async () => {
  const till = await Cabinet.signIn(counters.base, persons.eleventh, 'PT3M');
  await done(staffPost(till, '/services', { key: order, owner: 'PEP', kind: 'payment', personal_data: false, access_class: 'public_data',
    fields: [], name: { kk: 'Төлем тапсырмасы', ru: 'Платёжное поручение' }, description: { kk: 'Төлем', ru: 'Платёж' } }));
  const queue = async (to, what, signer = key.counters) => {
    const content = shep.asyncMessage({ serviceId: order, date: await now(counters.base), data: '<said>7000</said>', ...what });
    return shep.post(counters.base, to, await sign(signer, 'soap', content));
  };
  shep.assertFault(await queue(asyncExternal), 'KLS403', '^contour_payment_side_only$');
  shep.assertFault(await queue('/shep/bip-async-wss-gost/'), 'KLS403', 'contour_payment_side_only');
  shep.assertFault(await queue(asyncPayments, { serviceId: service, data: dataOf('a.b.c') }), 'KLS403', '.');
  assert.deepEqual(payee.calls, []);
  const asked = await queue(asyncPayments);
  assert.equal(asked.status, 200, asked.text);
  const pushed = await eventually(async () => payee.messages()[0], 'the order is pushed');
  assert.equal(pushed.said, '7000');
  const answer = { type: 'RESPONSE', from: '<sender><senderId>PEP</senderId></sender>', correlationId: pushed.correlationId,
    id: pushed.messageId, data: '<said>paid</said>' };
  shep.assertFault(await queue(asyncExternal, answer, key.payee), 'KLS403', '^contour_payment_side_only$');
  assert.equal((await queue(asyncPayments, answer, key.payee)).status, 200);
  assert.equal((await eventually(async () => payer.messages()[0], 'the answer is pushed')).said, 'paid');
});

const operation = (name, content) =>
  `<a:${name} xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request>${content}</request></a:${name}>`;
async function stateOf(server, signer, messageId) {
  const answer = await shep.post(server.base, asyncExternal, await sign(signer, 'soap', operation('getMessageStatus',
    `<messageId>${messageId}</messageId><requestDate>${(await now(server.base)).toISOString()}</requestDate><sender><senderId>DEMOBANK</senderId></sender>`)));
  return [shep.one('messageState', answer.text), shep.one('statusCode', answer.text) ?? shep.one('code', answer.text)];
}

// An order that its receiver did not take yet, and that what the official does then keeps from being delivered: its id.
async function withheldBy(till, what, error) {
  payee.answer = () => garbage;
  payee.calls = [];
  const content = shep.asyncMessage({ serviceId: order, date: await now(counters.base), data: '<said>8000</said>' });
  const asked = await shep.post(counters.base, asyncPayments, await sign(key.counters, 'soap', content));
  assert.equal(asked.status, 200, asked.text);
  const messageId = shep.one('messageId', asked.text);
  await eventually(async () => payee.messages().length > 0, 'an attempt');
  await what();
  const attempts = payee.messages().length;
  payee.answer = accepts;
  await eventually(async () => (await stateOf(counters, key.counters, messageId))[0] === 'NOT_DELIVERED' || (await advance(counters.base, 'PT5M'), false),
    'it is withheld');
  assert.deepEqual(await stateOf(counters, key.counters, messageId), ['NOT_DELIVERED', 'KLS412']);
  assert.ok(payee.messages().length <= attempts + 1, 'one may have been under way');
  const listed = (await get(counters.base, '/api/v1/staff/messages', { cookie: till.cookie })).json.items.find(({ id }) => id === messageId);
  assert.equal(listed.error, error);
  return messageId;
}

test('what waits when the agreement ends is not pushed, and goes when the operator lets it after the next one', async () => {
  const till = await Cabinet.signIn(counters.base, persons.eleventh, 'PT3M');
  const messageId = await withheldBy(till, async () => {
    for (const each of (await staffGet(till, '/agreements')).filter(({ parties, withdrawn }) => parties.includes(bankBin) && !withdrawn))
      await done(staffPost(till, `/agreements/${encodeURIComponent(each.number)}/withdraw`));
  }, 'contour_agreement_over');
  const replay = () => staffPost(till, `/messages/${messageId}/replay`);
  await done(replay());
  await eventually(async () => (await stateOf(counters, key.counters, messageId))[0] === 'NOT_DELIVERED', 'withheld again');
  await done(staffPost(till, '/agreements', agreement('№ 3/26')));
  await done(replay());
  await eventually(async () => (await stateOf(counters, key.counters, messageId))[0] === 'DELIVERED', 'it is delivered');
});

test('what waits for one who asks is not handed out when its sender is left out meanwhile', async () => {
  const pull = async () => {
    const answer = await shep.post(world.base, '/bip-async/', shep.envelope(operation('getMessages', `<serviceId>${service}</serviceId>` +
      '<sender><senderId>GBDFL</senderId><password>gbdfl-sandbox-secret</password></sender>')));
    assert.equal(answer.status, 200, answer.text);
    return [...answer.text.matchAll(/<messageId>([^<]*)</g)].map(([, id]) => id);
  };
  const queued = async () => {
    const content = shep.asyncMessage({ serviceId: service, date: await now(world.base), data: dataOf(await token()) });
    const answer = await shep.post(world.base, asyncExternal, await sign(key.world, 'soap', content));
    assert.equal(answer.status, 200, answer.text);
    return shep.one('messageId', answer.text);
  };
  await officials();
  await classify('DEMOBANK', []);
  const handedOut = await queued();
  assert.ok((await pull()).includes(handedOut));
  const held = await queued();
  await classify('DEMOBANK', ['state_secrets']);
  assert.deepEqual(await pull(), []);
  assert.deepEqual(await stateOf(world, key.world, held), ['NOT_DELIVERED', 'KLS412']);
  await classify('DEMOBANK', []);
  assert.deepEqual(await pull(), [], 'its use was booked');
});

test('what waits when its service is ended is not delivered', async () => {
  const till = await Cabinet.signIn(counters.base, persons.eleventh, 'PT3M');
  await withheldBy(till, () => done(staffPost(till, `/services/${order}/end`)), 'use_service_ended');
});

test('what was registered is there after a restart', async () => {
  const data = await temporaryDirectory();
  after(() => rm(data, { recursive: true }));
  const first = await Kelisim.start({ data });
  const official = await Cabinet.signIn(first.base, persons.eleventh);
  await done(staffPost(official, '/agreements', agreement('№ 9/26')));
  await done(staffPost(official, '/systems',
    { key: 'LAND', organisation: stateBin, client_id: 'land', ownership: 'state', contour: 'ets', exclusions: [] }));
  await done(staffPost(official, '/open-services/OPEN_BUDGET/end'));
  await first.stop();
  const second = await Kelisim.start({ data });
  try {
    const again = await Cabinet.signIn(second.base, persons.eleventh);
    assert.ok((await staffGet(again, '/agreements')).some(({ number }) => number === '№ 9/26'));
    assert.ok((await staffGet(again, '/systems')).some((one) => one.key === 'LAND'));
    assert.deepEqual((await get(second.base, '/api/v1/open-services')).json.items, []);
  } finally {
    await second.stop();
  }
});
