// SPDX-License-Identifier: Apache-2.0
// The operator finds messages between systems by who, when and what for, and never sees what they say (418-V ст.46(1)).
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { assertProblem, postJson, send } from '../support/http.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { call, consent } from '../support/oauth.mjs';
import { persons, service } from '../support/world.mjs';

let server;
let operator;
let body;
let abai;
before(async () => {
  server = await Kelisim.start();
  const signIn = (who) => Cabinet.signIn(server.base, who, 'PT3M');
  operator = await signIn(persons.eleventh);
  body = await signIn(persons.twelfth);
  abai = await signIn(persons.abai);
});
after(() => server.stop());

const search = (criteria, who = operator) => postJson(server.base, '/api/v1/staff/exchanges/search',
  { reason: 'Өтініш № 3', ...criteria }, { cookie: who.cookie, 'x-csrf-token': who.csrf });

async function say({ id = randomUUID(), sender = 'GBDUL', serviceId = 'EDS_TEMP_FILES', data = '' } = {}) {
  const passwords = { GBDUL: 'gbdul-sandbox-secret', ZAGS: 'zags-sandbox-secret' };
  const message = `<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>${id}</messageId>` +
    `<serviceId>${serviceId}</serviceId><messageDate>${new Date().toISOString()}</messageDate><sender><senderId>${sender}</senderId>` +
    `<password>${passwords[sender]}</password></sender></requestInfo><requestData><data>${data}</data></requestData></request></t:SendMessage>`;
  const answer = await send(server.base, 'POST', '/bip-sync/', { headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${message}</s:Body></s:Envelope>` });
  return { id, text: answer.text, session: /<sessionId>\{([^}]*)\}/.exec(answer.text)[1] };
}
const upload = (name) => '<tempStorageRequest><type>UPLOAD</type><uploadRequest><fileUploadRequests>' +
  `<fileProcessIdentifier>f</fileProcessIdentifier><content>aGVsbG8=</content><name>${name}</name></fileUploadRequests></uploadRequest>` +
  '<credentials><senderId>GBDUL</senderId><password>gbdul-sandbox-secret</password></credentials></tempStorageRequest>';
const found = async (criteria) => {
  const answer = await search(criteria);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.items;
};

test('by session, message, service, party and time; how it ended, never what it said', async () => {
  const kept = await say({ data: upload('Abai.txt') });
  const refused = await say({ sender: 'ZAGS', serviceId: service, data: `<iin>${persons.abai.iin}</iin>` });

  const [bySession] = await found({ session_id: `{${kept.session}}` });
  assert.deepEqual([bySession.sender, bySession.service, bySession.outcome, bySession.session_id],
    ['GBDUL', 'EDS_TEMP_FILES', 'answered', kept.session]);
  assert.match(bySession.response_sha256, /^[0-9a-f]{64}$/);
  assert.equal(bySession.owner, undefined);
  const [byMessage] = await found({ message_id: refused.id, party: 'ZAGS' });
  assert.deepEqual([byMessage.session_id, byMessage.outcome, byMessage.owner], [refused.session, 'refused', 'GBDFL']);

  assert.deepEqual((await found({ service })).map((each) => each.session_id), [refused.session]);
  assert.deepEqual((await found({ party: 'GBDFL' })).map((each) => each.session_id), [refused.session], 'the owner is a party too');
  assert.deepEqual((await found({})).map((each) => each.session_id), [refused.session, kept.session]);
  const all = await search({});
  for (const secret of ['Abai.txt', 'aGVsbG8=', persons.abai.iin, kept.id, 'secret'])
    assert.ok(!all.text.includes(secret), secret);

  const hour = 3_600_000;
  const at = Date.parse(bySession.received);
  assert.equal((await found({ from: new Date(at - hour).toISOString(), to: new Date(at + hour).toISOString() })).length, 2);
  assert.equal((await found({ to: new Date(at - hour).toISOString() })).length, 0);
  assert.equal((await found({ message_id: refused.id, party: 'GBDUL' })).length, 0, 'an id is of its sender');
  assert.equal((await found({ session_id: kept.session, service })).length, 0, 'all criteria have to fit');
  assert.equal((await found({ session_id: '01a205d4-2617-7000-a023-1ecf7f8a57ac' })).length, 0);
});

test('pages go back to the end', async () => {
  const sessions = [];
  for (let i = 0; i < 5; i++) sessions.unshift((await say({ data: upload(`${i}`) })).session);
  const seen = [];
  let before;
  for (let page = 0; page < 3; page++) {
    const answer = await search({ limit: 2, service: 'EDS_TEMP_FILES', ...(before ? { before } : {}) });
    seen.push(...answer.json.items.map((each) => each.session_id));
    before = answer.json.next;
  }
  assert.deepEqual(seen.slice(0, 5), sessions);
});

// MON-9a: calls over REST are on record like messages.
test('a call over REST is found by its Idempotency-Key or Request-Id, with the digests of its four contents, and is evidence', async () => {
  const { access_token: token } = await consent(server.base, persons.abai);
  const digest = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const by = (message_id) => eventually(async () => (await found({ message_id, party: 'DEMOBANK' }))[0], 'the exchange is on record');
  const body = JSON.stringify({ iin: persons.abai.iin, fields: ['surname', 'name'] });
  const ask = (content, more = {}) => send(server.base, 'POST', `/gateway/${service}/person`,
    { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more }, body: content });

  const answer = await ask(body, { 'idempotency-key': 'key-of-the-bank' });
  assert.equal(answer.status, 200, answer.text);
  const answered = await by('key-of-the-bank');
  assert.deepEqual([answered.wire, answered.sender, answered.service, answered.owner, answered.outcome],
    ['rest', 'DEMOBANK', service, 'GBDFL', 'answered']);
  const underToken = (content) => digest(digest(content), token).toString('hex');
  assert.deepEqual([answered.received_sha256, answered.sent_sha256], [underToken(body), underToken(answer.text)]);
  assert.equal(answered.request_sha256, underToken(`POST\n/gateway/${service}/person\n${body}`));
  for (const each of [answered.forwarded_sha256, answered.replied_sha256]) assert.match(each, /^[0-9a-f]{64}$/);
  assert.deepEqual([answered.request_bytes, answered.response_bytes], [Buffer.byteLength(body), Buffer.byteLength(answer.text)]);
  assert.ok(answered.received <= answered.forwarded && answered.forwarded <= answered.replied && answered.replied <= answered.concluded);

  const other = await ask(JSON.stringify({ iin: persons.ybyrai.iin, fields: ['surname'] }));
  assert.equal(other.status, 403, other.text);
  const refused = await by(other.headers['request-id']);
  assert.equal(refused.outcome, 'refused');
  for (const never of ['forwarded', 'replied', 'forwarded_sha256', 'replied_sha256']) assert.equal(refused[never], undefined, never);
  // What was answered before is answered again: no exchange of its own.
  assert.equal((await ask(body, { 'idempotency-key': 'key-of-the-bank' })).text, answer.text);
  assert.equal((await found({ message_id: 'key-of-the-bank', party: 'DEMOBANK' })).length, 1);
  assert.equal((await found({ message_id: 'key-of-the-bank', party: 'GBDFL' })).length, 0, 'a key is its sender’s');
  // Nobody is let in without a token: that is no exchange.
  assert.equal((await send(server.base, 'POST', `/gateway/${service}/person`, { headers: { 'content-type': 'application/json' }, body })).status, 401);

  const all = await search({ party: 'DEMOBANK' });
  // Whoever has no token cannot try persons until a digest fits.
  for (const secret of [digest(body).toString('hex'), digest(answer.text).toString('hex'), persons.abai.iin, persons.ybyrai.iin, persons.abai.surname, 'key-of-the-bank', 'birthDate'])
    assert.ok(!all.text.includes(secret), secret);
  const evidence = await fetch(`${server.base}/api/v1/staff/exchanges/${answered.id}/evidence`, { method: 'POST', body: '{"reason":"Іс № 7"}',
    headers: { 'content-type': 'application/json', cookie: operator.cookie, 'x-csrf-token': operator.csrf } });
  const container = Buffer.from(await evidence.arrayBuffer());
  assert.equal(evidence.status, 200, container.toString());
  assert.ok(container.includes('exchange.json') && container.includes('ledger/entry.json'), 'with its entry of the ledger');
});

test('for the operator alone, with a reason', async () => {
  for (const who of [body, abai]) assertProblem(await search({}, who), 403, 'staff_only');
  assert.equal((await postJson(server.base, '/api/v1/staff/exchanges/search', { reason: 'x' })).status, 401);
  assert.equal((await postJson(server.base, '/api/v1/staff/exchanges/search', { reason: 'x' }, { cookie: operator.cookie })).status, 403);
  assertProblem(await search({ reason: '' }), 400, 'exchange_search_reason_missing');
  assert.equal((await search({ reason: undefined })).status, 400);
});

test('questions that are none', async () => {
  assertProblem(await search({ message_id: 'm' }), 400, 'exchange_search_sender_missing');
  assertProblem(await search({ from: '2026-01-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }), 400, 'exchange_search_span');
  assertProblem(await search({ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }), 400, 'exchange_search_span');
  for (const wrong of [{ session_id: 'x' }, { before: 'x' }, { limit: 0 }, { limit: 101 }, { limit: 'x' }, { from: 'yesterday' },
    { iin: persons.abai.iin }, { body: 'x' }, { party: 'x'.repeat(257) }, { service: 1 }])
    assert.equal((await search(wrong)).status, 400, JSON.stringify(wrong));
});
