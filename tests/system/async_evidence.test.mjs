// SPDX-License-Identifier: Apache-2.0
// Messages of the asynchronous channel are found and proven like exchanges (MON-9a, INT-2.18). Participants are servers of this test.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { postJson } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { fault, Participant, taken } from '../support/participant.mjs';
import { advance } from '../support/sandbox.mjs';
import { asyncMessage, envelope, one, post } from '../support/shep.mjs';
import { allFields as fields, details, persons, service } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const signed = '/bip-async-wss-gost/', inside = '/bip-async/';
const entity = 'GbdulInfoByBin_v2';
const bankBin = '000140000353';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

let bank, owner;  // are called
let server;
let key;
let operator;
const signIn = () => Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
before(async () => {
  [bank, owner] = [await Participant.start(), await Participant.start()];
  const config = path.join(await temporaryDirectory(), 'async.toml');
  await writeFile(config, `${await readFile(patient)}\n[gateway]\nasync_services = ["${service}", "${entity}"]\n` +
    `async_receivers = ["DEMOBANK=${bank.url}", "GBDFL=${owner.url}"]\n`);
  server = await Kelisim.start({ config });
  operator = await signIn();
  key = await issueEds(server.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' });
});
beforeEach(() => {
  for (const each of [bank, owner]) Object.assign(each, { answer: taken, calls: [] });
});
after(async () => {
  await server.stop();
  await Promise.all([bank.stop(), owner.stop()]);
});

// The clock runs through pauses, and sessions end with it.
const staff = async (address, value) => {
  const order = () => postJson(server.base, `/api/v1/staff${address}`, { reason: 'хат № 1', ...value },
    { cookie: operator.cookie, 'x-csrf-token': operator.csrf });
  let answer = await order();
  if (answer.status === 401) {
    operator = await signIn();
    answer = await order();
  }
  assert.ok([200, 201].includes(answer.status), answer.text);
  return answer.json;
};
const find = async (criteria) => (await staff('/exchanges/search', criteria)).items;
const found = (criteria, what) => eventually(async () => (await find(criteria))[0], what);
const now = async () => new Date((await advance(server.base, 'PT1S')).now);
const afterPauses = (probe, what) => eventually(async () => (await probe()) || (await advance(server.base, 'PT2S'), undefined), what);

const sender = (id, password) => `<sender><senderId>${id}</senderId>${password ? `<password>${password}</password>` : ''}</sender>`;
const operation = (name, content) => `<a:${name} xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request>${content}</request></a:${name}>`;
const data = (kdpToken) => `<r><iin>${abai.iin}</iin><kdpToken>${kdpToken}</kdpToken><said>${randomUUID()}</said></r>`;
const token = async () => (await consent(server.base, abai, { authorization_details: details({ fields }) })).access_token;
const said = (answer) => ({ ...answer, messageId: one('messageId', answer.text), correlationId: one('correlationId', answer.text) });
async function accepted(to, body) {
  const answer = said(await post(server.base, to, body));
  assert.equal(answer.status, 200, answer.text);
  return { ...answer, body };
}
const byBank = async (content) => accepted(signed, await sign(key, 'soap', content));
const ask = async (kdpToken, more = {}) => byBank(asyncMessage({ serviceId: service, date: await now(), data: data(kdpToken), ...more }));
async function askForHead() {
  const authorization_details = details({ services: [entity], purpose: 'business-loan', fields: ['firstHead'] });
  return ask((await consent(server.base, abai, { authorization_details })).access_token, { serviceId: entity });
}
const registry = sender('GBDUL', 'gbdul-sandbox-secret');
const pull = () => post(server.base, inside, envelope(operation('getMessages', `<serviceId>${entity}</serviceId>${registry}`)));

test('what is pushed is an exchange once it is acknowledged: digests of what went over the wire, times, and its evidence', async () => {
  const kdpToken = await token();
  let answered;
  owner.answer = (call) => (answered = taken(call));
  const own = randomUUID();
  const asked = await ask(kdpToken, { id: own });
  const [exchange] = await eventually(async () => {
    const items = await find({ message_id: own, party: 'DEMOBANK' });
    return items.length === 1 && items;
  }, 'the message is on record');
  assert.deepEqual([exchange.id, exchange.wire, exchange.sender, exchange.owner, exchange.service, exchange.outcome, exchange.session_id],
    [asked.messageId, 'soap_async', 'DEMOBANK', 'GBDFL', service, 'delivered', asked.session.replace(/[{}]/g, '')]);
  const [pushed] = owner.messages();
  assert.equal(exchange.received_sha256, sha256(asked.body));
  assert.equal(exchange.request_sha256, exchange.received_sha256);
  assert.equal(exchange.forwarded_sha256, sha256(pushed.text));
  assert.equal(exchange.replied_sha256, sha256(answered.body));
  assert.equal(exchange.sent_sha256, undefined);
  assert.ok(exchange.received <= exchange.forwarded && exchange.forwarded <= exchange.replied && exchange.replied <= exchange.concluded);
  assert.deepEqual((await find({ session_id: asked.session })).map(({ id }) => id), [exchange.id]);
  assert.ok((await find({ party: 'GBDFL' })).some(({ id }) => id === exchange.id), 'the receiver is a party too');

  // The owner's answer is a message of its own.
  const answer = await accepted(inside, envelope(asyncMessage({ type: 'RESPONSE', serviceId: service, date: await now(), correlationId: asked.correlationId,
    from: sender('GBDFL', 'gbdfl-sandbox-secret'), data: `<r><iin>${abai.iin}</iin></r>` })));
  const back = await found({ message_id: answer.messageId, party: 'GBDFL' }, 'the answer is on record, by the id that it was given');
  assert.deepEqual([back.sender, back.owner, back.outcome], ['GBDFL', 'DEMOBANK', 'delivered']);
  assert.equal(back.received_sha256, sha256(answer.body));
  assert.equal(back.forwarded_sha256, sha256(bank.messages()[0].text));
  // What could be tried out by whoever knows persons is not there.
  const all = JSON.stringify(await find({}));
  for (const secret of [abai.iin, kdpToken, own, sha256(`<r><iin>${abai.iin}</iin></r>`)]) assert.ok(!all.includes(secret), secret);

  const evidence = await fetch(`${server.base}/api/v1/staff/exchanges/${exchange.id}/evidence`, { method: 'POST', body: '{"reason":"Іс № 7"}',
    headers: { 'content-type': 'application/json', cookie: operator.cookie, 'x-csrf-token': operator.csrf } });
  const container = Buffer.from(await evidence.arrayBuffer());
  assert.equal(evidence.status, 200, container.toString());
  assert.ok(container.includes('exchange.json') && container.includes('ledger/entry.json'), 'with its entry of the ledger');
});

test('what is handed out is on record with its acknowledgement; what nobody signed has no digest', async () => {
  const asked = await askForHead();
  assert.ok((await pull()).text.includes(asked.messageId));
  assert.deepEqual(await find({ message_id: asked.messageId, party: 'DEMOBANK' }), [], 'it still waits');
  const date = (await now()).toISOString();
  const notice = await accepted(inside, envelope(operation('sendDeliveryNotification', `<notification><messageId>${asked.messageId}</messageId><serviceId>${entity}</serviceId>` +
    `<notificationDate>${date}</notificationDate><deliveryStatus><receiveStatus>MESSAGE_ACCEPTED</receiveStatus><statusDate>${date}</statusDate><resendMessage>NOT_RESEND</resendMessage>` +
    `</deliveryStatus></notification><requestDate>${date}</requestDate>${registry}`)));
  const [exchange] = await find({ message_id: asked.messageId, party: 'DEMOBANK' });
  assert.equal(exchange.outcome, 'delivered');
  assert.ok(exchange.forwarded < exchange.replied);
  assert.equal(exchange.forwarded_sha256, undefined);
  assert.equal(exchange.replied_sha256, sha256(notice.body));
});

for (const [code, outcome] of [['SCE004', 'refused'], ['SCE909', 'unknown']]) test(`what is stopped after ${code} is on record as ${outcome}`, async () => {
  owner.answer = () => fault(code);
  const kdpToken = await token();
  const asked = await ask(kdpToken);
  await eventually(async () => owner.messages()[0], 'a first attempt');
  const { consent: id } = claims(kdpToken).authorization_details[0];
  assert.equal((await (await Cabinet.signIn(server.base, abai)).post(`/consents/${id}/withdraw`)).status, 200);
  await afterPauses(async () => bank.notices()[0]?.state === 'DELIVERY_STOPPED', 'it was stopped');
  const [exchange] = await find({ message_id: asked.messageId, party: 'DEMOBANK' });
  assert.equal(exchange.outcome, outcome);
  assert.equal(exchange.forwarded_sha256, sha256(owner.messages().at(-1).text), 'of the newest attempt');
});
