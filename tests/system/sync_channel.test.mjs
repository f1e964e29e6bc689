// SPDX-License-Identifier: Apache-2.0
// The synchronous channel of ШЭП with a real owner behind it: who sends, what opens the data, what a repeat gets, and which fault
// each refusal is (INT-2.6, INT-2.15, INT-45-7, LAW-44).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { advance } from '../support/sandbox.mjs';
import * as shep from '../support/shep.mjs';
import { envelope, insidePath as inside, signedPath as signed } from '../support/shep.mjs';
import { allFields as fields, details, familyService, persons, service } from '../support/world.mjs';
import { issueEds, sign } from '../support/eds.mjs';

const bankBin = '000140000353';
const { abai, ybyrai } = persons;

let server;
let key;
let token;
before(async () => {
  server = await Kelisim.start();
  key = await issueEds(server.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' });
});
beforeEach(async () => {
  token = (await consent(server.base, abai, { authorization_details: details({ fields }) })).access_token;
});
after(() => server.stop());

// The content of a body.
const sendMessage = (what = {}) => shep.sendMessage({ serviceId: service, ...what });
const dataOf = ({ iin = abai.iin, kdpToken = token, more = '' } = {}) =>
  `<messageId>m</messageId><messageDate>2026-11-22T10:00:00+05:00</messageDate><senderCode>BANK</senderCode><iin>${iin}</iin>` +
  `${kdpToken ? `<kdpToken>${kdpToken}</kdpToken>` : ''}${more}`;
const post = (to, body, headers = {}, base = server.base) => shep.post(base, to, body, headers);
// What a bank does: signs the message with the key of its organisation.
async function call(what = {}, { by = key, headers } = {}) {
  return post(signed, await sign(by, 'soap', sendMessage({ data: dataOf(), ...what })), headers);
}

function assertFault(answer, code, why) {
  shep.assertFault(answer, code, why);
  assert.ok(!answer.text.includes(abai.iin) && !answer.text.includes(abai.surname), answer.text);
}

test('a signed message under a consent gets the data, in an answer that is signed', async () => {
  const answer = await call();
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.code, 'SCSS001');
  assert.ok(answer.text.includes(`<surname>${abai.surname}</surname>`), answer.text);
  assert.match(answer.text, /<wsse:Security/);
  assert.match(answer.text, /gostr34102015-gostr34112015-512/);
  assert.match(answer.session, /^\{[0-9a-f-]{36}\}$/);
  const cabinet = await Cabinet.signIn(server.base, abai);
  const [use] = (await cabinet.read('/uses')).items;
  assert.equal(use.state, 'delivered');
  assert.equal(use.service.key, service);
});

test('data as escaped text and as CDATA come back likewise', async () => {
  const request = `<r:Request xmlns:r="http://message.persistence.interactive.nat">${dataOf()}</r:Request>`;
  const escaped = await call({ data: request.replaceAll('<', '&lt;').replaceAll('>', '&gt;') });
  assert.equal(escaped.status, 200, escaped.text);
  assert.ok(escaped.text.includes(`&lt;surname&gt;${abai.surname}`), escaped.text);
  const cdata = await call({ data: `<![CDATA[${request}]]>` });
  assert.equal(cdata.status, 200, cdata.text);
  assert.ok(cdata.text.includes(`surname&gt;${abai.surname}`) || cdata.text.includes(`<surname>${abai.surname}`), cdata.text);
});

test('the token may come beside the message', async () => {
  const data = dataOf({ kdpToken: '' });
  // It passes the gateway and goes on as it came; this owner wants it inside and says so in an ordinary answer, which is nobody's use.
  const refused = await call({ data }, { headers: { 'kdp-token': token } });
  assert.equal(refused.status, 200, refused.text);
  assert.equal(refused.code, 'SCSE002');
  const cabinet = await Cabinet.signIn(server.base, abai);
  assert.equal((await cabinet.read('/uses')).items[0].state, 'not_sent');
  token = (await consent(server.base, abai, { authorization_details: details({ fields }) })).access_token;
  const twice = await call({}, { headers: { 'kdp-token': `${token}x` } });
  assertFault(twice, 'KLS403', 'tokens_many');
});

test('a repeat gets the same answer and counts once; other words under its id are refused', async () => {
  const { access_token, ...rest } = await consent(server.base, ybyrai, { authorization_details: details({ fields, uses_max: 1 }) });
  assert.ok(rest.requestId);
  const what = { id: randomUUID(), data: dataOf({ iin: ybyrai.iin, kdpToken: access_token }) };
  const content = sendMessage({ ...what, date: new Date() });
  const first = await post(signed, await sign(key, 'soap', content));
  assert.equal(first.status, 200, first.text);
  const again = await post(signed, await sign(key, 'soap', content));
  assert.equal(again.status, 200, again.text);
  assert.ok(again.text.includes(ybyrai.surname));
  assertFault(await call({ ...what, id: randomUUID() }), 'KLS403', 'use_consent_exhausted');
  assertFault(await call({ ...what, data: dataOf() }), 'KLS409', 'message_id_reused');
  // Also when the token is over meanwhile: a client waits 300 seconds before it repeats.
  await advance(server.base, 'PT15M');
  const later = await post(signed, await sign(key, 'soap', content));
  assert.equal(later.status, 200, later.text);
  assertFault(await call({ ...what, id: randomUUID() }), 'KLS403', 'use_token_ended');
});

test('who does not sign, signs wrongly, or is not the sender', async () => {
  assertFault(await post(signed, envelope(sendMessage({ data: dataOf() }))), 'SCE007', 'soap_not_signed');
  const good = await sign(key, 'soap', sendMessage({ data: dataOf() }));
  assertFault(await post(signed, good.replace('<senderCode>BANK', '<senderCode>BONK')), 'SCE006');
  const another = await issueEds(server.data, ybyrai.iin, { bin: '000140000429', organisation: 'ДРУГИЕ' });
  assertFault(await call({}, { by: another }), 'SCE006', 'sender_of_another_organisation');
  // Who sits at a desk of the bank does not speak for its systems, unless they know the password.
  const clerk = await issueEds(server.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'employee' });
  assertFault(await call({}, { by: clerk }), 'KLS401', 'sender_unknown');
  assert.equal((await call({ password: 'demo-bank-sandbox-secret' }, { by: clerk })).status, 200);
  const citizen = await issueEds(server.data, abai.iin);
  assert.ok(['SCE005', 'SCE006'].includes((await call({}, { by: citizen })).code));
  const stranger = await Kelisim.start();
  try {
    const foreign = await issueEds(stranger.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' });
    assertFault(await call({}, { by: foreign }), 'SCE005', 'chain_no_anchor');
  } finally {
    await stranger.stop();
  }
  assertFault(await call({ sender: 'NOBODY' }), 'KLS401', 'sender_unknown');
  assertFault(await call({ password: 'wrong' }), 'KLS401', 'sender_unknown');
  assert.equal((await call({ password: 'demo-bank-sandbox-secret' })).status, 200);
});

test('from outside only under a signature; inside by password', async () => {
  const secret = { sender: 'DEMOBANK', password: 'demo-bank-sandbox-secret' };
  assertFault(await post(inside, envelope(sendMessage({ ...secret, data: dataOf() }))), 'KLS401', 'sender_outside');
  const state = { sender: 'ZAGS', password: 'zags-sandbox-secret', data: dataOf() };
  // Let in, and then the token is the bank's.
  assertFault(await post(inside, envelope(sendMessage(state))), 'KLS403', 'use_receiver');
  assertFault(await post(inside, envelope(sendMessage({ ...state, password: 'wrong' }))), 'KLS401', 'sender_unknown');
  assertFault(await post(inside, envelope(sendMessage({ ...state, password: undefined }))), 'KLS401', 'sender_unknown');
});

test('without a live token that covers the call nothing passes', async () => {
  const refused = async (data, why) => assertFault(await call({ data }), 'KLS403', why);
  await refused(dataOf({ kdpToken: '' }), 'gateway_token_missing');
  await refused(dataOf({ kdpToken: 'a.b.c' }), 'use_token_ended');
  await refused(dataOf({ iin: ybyrai.iin }), 'use_person');
  await refused(dataOf({ more: `<spouse>${ybyrai.iin}</spouse>` }), 'use_person');
  await refused(dataOf({ more: `<note>${ybyrai.iin}<x/></note>` }), 'use_person');
  await refused(dataOf({ more: '<publicKey>AAAA</publicKey>' }), 'gateway_public_key_foreign');
  assertFault(await call({ data: dataOf({ iin: '450810100014' }) }), 'SCE001');
  assertFault(await call({ data: 'text' }), 'SCE001', 'data_not_a_document');
  assertFault(await call({ properties: { purpose: 'card-issue' } }), 'KLS403', 'use_purpose_outside');
  assertFault(await call({ serviceId: familyService }), 'KLS403', 'use_service');
  const narrow = await consent(server.base, ybyrai, { authorization_details: details({ uses_max: 2 }) });
  await refused(dataOf({ iin: ybyrai.iin, kdpToken: narrow.access_token }), 'use_field');
  const cabinet = await Cabinet.signIn(server.base, ybyrai);
  const { consent: id } = claims(narrow.access_token).authorization_details[0];
  assert.equal((await cabinet.post(`/consents/${id}/withdraw`)).status, 200);
  await refused(dataOf({ iin: ybyrai.iin, kdpToken: narrow.access_token }), 'use_');
});

test('what is no message, unknown, stale, or of the future', async () => {
  for (const body of ['', 'text', '<a/>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', envelope(''), envelope('<a/>'),
    `${envelope(sendMessage()).slice(0, -20)}`]) {
    const answer = await post(inside, body);
    assertFault(answer, 'SCE001');
  }
  assertFault(await call({ serviceId: 'NO_SUCH_SERVICE' }), 'SCE004', 'service_not_on_soap');
  const day = 86_400_000;
  assertFault(await call({ date: new Date(Date.now() - 3 * day) }), 'SCE001', 'soap_message_stale');
  assertFault(await call({ date: new Date(Date.now() + day) }), 'SCE001', 'soap_message_from_future');
  const soap12 = await post(inside, envelope('<a/>', 'http://www.w3.org/2003/05/soap-envelope'));
  assert.match(soap12.text, /http:\/\/www.w3.org\/2003\/05\/soap-envelope/);
});

test('an owner that cannot be reached is not the person’s use', async () => {
  const place = await temporaryDirectory();
  const config = path.join(place, 'nobody.toml');
  await writeFile(config, `[gateway]\nsoap_services = ["${service}=http://127.0.0.1:9/shep/", "NOT_REGISTERED=http://127.0.0.1:9/"]\n`);
  const alone = await Kelisim.start({ config });
  try {
    const by = await issueEds(alone.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' });
    const { access_token } = await consent(alone.base, abai, { authorization_details: details({ fields, uses_max: 1 }) });
    const unregistered = sendMessage({ serviceId: 'NOT_REGISTERED', data: dataOf({ kdpToken: access_token }) });
    assertFault(await post(signed, await sign(by, 'soap', unregistered), {}, alone.base), 'SCE004', 'service_not_on_soap');
    const content = sendMessage({ data: dataOf({ kdpToken: access_token }) });
    const answer = await post(signed, await sign(by, 'soap', content), {}, alone.base);
    assertFault(answer, 'KLS502', 'gateway_owner_unreachable');
    // Once it is reached again the same message may come again.
    const again = await post(signed, await sign(by, 'soap', content), {}, alone.base);
    assertFault(again, 'KLS502', 'gateway_owner_unreachable');
    const cabinet = await Cabinet.signIn(alone.base, abai);
    assert.deepEqual((await cabinet.read('/uses')).items.map(({ state }) => state), ['not_sent', 'not_sent']);
  } finally {
    await alone.stop();
  }
});

test('the interface is described under its own address', async () => {
  const wsdl = await send(server.base, 'GET', `${signed}?wsdl`);
  assert.equal(wsdl.status, 200, wsdl.text);
  assert.ok(wsdl.text.includes(`location="${server.base}${signed}"`), wsdl.text);
  const names = [...wsdl.text.matchAll(/\?(?:wsdl|xsd)=([\w.-]+)/g)].map(([question]) => question);
  assert.ok(names.length > 0);
  for (const question of names) assert.equal((await send(server.base, 'GET', `${signed}${question}`)).status, 200, question);
  for (const nothing of ['', '?wsdl=NoSuch', '?xsd', '?xsd=../etc/passwd']) {
    assert.equal((await send(server.base, 'GET', `${signed}${nothing}`)).status, 404, nothing);
  }
});
