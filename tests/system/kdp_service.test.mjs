// SPDX-License-Identifier: Apache-2.0
// КДП on the SOAP wire (wire.md B): a token for a question that 1414 asks and for a proof of own means, its use, and the journal and
// withdrawals that an initiator reads (KDP-2.11, INT-45-7).
import assert from 'node:assert/strict';
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { get } from '../support/http.mjs';
import { claims, clientKey, header, jwt } from '../support/jwt.mjs';
import { eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { introspect } from '../support/oauth.mjs';
import { advance, question, reply } from '../support/sandbox.mjs';
import { assertFault, envelope, one, post, sendMessage, signedPath } from '../support/shep.mjs';
import { bank, insurer, persons, service } from '../support/world.mjs';

const bankBin = '000140000353';
const { abai, ybyrai, eighth, tenth, eleventh, twelfth, withoutPhone } = persons;

let server;
let key;
let ovtKey;
before(async () => {
  server = await Kelisim.start();
  key = await issueEds(server.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' });
  ({ key: ovtKey } = await clientKey(server.data, `ovt-${bankBin}`));
});
after(() => server.stop());

const now = async (base = server.base) => Math.floor(Date.parse((await get(base, '/sandbox/clock')).json.now) / 1000);

const fieldsOf = ({ person = abai, bin = bankBin, services = service, expiresIn = 600000, ovt, employee = 'Сотрудник' } = {}) =>
  `<uin>${person.iin}</uin><company>Bank</company><company_bin>${bin}</company_bin><company_responsible>МЮ</company_responsible>` +
  `<employee_name>${employee}</employee_name><access_name>${services}</access_name><personal_data_name/>` +
  `<expiresIn>${expiresIn}</expiresIn><omit-sms>${ovt !== undefined}</omit-sms>${ovt === undefined ? '' : `<ovt>${ovt}</ovt>`}`;

async function ovt(overrides = {}, signingKey = ovtKey) {
  const at = await now();
  const payload = { cbin: bankBin, mcheck: 'Bio', iat: at - 10, exp: at + 36000, ...overrides };
  return jwt({ header: { alg: 'RS256', typ: 'JWT' }, payload, key: signingKey });
}

async function send(serviceId, data, what = {}, to = server) {
  const content = sendMessage({ serviceId, data, date: new Date((await now(to.base)) * 1000), ...what });
  return post(to.base, signedPath, await sign(to === server ? key : what.key, 'soap', content));
}
async function ask(fields, what, to) {
  const answer = await send('KDP_SERVICE', fieldsOf(fields), what, to);
  return { ...answer, state: one('status', answer.text.replace(/<(\w+:)?status\/>|<(\w+:)?status><\/(\w+:)?status>/, '')), token: one('code', answer.text), spki: one('public-key', answer.text) };
}
// What the data owner is asked, with the token of КДП.
const person = (iin, token, spki) =>
  `<r:Request xmlns:r="http://message.persistence.interactive.nat"><messageId>m</messageId><messageDate>2026-01-15T10:00:00+05:00</messageDate>` +
  `<senderCode/><iin>${iin}</iin><kdpToken>${token}</kdpToken><publicKey>${spki}</publicKey></r:Request>`;

test('the person is asked by 1414; the same call again tells how it stands, and then brings the token', async () => {
  const first = await ask();
  assert.equal(first.status, 200, first.text);
  assert.match(first.text, /<(\w+):sendMessageResponse xmlns:\1="http:\/\/service\.2fa-chain\.kz\/ns\/kdp">/);
  assert.equal(first.state, 'PENDING');
  assert.ok(!first.token, first.text);
  const asked = await question(server.base, abai.phone);
  // Whoever asks again in the same words asks nobody anew.
  assert.equal((await ask()).state, 'PENDING');
  await reply(server.base, abai.phone, asked.yes);
  const granted = await eventually(async () => {
    const answer = await ask();
    return answer.state === 'GRANTED' && answer;
  }, 'the token');
  assert.equal(header(granted.token).alg, 'RS256');
  const said = claims(granted.token);
  assert.equal(said.sub, abai.iin);
  assert.equal(said.exp - said.auth_time <= 600, true, 'no longer than expiresIn');
  // `public-key` is a bare SubjectPublicKeyInfo, with which any client verifies the token.
  const publicKey = createPublicKey({ key: Buffer.from(granted.spki, 'base64'), format: 'der', type: 'spki' });
  const [head, payload, signature] = granted.token.split('.');
  assert.ok(verify('sha256', Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url')));
  assert.equal((await introspect(server.base, granted.token)).json.active, true);
  // And it opens the data, with its key as the hint.
  const data = await send(service, person(abai.iin, granted.token, granted.spki));
  assert.equal(data.status, 200, data.text);
  assert.ok(data.text.includes(`<surname>${abai.surname}</surname>`), data.text);
});

test('a no is told, and the same words do not ask again', async () => {
  assert.equal((await ask({ person: eighth })).state, 'PENDING');
  await reply(server.base, eighth.phone, (await question(server.base, eighth.phone)).no);
  const refused = await eventually(async () => {
    const answer = await ask({ person: eighth });
    return answer.state === 'REFUSED' && answer;
  }, 'the refusal');
  assert.ok(!refused.token);
  assert.equal((await ask({ person: eighth })).state, 'REFUSED');
  // Another chain is another question; so are the same words, once the refusal had its day.
  assert.equal((await ask({ person: eighth }, { chain: randomUUID() })).state, 'PENDING');
  await advance(server.base, 'PT25H');
  assert.equal((await ask({ person: eighth })).state, 'PENDING');
});

test('nobody to ask, nobody there, nothing to ask for', async () => {
  assert.equal((await ask({ person: withoutPhone })).state, 'UNDELIVERABLE');
  assertFault(await ask({ person: persons.unknown }), 'KLS403', 'people_not_askable');
  assertFault(await ask({ person: { iin: '450810100014' } }), 'SCE001', 'iin_malformed');
  assertFault(await ask({ bin: '000140000429' }), 'KLS403', 'company_of_another');
  assertFault(await ask({ services: 'NO_SUCH' }), 'SCE001', 'service_unknown|unknown_service');
  assertFault(await ask({ services: `${service};${service}` }), 'SCE001', 'repeat');
  assertFault(await ask({ expiresIn: 0 }), 'SCE001', 'expires_in');
  assertFault(await ask({}, { properties: { purpose: 'nothing' } }), 'KLS403', 'purpose');
  assertFault(await send('KDP_SERVICE', '<uin/>'), 'SCE001', 'uin: shep_field_missing');
});

test('a bare ovt brings the token at once, recorded as not bound to the person', async () => {
  const id = randomUUID();
  const what = { ovt: await ovt(), person: tenth };
  const granted = await ask(what, { id });
  assert.equal(granted.state, 'GRANTED', granted.text);
  assert.equal(claims(granted.token).acr, 'urn:kelisim:acr:own-means-unbound');
  const cabinet = await Cabinet.signIn(server.base, tenth);
  const [given] = (await cabinet.read('/consents')).items;
  assert.equal(given.id, claims(granted.token).authorization_details[0].consent);
  // A date as a text, as one client's library writes it.
  const at = await now();
  const text = await ovt({ iat: new Date((at - 10) * 1000).toISOString(), exp: new Date((at + 600) * 1000).toISOString(), mcheck: 'Ds' });
  assert.equal((await ask({ person: tenth, ovt: text })).state, 'GRANTED');
});

test('an ovt that names the person is bound, and counts once', async () => {
  const bound = await ovt({ sub: eleventh.iin, jti: randomUUID() });
  const granted = await ask({ person: eleventh, ovt: bound });
  assert.equal(granted.state, 'GRANTED', granted.text);
  assert.equal(claims(granted.token).acr, 'urn:kelisim:acr:own-means');
  assertFault(await ask({ person: eleventh, ovt: bound }), 'KLS409', 'proof_reused');
  assertFault(await ask({ person: eleventh, ovt: await ovt({ sub: abai.iin, jti: randomUUID() }) }), 'KLS403', 'proof_other_person');
});

test('a message that comes again gets a token under the same consent', async () => {
  const content = sendMessage({ serviceId: 'KDP_SERVICE', data: fieldsOf({ person: twelfth, ovt: await ovt() }), date: new Date((await now()) * 1000) });
  const tokens = [];
  for (let i = 0; i < 2; i += 1) tokens.push(one('code', (await post(server.base, signedPath, await sign(key, 'soap', content))).text));
  const [first, second] = tokens.map((token) => claims(token).authorization_details[0].consent);
  assert.equal(first, second);
  assert.equal((await (await Cabinet.signIn(server.base, twelfth)).read('/consents')).items.length, 1);
});

test('an ovt of another key, organisation, time or manner is refused', async () => {
  const { key: foreign } = await clientKey(server.data, 'ovt-000140000429');
  const wrong = {
    'another key': [await ovt({}, foreign), 'proof_invalid'],
    'another organisation': [await ovt({ cbin: '000140000429' }), 'proof_other_organisation'],
    over: [await ovt({ exp: (await now()) - 600, iat: (await now()) - 1200 }), 'proof_not_timely'],
    'of years': [await ovt({ exp: (await now()) + 30 * 86400 }), 'proof_not_timely'],
    'another manner': [await ovt({ mcheck: 'Word' }), 'proof_method_unknown'],
    'for somebody else': [await ovt({ aud: 'https://example.kz' }), 'proof_invalid'],
    'no JWT': ['a.b.c', 'proof_invalid'],
    'no signature': [(await ovt()).replace(/[^.]+$/, ''), 'proof_invalid'],
  };
  for (const [name, [text, reason]] of Object.entries(wrong)) {
    const answer = await ask({ person: tenth, ovt: text });
    assertFault(answer, 'KLS403', reason, name);
  }
  assertFault(await ask({ person: tenth, ovt: '' }), 'SCE001', 'kdp_ovt_missing');
});

test('the native form of КДП is taken, and answered likewise', async () => {
  const at = new Date((await now()) * 1000).toISOString();
  const data = fieldsOf({ person: tenth, ovt: await ovt() }).replace(/<(\/?)([\w-]+)/g, '<$1k:$2');
  const content = `<k:sendMessageRequest xmlns:k="http://service.2fa-chain.kz/ns/kdp"><k:request><k:requestInfo><k:messageId>${randomUUID()}</k:messageId>` +
    `<k:serviceId>KDP_SERVICE</k:serviceId><k:messageDate>${at}</k:messageDate><k:sender><k:senderId>DEMOBANK</k:senderId></k:sender></k:requestInfo>` +
    `<k:requestData><k:data>${data}</k:data></k:requestData></k:request></k:sendMessageRequest>`;
  const answer = await post(server.base, signedPath, await sign(key, 'soap', content));
  assert.equal(one('status', answer.text.replace(/<k:status\/>|<k:status><\/k:status>/, '')), 'GRANTED', answer.text);
});

const journal = async (iin, from, to) => {
  const data = `<p:uin xmlns:p="http://service.2fa-chain.kz/ns/kdp/personalData">${iin}</p:uin><p:start_date xmlns:p="http://service.2fa-chain.kz/ns/kdp/personalData">${from}</p:start_date>` +
    `<p:end_date xmlns:p="http://service.2fa-chain.kz/ns/kdp/personalData">${to}</p:end_date>`;
  const answer = await send('KDP_PERSONALDATA', data);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(one('r_pdata', answer.text).replaceAll('&quot;', '"'));
};

test('the journal tells an initiator what it looked at itself, and nothing else', async () => {
  const year = new Date((await now()) * 1000).getFullYear();
  const { entries, complete } = await journal(abai.iin, `${year}-01-01T00:00:00+05:00`, `${year + 1}-01-01T00:00:00+05:00`);
  assert.equal(complete, true);
  assert.equal(entries.length, 1);
  assert.equal(entries[0].service, service);
  assert.equal(entries[0].state, 'delivered');
  assert.equal((await journal(abai.iin, '2020-01-01', '2020-02-01')).entries.length, 0);
  assert.equal((await journal(eighth.iin, '2020-01-01', `${year + 1}-01-01`)).entries.length, 0);
  assertFault(await send('KDP_PERSONALDATA', '<uin>450810100013</uin>'), 'SCE001', 'start_date');
});

test('withdrawals are listed, and the initiator accepts or objects', async () => {
  await ask({ person: ybyrai, expiresIn: 864000000 });
  await reply(server.base, ybyrai.phone, (await question(server.base, ybyrai.phone)).yes);
  const granted = await eventually(async () => {
    const answer = await ask({ person: ybyrai, expiresIn: 864000000 });
    return answer.state === 'GRANTED' && answer;
  }, 'the token');
  const consentId = claims(granted.token).authorization_details[0].consent;
  const cabinet = await Cabinet.signIn(server.base, ybyrai);
  assert.equal((await cabinet.post(`/consents/${consentId}/withdraw`)).status, 200);
  const listed = await eventually(async () => {
    const answer = await send('KDP_LIST_TO_REVOKE', '');
    return answer.text.includes(consentId) && answer;
  }, 'the withdrawal');
  assert.equal(one('uin', listed.text), ybyrai.iin);
  assert.equal(one('access_name', listed.text), service);
  assert.ok(one('objectBy', listed.text));
  const after = one('number', listed.text);
  assert.ok(!(await send('KDP_LIST_TO_REVOKE', `<listToRevokeRequest><after>${after}</after></listToRevokeRequest>`)).text.includes(consentId));
  const solution = (word, more = '', id = consentId) =>
    send('KDP_SEND_SOLUTION', `<sendSolutionRequest><consentId>${id}</consentId><solution>${word}</solution>${more}</sendSolutionRequest>`);
  assert.equal(one('state', (await solution('ACCEPT')).text), 'withdrawn');
  assertFault(await solution('OBJECT'), 'KLS403', 'objection_reason_missing');
  assertFault(await solution('MAYBE'), 'SCE001', 'solution');
  assertFault(await solution('ACCEPT', '', randomUUID()), 'KLS403');
  assert.equal(one('state', (await solution('OBJECT', '<reason>Кредит не погашен</reason><evidence>Договор 1</evidence>')).text), 'active');
  // The old token stays dead; the same call gets a new one under the restored consent.
  assert.equal((await introspect(server.base, granted.token)).json.active, false);
  assert.equal((await ask({ person: ybyrai, expiresIn: 864000000 })).state, 'GRANTED');
});

test('a paused consent is said to be paused, and nobody is asked anew', async () => {
  const granted = await ask({ person: ybyrai, expiresIn: 864000000 });
  const consentId = claims(granted.token).authorization_details[0].consent;
  const cabinet = await Cabinet.signIn(server.base, ybyrai);
  assert.equal((await cabinet.post(`/consents/${consentId}/pause`)).status, 200);
  assert.equal((await ask({ person: ybyrai, expiresIn: 864000000 })).state, 'PAUSED');
});

test('a blocking server holds the call until the person answers', async () => {
  const config = path.join(await temporaryDirectory(), 'kelisim.toml');
  await writeFile(config, '[kdp]\nwait_seconds = 30\nstatus_granted = "OK"\nexpires_in_unit = "seconds"\n');
  const blocking = await Kelisim.start({ config });
  try {
    const own = await issueEds(blocking.data, ybyrai.iin, { bin: bankBin, organisation: 'БАНК', role: 'system' });
    const waits = ask({ expiresIn: 900 }, { key: own }, blocking);
    const asked = await question(blocking.base, abai.phone);
    await reply(blocking.base, abai.phone, asked.yes);
    const answer = await waits;
    assert.equal(answer.state, 'OK', answer.text);
    const said = claims(answer.token);
    assert.equal(said.exp - said.auth_time, 900);
  } finally {
    await blocking.stop();
  }
});

const facade = '/gbdServices/PersonalDataAccessControlImplService';
const g = 'http://data.gbd.chdb.scb.kz/';
const facadeCall = (fields, { user = 'user-1', operation = 'getPersonDataAccessControl', client = bank, headers } = {}) =>
  post(server.base, facade,
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>${user ? `<userId xmlns="${g}">${user}</userId>` : ''}</s:Header>` +
      `<s:Body><d:${operation} xmlns:d="${g}">${fields}</d:${operation}></s:Body></s:Envelope>`,
    headers ?? { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` });

test('the facade asks for an organisation under Basic, on behalf of a user', async () => {
  const asked = await facadeCall(`<requestNumber>7</requestNumber>${fieldsOf({ person: twelfth, expiresIn: 3600000 })}`);
  assert.equal(asked.status, 200, asked.text);
  assert.match(asked.text, /getPersonDataAccessControlResponse/);
  assert.equal(one('status', asked.text), 'PENDING');
  assert.equal(one('requestNumber', asked.text), '7');
  // Employee and user are on record, and what was done under the token.
  const again = () => facadeCall(`<requestNumber>8</requestNumber>${fieldsOf({ person: twelfth, expiresIn: 3600000 })}`);
  await reply(server.base, twelfth.phone, (await question(server.base, twelfth.phone)).yes);
  const granted = await eventually(async () => {
    const answer = await again();
    return one('status', answer.text) === 'GRANTED' && answer;
  }, 'the token');
  const used = await send(service, person(twelfth.iin, one('code', granted.text), one('public-key', granted.text)));
  assert.equal(used.status, 200, used.text);
  const [entry] = (await journal(twelfth.iin, '2020-01-01', '2100-01-01')).entries;
  assert.equal(entry.employee, 'Сотрудник (user-1)');
  assertFault(await facadeCall(fieldsOf({ person: twelfth }), { user: '' }), 'SCE001', 'facade_user_missing');
  assertFault(await facadeCall('<uin/>'), 'SCE001', 'shep_field_missing');
  assert.equal((await facadeCall(fieldsOf(), { headers: {} })).status, 401);
  assert.equal((await facadeCall(fieldsOf(), { client: { id: bank.id, secret: 'wrong' } })).status, 401);
  const insurers = await facadeCall(
    `<uin>${tenth.iin}</uin><company>Insurer</company><company_bin>000140000429</company_bin><respon-uin>${abai.iin}</respon-uin><expiresIn>157680000</expiresIn>`,
    { operation: 'getPersonDataAccessControlForESBD', client: insurer });
  assert.equal(insurers.status, 200, insurers.text);
  const described = await get(server.base, `${facade}?wsdl`);
  assert.match(described.text, /PersonalDataAccessControlImplService/);
});

test('an envelope that is none', async () => {
  assertFault(await post(server.base, signedPath, 'no envelope'), 'SCE001');
  assertFault(await post(server.base, signedPath, envelope(sendMessage({ serviceId: 'KDP_SERVICE', data: fieldsOf() }))), 'SCE007');
});
