// SPDX-License-Identifier: Apache-2.0
// The asynchronous channel of ШЭП: what is accepted arrives, in order, once, and nothing of a person goes without a decision
// (INT-2.15, INT-45-7, MON-9a). Participants are servers of this test, called by the real program.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { get, postJson, send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { cut, fault, garbage, Participant, taken } from '../support/participant.mjs';
import { advance } from '../support/sandbox.mjs';
import { asyncMessage, envelope } from '../support/shep.mjs';
import { column, engine, tamper } from '../support/store.mjs';
import { allFields as fields, details, familyService, persons, service } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const signed = '/bip-async-wss-gost/';
const inside = '/bip-async/';
const report = 'GbdulReport3007_KDP';

let bank;   // is called
let owner;  // GBDFL: is called
let server;
let key;
let config;
before(async () => {
  [bank, owner] = [await Participant.start(), await Participant.start()];
  config = path.join(await temporaryDirectory(), 'async.toml');
  await writeFile(config, `${await readFile(patient)}\n[gateway]\nasync_services = ["${service}", "${familyService}", "GbdulInfoByBin_v2", "${report} several-persons"]\nasync_waiting_max = 8\n` +
    `async_receivers = ["DEMOBANK=${bank.url}", "GBDFL=${owner.url}"]\n`);
  server = await Kelisim.start({ config, data: await temporaryDirectory() });
  key = await issueEds(server.data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
});
beforeEach(() => {
  for (const each of [bank, owner]) Object.assign(each, { answer: taken, calls: [] });
});
after(async () => {
  await server.stop();
  await Promise.all([bank.stop(), owner.stop()]);
});

// The sandbox's clock, which the tests move.
let moved = 0;
const clock = () => new Date(Date.now() + moved);
async function later(hours) {
  moved += hours * 3_600_000;
  await advance(server.base, `PT${hours * 60}M`);
}

// eventually(), while the pauses between attempts go by.
const afterPauses = (probe, what) => eventually(async () => (await probe()) || (await later(1 / 60)), what);

const sender = (id, password) =>
  `<sender><senderId>${id}</senderId>${password ? `<password>${password}</password>` : ''}</sender>`;
const message = (what) => asyncMessage({ serviceId: service, date: clock(), ...what });
const operation = (name, content) =>
  `<a:${name} xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request>${content}</request></a:${name}>`;

async function post(to, body) {
  const answer = await send(server.base, 'POST', to, { headers: { 'content-type': 'text/xml; charset=utf-8' }, body });
  const one = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(answer.text)?.[1];
  return { ...answer, code: one('errorCode') ?? one('statusCode'), why: one('errorData'), messageId: one('messageId'),
    correlationId: one('correlationId'), state: one('messageState') };
}
const byBank = async (content) => post(signed, await sign(key, 'soap', content));
const ownerSender = sender('GBDFL', 'gbdfl-sandbox-secret');
const byOwner = (content) => post(inside, envelope(content));
function assertFault(answer, code, why) {
  assert.equal(answer.status, 500, answer.text);
  assert.equal(answer.code, code, answer.text);
  if (why) assert.match(answer.why, new RegExp(why));
  assert.ok(!answer.text.includes(abai.iin), answer.text);
}
async function accepted(answering) {
  const answer = await answering;
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.messageId, /^[0-9a-f-]{36}$/);
  return answer;
}
const status = (messageId) => byBank(operation('getMessageStatus',
  `<messageId>${messageId}</messageId><requestDate>${clock().toISOString()}</requestDate>${sender('DEMOBANK')}`));
const token = async (person = abai) =>
  (await consent(server.base, person, { authorization_details: details({ fields }) })).access_token;
const request = (kdpToken, said = randomUUID(), iin = abai.iin) =>
  `<r><iin>${iin}</iin><kdpToken>${kdpToken}</kdpToken><said>${said}</said></r>`;
const uses = async (person = abai) => (await (await Cabinet.signIn(server.base, person)).read('/uses')).items;
const wellSaid = (participant) => participant.messages().filter(({ well }) => well).map(({ said }) => said);

test('a request under a consent goes to the owner, its answer comes back, and the use is the person’s', async () => {
  const kdpToken = await token();
  const asked = await accepted(byBank(message({ data: request(kdpToken, 'question'), properties: { purpose: 'loan-application' } })));
  const got = await eventually(async () => owner.messages()[0], 'a pushed request');
  assert.equal(got.messageId, asked.messageId);
  assert.equal(got.correlationId, asked.correlationId);
  assert.equal(got.type, 'REQUEST');
  assert.equal(got.headers['kdp-token'], kdpToken);
  assert.match(got.text, /<wsse:Security/);
  assert.ok(!got.text.includes('<password>'));
  const told = await eventually(async () => bank.notices()[0], 'a notice of delivery');
  assert.deepEqual([told.messageId, told.state], [asked.messageId, 'DELIVERED']);
  assert.match(told.text, /<wsse:Security/);
  assert.equal((await status(asked.messageId)).state, 'DELIVERED');
  assert.equal((await uses())[0].state, 'reserved');
  const answer = { type: 'RESPONSE', from: ownerSender, correlationId: asked.correlationId, id: asked.messageId };
  assertFault(await byOwner(message({ ...answer, data: `<r><iin>${ybyrai.iin}</iin></r>` })), 'KLS403', 'answer_of_another');
  await accepted(byOwner(message({ ...answer, data: `<r><iin>${abai.iin}</iin><said>answer</said></r>` })));
  assert.equal((await eventually(async () => bank.messages()[0], 'a pushed answer')).said, 'answer');
  await eventually(async () => (await uses())[0].state === 'delivered', 'the use is booked');
  assertFault(await byOwner(message({ ...answer, data: `<r><iin>${abai.iin}</iin><said>more</said></r>` })), 'KLS409', 'conversation_answered');
});

test('without a live token that covers the call nothing is queued', async () => {
  const refused = async (data, why, code = 'KLS403') => assertFault(await byBank(message({ data })), code, why);
  await refused(request(''), 'gateway_token_missing');
  await refused(request('a.b.c'), 'use_token_ended');
  const kdpToken = await token();
  await refused(request(kdpToken, 'x', ybyrai.iin), 'use_person');
  await refused('text', 'data_not_a_document', 'SCE001');
  const other = message({ data: request(kdpToken, 'x'), properties: { purpose: 'card-issue' } });
  assertFault(await byBank(other), 'KLS403', 'use_purpose_outside');
  const { consent: id } = claims(kdpToken).authorization_details[0];
  assert.equal((await (await Cabinet.signIn(server.base, abai)).post(`/consents/${id}/withdraw`)).status, 200);
  await refused(request(kdpToken), 'use_');
  assertFault(await byBank(message({ serviceId: 'MCDB_SERVICE' })), 'SCE004', 'service_not_asynchronous');
  assert.deepEqual(owner.calls, []);
});

// A fault of its own says that the owner took nothing (decision 0039); an outage says nothing of what it has.
for (const [code, state] of [['SCE004', 'not_sent'], ['SCE909', 'unknown']]) test(`what waits when the consent is withdrawn is stopped, after ${code} its use is ${state}`, async () => {
  owner.answer = () => fault(code);
  const kdpToken = await token();
  const asked = await accepted(byBank(message({ data: request(kdpToken) })));
  await eventually(async () => owner.messages()[0], 'a first attempt');
  const { consent: id } = claims(kdpToken).authorization_details[0];
  assert.equal((await (await Cabinet.signIn(server.base, abai)).post(`/consents/${id}/withdraw`)).status, 200);
  owner.answer = taken;
  await afterPauses(async () => bank.notices()[0]?.state === 'DELIVERY_STOPPED', 'a notice that it was stopped');
  assert.equal((await status(asked.messageId)).code, 'KLS403');
  await eventually(async () => (await uses())[0].state === state, 'the use is booked');
});

test('a repeat is the same message', async () => {
  const content = message({ data: request(await token(), 'once') });
  const [first, again] = [await accepted(byBank(content)), await accepted(byBank(content))];
  assert.equal(again.messageId, first.messageId);
  assert.equal(again.correlationId, first.correlationId);
  await eventually(async () => bank.notices()[0], 'a notice of delivery');
  assert.equal((await accepted(byBank(content))).messageId, first.messageId);
  assert.deepEqual(wellSaid(owner), ['once']);
  const own = { id: randomUUID(), data: request(await token()) };
  await accepted(byBank(message(own)));
  assertFault(await byBank(message({ ...own, data: request(await token()) })), 'KLS409', 'message_id_reused');
});

test('an owner that cuts, talks nonsense or is busy gets its messages in order, and none twice', async () => {
  const bad = [cut, garbage, fault('SCE909'), 'another'];
  owner.answer = (call) => {
    const now = bad.shift();
    return now === undefined ? taken(call) : now === 'another' ? taken(call, randomUUID()) : now;
  };
  for (const said of ['1', '2', '3']) await accepted(byBank(message({ data: request(await token(), said) })));
  await afterPauses(async () => bank.notices().length === 3, 'all are delivered');
  assert.deepEqual(owner.messages().slice(-3).map(({ said }) => said), ['1', '2', '3']);
  assert.equal(new Set(owner.messages().map(({ messageId }) => messageId)).size, 3);
});

test('a queue grows to its quota, refuses, and drains in order', async () => {
  owner.answer = () => garbage;
  const sent = Array.from({ length: 8 }, (_, i) => String(i));
  for (const said of sent) await accepted(byBank(message({ data: request(await token(), said) })));
  const oneMore = async () => byBank(message({ data: request(await token(), 'more') }));
  assertFault(await oneMore(), 'KLS429', 'receiver_queue_full');
  owner.calls = [];
  owner.answer = taken;
  await afterPauses(async () => wellSaid(owner).length === 8, 'the queue is empty');
  assert.deepEqual(wellSaid(owner), sent);
  await accepted(oneMore());
  await eventually(async () => wellSaid(owner).length === 9, 'what was refused for want of room is taken now');
});

test('a process that is killed loses nothing that it accepted', async () => {
  owner.answer = () => fault('SCE909');
  const sent = Array.from({ length: 6 }, (_, i) => `kill ${i}`);
  const ids = [];
  for (const said of sent) ids.push((await accepted(byBank(message({ data: request(await token(), said) })))).messageId);
  await server.kill();
  owner.calls = [];
  owner.answer = taken;
  server = await Kelisim.start({ config, data: server.data });
  await afterPauses(async () => bank.notices().length >= 6, 'all are delivered');
  assert.deepEqual(owner.messages().map(({ said }) => said), sent);
  assert.deepEqual(owner.messages().map(({ messageId }) => messageId), ids);
});

test('who is not called asks, and says what it took', async () => {
  const ask = (more = '') => post(inside, envelope(operation('getMessages', `<requestDate>${clock().toISOString()}</requestDate>` +
    `<serviceId>GbdulInfoByBin_v2</serviceId>${sender('GBDUL', 'gbdul-sandbox-secret')}${more}`)));
  const empty = await ask();
  assert.equal(empty.status, 200, empty.text);
  assert.ok(!empty.text.includes('<messages>'), empty.text);
  assertFault(await post(inside, envelope(operation('getMessages', '<serviceId>GbdulInfoByBin_v2</serviceId>'))), 'KLS401', 'sender_unknown');
});

const entity = 'GbdulInfoByBin_v2';
const registrySender = sender('GBDUL', 'gbdul-sandbox-secret');
const pull = async (of = entity) => {
  const answer = await post(inside, envelope(operation('getMessages', `<serviceId>${of}</serviceId>${registrySender}`)));
  assert.equal(answer.status, 200, answer.text);
  return [...answer.text.matchAll(/<messages>.*?<\/messages>/gs)].map(([text]) => ({
    messageId: /<messageId>([^<]*)</.exec(text)[1], said: /<said>([^<]*)</.exec(text)?.[1],
    ...(of === report && { tokens: [...text.matchAll(/<k:tokens(?:\/>|>(.*?)<\/k:tokens>)/gs)].map(([, inner]) => /Code>([^<]*)</.exec(inner ?? '')?.[1]) }) }));
};
const notification = (messageId, word, again = 'NOT_RESEND') => post(inside, envelope(operation('sendDeliveryNotification',
  `<notification><messageId>${messageId}</messageId><serviceId>${entity}</serviceId><notificationDate>${clock().toISOString()}</notificationDate>` +
  `<deliveryStatus><receiveStatus>${word}</receiveStatus><statusDate>${clock().toISOString()}</statusDate><resendMessage>${again}</resendMessage>` +
  `</deliveryStatus></notification><requestDate>${clock().toISOString()}</requestDate>${registrySender}`)));
async function askForHead(said) {
  const authorization_details = details({ services: [entity], purpose: 'business-loan', fields: ['firstHead'] });
  const { access_token } = await consent(server.base, abai, { authorization_details });
  return accepted(byBank(message({ serviceId: entity, data: request(access_token, said) })));
}

test('what is pulled waits until it is acknowledged, comes again when it could not be taken, and stops when it is refused', async () => {
  const taking = await askForHead('taken');
  assert.deepEqual(await pull(), [{ messageId: taking.messageId, said: 'taken' }]);
  assert.deepEqual(await pull(), [{ messageId: taking.messageId, said: 'taken' }], 'an answer may get lost');
  assert.equal((await status(taking.messageId)).state, 'ON_DELIVERY');
  assert.equal((await notification(taking.messageId, 'MESSAGE_NOT_ACCTEPTED', 'RESEND')).status, 200);
  await later(0.25);
  assert.deepEqual(await pull(), [{ messageId: taking.messageId, said: 'taken' }], 'put back');
  assert.equal((await notification(taking.messageId, 'MESSAGE_ACCEPTED')).status, 200);
  assert.equal((await status(taking.messageId)).state, 'DELIVERED');
  assert.deepEqual(await pull(), []);

  const refused = await askForHead('refused');
  assert.equal((await pull()).length, 1);
  assert.equal((await notification(refused.messageId, 'MESSAGE_NOT_ACCTEPTED')).status, 200);
  assert.equal((await status(refused.messageId)).state, 'DELIVERY_STOPPED');
  await eventually(async () => (await uses())[0].state === 'not_sent', 'nobody’s use');
});

test('what nobody took is given up, and the operator sees who and when, never what', async () => {
  const given = await askForHead('secret words');
  await later(96);
  await eventually(async () => (await status(given.messageId)).state === 'NOT_DELIVERED', 'given up');
  const operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
  const looks = (target) => get(server.base, `/api/v1/staff/messages${target}`, { cookie: operator.cookie });
  const listed = await looks('');
  assert.equal(listed.status, 200, listed.text);
  assert.equal(listed.json.items.length, 1, listed.text);
  assert.ok(!listed.text.includes('secret') && !listed.text.includes(abai.iin), listed.text);
  const { id } = listed.json.items[0];
  assert.equal((await looks(`/${id}`)).status, 200);
  assert.equal((await looks(`/${randomUUID()}`)).status, 404);
  assert.equal((await get(server.base, '/api/v1/staff/messages')).status, 401);
  const order = (what, who = operator, reason = 'Өтініш № 7') =>
    postJson(server.base, `/api/v1/staff/messages/${id}/${what}`, { reason }, { cookie: who.cookie, 'x-csrf-token': who.csrf });
  const body = await Cabinet.signIn(server.base, persons.twelfth, 'PT3M');
  assert.equal((await order('return', body)).status, 403);
  assert.equal((await order('return', operator, '')).status, 400);
  // Its use was booked when it was given up.
  assert.equal((await order('replay')).status, 409);
  const returned = await order('return');
  assert.equal(returned.status, 200, returned.text);
  assert.deepEqual(Object.keys(returned.json), ['returned']);
  assert.equal((await looks('')).json.items.length, 0);
  assert.equal((await order('return')).status, 404);
});

// MON-9a
test('what its receiver refused too often is delivered once when the receiver was mended and the operator lets it wait anew', async () => {
  const asked = await accepted(byBank(message({ data: request(await token(), 'asked') })));
  await eventually(async () => bank.notices()[0], 'the request is delivered');
  bank.answer = (call) => (call.operation === 'sendMessage' ? fault('SCE001') : taken(call));
  const say = (said) => accepted(byOwner(message({ type: 'RESPONSE', from: ownerSender, correlationId: asked.correlationId,
    data: `<r><iin>${abai.iin}</iin><said>${said}</said></r>` })));
  const answer = await say('secret answer');
  const state = async () => (await post(inside, envelope(operation('getMessageStatus',
    `<messageId>${answer.messageId}</messageId><requestDate>${clock().toISOString()}</requestDate>${ownerSender}`)))).state;
  await afterPauses(async () => (await state()) === 'NOT_DELIVERED', 'given up');
  const attempts = bank.messages().length;
  assert.ok(attempts > 1 && bank.messages().every(({ messageId }) => messageId === answer.messageId));

  const operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
  const looks = (target) => get(server.base, `/api/v1/staff/messages${target}`, { cookie: operator.cookie });
  const listed = await looks('');
  const { id } = listed.json.items.find((each) => each.id === answer.messageId);
  assert.equal((await looks(`/${id}`)).status, 200);
  assert.ok(!listed.text.includes('secret') && !listed.text.includes(abai.iin), listed.text);
  const replay = () => postJson(server.base, `/api/v1/staff/messages/${id}/replay`, { reason: 'Өтініш № 8' },
    { cookie: operator.cookie, 'x-csrf-token': operator.csrf });
  bank.answer = taken;
  const replayed = await replay();
  assert.equal(replayed.status, 200, replayed.text);
  await eventually(async () => (await state()) === 'DELIVERED', 'delivered');
  assert.equal((await replay()).status, 404, 'it is no longer in the list');
  assert.deepEqual(bank.messages().slice(attempts).map(({ messageId, said }) => [messageId, said]), [[answer.messageId, 'secret answer']]);
  assert.deepEqual((await looks('')).json.items.filter((each) => each.id === id), []);
  const hex = id.replaceAll('-', '');
  const entity = engine === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`;
  assert.deepEqual(await column(server.data, `SELECT kind FROM journal WHERE entity = ${entity} ORDER BY seq`),
    ['message.accepted', 'message.given_up', 'message.seen', 'message.replayed', 'message.delivered']);
});

const reportToken = async (person) => (await consent(server.base, person, { authorization_details: details({ services: [report],
  purpose: 'business-loan', fields: ['iin', 'surname', 'name', 'position', 'share'] }) })).access_token;
const reportOf = (tokens, more = '') => '<k:request xmlns:k="http://kdp.3007.reports.egp.gbdul.tamur.kz"><k:businessData><k:BIN>000140003106</k:BIN>' +
  `<k:InfoAbtToken>${tokens.map((each) => `<k:tokens><k:Code>${each}</k:Code></k:tokens>`).join('')}</k:InfoAbtToken></k:businessData>${more}</k:request>`;
const askReport = (tokens, more) => byBank(message({ serviceId: report, data: reportOf(tokens, more) }));
const settle = (messageId) => post(inside, envelope(operation('sendDeliveryNotification',
  `<notification><messageId>${messageId}</messageId><serviceId>${report}</serviceId><notificationDate>${clock().toISOString()}</notificationDate>` +
  `<deliveryStatus><receiveStatus>MESSAGE_ACCEPTED</receiveStatus><statusDate>${clock().toISOString()}</statusDate><resendMessage>NOT_RESEND</resendMessage>` +
  `</deliveryStatus></notification><requestDate>${clock().toISOString()}</requestDate>${registrySender}`)));
const withdraw = async (person, kdpToken) => {
  const { consent: id } = claims(kdpToken).authorization_details[0];
  assert.equal((await (await Cabinet.signIn(server.base, person)).post(`/consents/${id}/withdraw`)).status, 200);
};

// INT-45-7, LAW-44
test('of several persons each is decided about; who is refused is left out, and the sender is told which', async () => {
  const [ofAbai, ofYbyrai] = [await reportToken(abai), await reportToken(ybyrai)];
  const asked = await accepted(askReport([ofAbai, 'a.b.c', ofYbyrai]));
  const told = await status(asked.messageId);
  assert.match(told.text, /Приняты не все токены: 2 use_token_ended/);
  assert.deepEqual(await pull(report), [{ messageId: asked.messageId, said: undefined, tokens: [ofAbai, undefined, ofYbyrai] }]);
  assert.equal((await settle(asked.messageId)).status, 200);
  const notice = await eventually(async () => bank.notices()[0], 'a notice of delivery');
  assert.match(notice.text, /Приняты не все токены: 2 use_token_ended/);
  for (const person of [abai, ybyrai]) assert.equal((await uses(person))[0].state, 'reserved');
  const answer = (iins) => byOwner(message({ serviceId: report, type: 'RESPONSE', from: registrySender, correlationId: asked.correlationId,
    data: `<r>${iins.map((iin) => `<iin>${iin}</iin>`).join('')}</r>` }));
  assertFault(await answer([abai.iin, persons.tenth.iin]), 'KLS403', 'answer_of_another');
  await accepted(answer([abai.iin, ybyrai.iin]));
  for (const person of [abai, ybyrai]) await eventually(async () => (await uses(person))[0].state === 'delivered', 'each use is booked');
  assertFault(await answer([abai.iin]), 'KLS409', 'conversation_answered');
});

test('a message about several persons of whom none may pass is not queued', async () => {
  const kdpToken = await reportToken(abai);
  const none = await askReport(['a.b.c', 'd.e.f']);
  assertFault(none, 'KLS403', 'use_token_ended');
  assert.equal([...none.text.matchAll(/tokens [12]: use_token_ended/g)].length, 2, none.text);
  assertFault(await askReport([]), 'KLS403', 'gateway_token_missing');
  assertFault(await askReport([kdpToken], `<k:who>${ybyrai.iin}</k:who>`), 'KLS403', 'use_person');
  assertFault(await askReport([kdpToken], `<kdpToken>${kdpToken}</kdpToken>`), 'SCE001', 'tokens_misplaced');
  assertFault(await askReport([kdpToken, 'a.b.c'], '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'), 'KLS403', 'data_signed');
  assert.deepEqual(await pull(report), []);
  await eventually(async () => (await uses())[0].state === 'not_sent', 'what was reserved is given back');
});

test('whoever of several withdraws while the message waits is left out of it; when all did, it stops', async () => {
  const [ofAbai, ofYbyrai] = [await reportToken(abai), await reportToken(ybyrai)];
  const asked = await accepted(askReport([ofAbai, ofYbyrai]));
  await withdraw(abai, ofAbai);
  assert.deepEqual(await pull(report), [{ messageId: asked.messageId, said: undefined, tokens: [undefined, ofYbyrai] }]);
  await eventually(async () => (await uses(abai))[0].state === 'not_sent', 'nobody’s use');
  assert.equal((await uses(ybyrai))[0].state, 'reserved');
  assert.match((await status(asked.messageId)).text, /Приняты не все токены: 1 use_token_ended/);
  await withdraw(ybyrai, ofYbyrai);
  assert.deepEqual(await pull(report), []);
  assert.equal((await status(asked.messageId)).state, 'DELIVERY_STOPPED');
  assert.equal((await status(asked.messageId)).code, 'KLS403');
});

test('a signed document about several persons that waits stops with the consent of any of them', async () => {
  const [ofAbai, ofYbyrai] = [await reportToken(abai), await reportToken(ybyrai)];
  const signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
  const asked = await accepted(askReport([ofAbai, ofYbyrai], signature));
  assert.deepEqual((await pull(report)).map(({ tokens }) => tokens), [[ofAbai, ofYbyrai]], 'as it came');
  await withdraw(abai, ofAbai);
  assert.deepEqual(await pull(report), []);
  const told = await status(asked.messageId);
  assert.deepEqual([told.state, told.code], ['DELIVERY_STOPPED', 'KLS403']);
  // The first time it left: what became of it there, nobody knows.
  for (const person of [abai, ybyrai]) await eventually(async () => (await uses(person))[0].state === 'unknown', 'each use is booked');
});

test('an answer about several persons is one answer: it stops with the consent of any of them', async () => {
  const [ofAbai, ofYbyrai] = [await reportToken(abai), await reportToken(ybyrai)];
  const asked = await accepted(askReport([ofAbai, ofYbyrai]));
  assert.equal((await pull(report)).length, 1);
  assert.equal((await settle(asked.messageId)).status, 200);
  bank.answer = (call) => (call.operation === 'sendMessage' ? fault('SCE909') : taken(call));
  const content = { serviceId: report, type: 'RESPONSE', from: registrySender, correlationId: asked.correlationId,
    data: `<r><iin>${abai.iin}</iin><iin>${ybyrai.iin}</iin></r>` };
  const answer = await accepted(byOwner(message(content)));
  await eventually(async () => bank.messages()[0], 'a first attempt');
  await withdraw(ybyrai, ofYbyrai);
  bank.answer = taken;
  bank.calls = [];
  const state = async () => (await post(inside, envelope(operation('getMessageStatus',
    `<messageId>${answer.messageId}</messageId><requestDate>${clock().toISOString()}</requestDate>${registrySender}`)))).state;
  await afterPauses(async () => (await state()) === 'DELIVERY_STOPPED', 'stopped');
  assert.deepEqual(bank.messages(), []);
});

test('who does not take part knows of nothing', async () => {
  assertFault(await status(randomUUID()), 'KLS404', 'async_message_unknown');
  assertFault(await byOwner(message({ type: 'RESPONSE', from: ownerSender, correlationId: randomUUID() })), 'KLS404', 'conversation_unknown');
  const asked = await accepted(byBank(message({ data: request(await token()) })));
  const note = (from) => byOwner(operation('sendDeliveryNotification', `<notification><messageId>${asked.messageId}</messageId>` +
    `<serviceId>${service}</serviceId><notificationDate>${clock().toISOString()}</notificationDate><deliveryStatus>` +
    `<receiveStatus>MESSAGE_ACCEPTED</receiveStatus><statusDate>${clock().toISOString()}</statusDate><resendMessage>NOT_RESEND</resendMessage>` +
    `</deliveryStatus></notification><requestDate>${clock().toISOString()}</requestDate>${from}`));
  assertFault(await note(sender('GBDUL', 'gbdul-sandbox-secret')), 'KLS404', 'async_message_unknown');
  assert.equal((await note(ownerSender)).status, 200);
  assertFault(await post(signed, envelope(message())), 'SCE007', 'soap_not_signed');
  assertFault(await post(inside, envelope('<a/>')), 'SCE001');
});

test('a message that is damaged where it lies holds up its own queue and nobody else’s', async () => {
  owner.answer = () => fault('SCE909');
  await accepted(byBank(message({ data: request(await token(), 'damaged') })));
  await server.stop();
  await tamper(server.data, engine === 'sqlite' ? "UPDATE async_body SET sealed = x'00'" : "UPDATE async_body SET sealed = '\\x00'");
  owner.answer = taken;
  owner.calls = [];
  server = await Kelisim.start({ config, data: server.data });
  const authorization_details = details({ services: [familyService], fields: ['spouse', 'children'] });
  const { access_token } = await consent(server.base, abai, { authorization_details });
  await accepted(byBank(message({ serviceId: familyService, data: request(access_token, 'well') })));
  await eventually(async () => wellSaid(owner).includes('well'), 'the other queue is served');
  assert.deepEqual(wellSaid(owner), ['well']);
  await eventually(async () => {
    const measured = (await get(server.base, '/metrics')).text;
    return /kelisim_async_outages_total [1-9]/.test(measured) && /^kelisim_async_waiting 1$/m.test(measured);
  }, 'one of them waits');
});

test('the interface is described under its own address', async () => {
  for (const at of [signed, '/shep/bip-async-wss-gost/', inside]) {
    const wsdl = await send(server.base, 'GET', `${at}?wsdl`);
    assert.equal(wsdl.status, 200, wsdl.text);
    assert.ok(wsdl.text.includes(`location="${server.base}${at}"`), wsdl.text);
  }
});
