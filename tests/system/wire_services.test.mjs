// SPDX-License-Identifier: Apache-2.0
// What the operator settles for a service of the SOAP wire: whose signature its data bear (wire.md A7), in which form each side reads
// them, and where a route leads (A3). And what a caller is told when something of ours is broken.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { issueEds, sign } from '../support/eds.mjs';
import { Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { Participant } from '../support/participant.mjs';
import { advance } from '../support/sandbox.mjs';
import { assertFault, envelope, insidePath, one, post, sendMessage, signedPath } from '../support/shep.mjs';
import { details, familyService as family, persons } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const service = 'GbdulInfoByBin_v2';
const asked = '<r:Request xmlns:r="urn:legal"><BIN>000140000429</BIN></r:Request>';
const found = '<r:Response xmlns:r="urn:legal"><bin>000140000429</bin></r:Response>';

// An owner that answers each message with the data it is told to.
const answering = (data) => ({ text }) => ({
  status: 200,
  body: envelope('<t:SendMessageResponse xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><response><responseInfo>' +
    `<messageId>${one('messageId', text)}</messageId><responseDate>${new Date().toISOString()}</responseDate>` +
    '<status><code>SCSS001</code><message>ok</message></status></responseInfo>' +
    `<responseData><data>${data}</data></responseData></response></t:SendMessageResponse>`),
});

let directory;
let world; // where the service has no personal data, so that what opens them is not what is tried here
let owner;
let region;
let server;
let bank;
let insurer;
let legal;
let moved = 0;
before(async () => {
  [owner, region] = [await Participant.start(), await Participant.start()];
  directory = await temporaryDirectory();
  world = path.join(directory, 'world.toml');
  const first = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  await writeFile(world, first.replace(/(key = "GbdulInfoByBin_v2"[\s\S]*?)personal_data = true/, '$1personal_data = false'));
});
beforeEach(() => {
  for (const each of [owner, region]) Object.assign(each, { answer: answering(found), calls: [] });
});
after(async () => {
  await server?.stop();
  await Promise.all([owner.stop(), region.stop()]);
});

async function start(settings) {
  await server?.stop();
  const config = path.join(directory, 'kelisim.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\n${settings}\n`);
  server = await Kelisim.start({ data: directory, config, options: ['--sandbox-data', world] });
  const eds = (bin, organisation) => issueEds(directory, ybyrai.iin, { bin, organisation, role: 'system' });
  [bank, insurer, legal] = [await eds('000140000353', 'БАНК'), await eds('000140000429', 'СТРАХОВАНИЕ'), await eds('000140000280', 'ГБД ЮЛ')];
}

const call = async (what) => post(server.base, signedPath, await sign(bank, 'soap', sendMessage({ serviceId: service, data: asked, ...what })));
// The server's clock goes on with its data; resolves with what it shows then.
async function wait(days) {
  moved += days * 24 * 3_600_000;
  if (days > 0) await advance(server.base, `P${days}D`);
  return new Date(Date.now() + moved);
}
const xml = async (key, document) => (await sign(key, 'xml', document)).replace(/^<\?xml[^>]*\?>\s*/, '').trim();
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

test('a service that asks for signed data takes them signed by the sender, in each form, and nothing else', async () => {
  await start(`soap_services = ["${service}=${owner.url} signed-data"]`);
  const signed = await xml(bank, asked);
  for (const data of [signed, escape(signed), `<![CDATA[${signed}]]>`]) {
    const answer = await call({ data });
    assert.equal(answer.status, 200, answer.text);
  }
  assert.equal(owner.calls.length, 3);
  assertFault(await call(), 'SCE017', 'xml_signature_missing');
  assertFault(await call({ data: 'text' }), 'SCE017', 'xml_signature_missing');
  assertFault(await call({ data: signed.replace('000140000429', '000140000430') }), 'SCE016', 'xml_signature_digest');
  assertFault(await call({ data: await xml(insurer, asked) }), 'SCE016', 'data_signer_of_another_organisation');
  const person = await issueEds(directory, ybyrai.iin);
  assertFault(await call({ data: await xml(person, asked) }), 'SCE016', 'signer_is_no_organisation');
  assertFault(await call({ data: await xml(bank, signed) }), 'SCE016', 'xml_signature_extra');
  assert.equal(owner.calls.length, 3, 'nothing of these was forwarded');
});

test('an owner that has to sign its answers is believed by its own signature alone', async () => {
  await start(`soap_services = ["${service}=${owner.url} signed-answers"]`);
  const signed = await xml(legal, found);
  owner.answer = answering(signed);
  const answer = await call();
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.text.includes('<bin>000140000429</bin>'));
  for (const [data, why] of [[found, 'xml_signature_missing'], [signed.replace('000140000429', '000140000430'), 'xml_signature_digest'],
    [await xml(bank, found), 'data_signer_of_another_organisation']]) {
    owner.answer = answering(data);
    const refused = await call();
    assertFault(refused, 'KLS502', why);
    assert.ok(!refused.text.includes('<bin>'), refused.text);
  }
});

test('an owner that has to sign its envelopes is believed by its own signature alone, also when it refuses', async () => {
  await start(`soap_services = ["${service}=${owner.url} signed-envelopes"]`);
  const content = (data) => /<s:Body>([\s\S]*)<\/s:Body>/.exec(answering(data)({ text: '<messageId>1</messageId>' }).body)[1];
  const fault = '<s:Fault xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>SCSE001</faultcode><faultstring>no</faultstring></s:Fault>';
  const say = (status, body) => (owner.answer = () => ({ status, body }));
  const signed = await sign(legal, 'soap', content(found));
  say(200, signed);
  const answer = await call();
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.text.includes('<bin>000140000429</bin>'));
  for (const [body, why] of [[envelope(content(found)), 'soap_not_signed'], [signed.replace('000140000429', '000140000430'), 'xml_signature_digest'],
    [await sign(bank, 'soap', content(found)), 'sender_of_another_organisation'], ['garbage', 'answer_not_soap']]) {
    say(200, body);
    const refused = await call();
    assertFault(refused, 'KLS502', why);
    assert.ok(!refused.text.includes('<bin>'), refused.text);
  }
  say(500, envelope(fault));
  assertFault(await call(), 'KLS502', 'soap_not_signed');
  say(500, await sign(legal, 'soap', fault));
  assertFault(await call(), 'KLS502', 'owner_refused');
});

test('each side gets the data in the form that it reads', async () => {
  await start(`soap_services = ["${service}=${owner.url}"]\ndata_forms = ["GBDUL=cdata", "DEMOBANK=nodes"]`);
  owner.answer = answering(escape(found));
  const answer = await call();
  assert.equal(answer.status, 200, answer.text);
  assert.match(owner.calls[0].text, /<data><!\[CDATA\[[^\]]*<r:Request/);
  assert.match(answer.text, /<data[^>]*><r:Response/);
});

test('a route leads to its own address, and one that the service has not leads nowhere', async () => {
  await start(`soap_services = ["${service}=${owner.url}"]\nsoap_routes = ["${service}/R_NurSultan=${region.url}"]`);
  assert.equal((await call()).status, 200);
  assert.deepEqual([owner.calls.length, region.calls.length], [1, 0]);
  assert.equal((await call({ route: 'R_NurSultan' })).status, 200);
  assert.deepEqual([owner.calls.length, region.calls.length], [1, 1]);
  assert.equal(one('routeId', region.calls[0].text), 'R_NurSultan');
  assertFault(await call({ route: 'R_Almaty' }), 'SCE004', 'route_unknown');
  assert.deepEqual([owner.calls.length, region.calls.length], [1, 1]);
});

test('without routes of ours the owner gets the routeId as it came', async () => {
  await start(`soap_services = ["${service}=${owner.url}"]`);
  assert.equal((await call({ route: 'R_ESEDO' })).status, 200);
  assert.equal(one('routeId', owner.calls[0].text), 'R_ESEDO');
});

test('a service says where its data name the person, and nobody is let in who stands elsewhere', async () => {
  await start(`soap_services = ["${family}=${owner.url} subject=who/number"]`);
  const authorization_details = details({ services: [family], fields: ['spouse', 'children'] });
  const { access_token } = await consent(server.base, abai, { authorization_details });
  const about = (data) => call({ serviceId: family, data: `<kdpToken>${access_token}</kdpToken>${data}` });
  owner.answer = answering(`<r><iin>${abai.iin}</iin></r>`);
  const answer = await about(`<who><number>${abai.iin}</number></who>`);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(owner.calls.length, 1);
  for (const data of [`<iin>${abai.iin}</iin>`, `<who><number>${ybyrai.iin}</number></who>`, `<who><number>${abai.iin}</number></who><iin>${ybyrai.iin}</iin>`,
    `<number>${abai.iin}</number>`])
    assertFault(await about(data), 'KLS403', 'use_person');
  assert.equal(owner.calls.length, 1);
});

test('settings that say nothing we know end the start', async () => {
  for (const [settings, why] of [
    [`soap_services = ["${service}=${owner.url} signed-dta"]`, /gateway\.soap_services: not known: signed-dta/],
    [`soap_routes = ["${service}/R=${owner.url}"]`, /gateway\.soap_routes/],
    [`soap_services = ["${service}=${owner.url}"]\nsoap_routes = ["${service}=${owner.url}"]`, /gateway\.soap_routes/],
    [`soap_services = ["${service}=${owner.url} subject="]`, /gateway\.soap_services: not known: subject=/],
    ['data_forms = ["DEMOBANK=json"]', /gateway\.data_forms/],
  ])
    await assert.rejects(start(settings), (error) => why.test(error.message) || why.test(String(error.cause)), settings);
});

// wire.md A5: SCE015. The message is in time, and its own certificate good for another year.
test('data that were signed with a certificate that is over are refused as that', async () => {
  await start(`soap_services = ["${service}=${owner.url} signed-data"]`);
  const short = await issueEds(directory, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system', days: 2 });
  const data = await xml(short, asked);
  assert.equal((await call({ data })).status, 200);
  const date = await wait(3);
  assertFault(await call({ data, date }), 'SCE015', 'certificate_expired');
  assert.equal((await call({ data: await xml(bank, asked), date })).status, 200);
  assert.equal(owner.calls.length, 2);
});

test('what is broken with us is told as a fault', async () => {
  await start(`soap_services = ["${service}=${owner.url}"]`);
  const sender = { serviceId: service, sender: 'GBDFL', password: 'gbdfl-sandbox-secret', data: asked, date: await wait(0) };
  assertFault(await post(server.base, insidePath, envelope(sendMessage(sender))), 'KLS403', 'service_without_connection');
  // Past the last day of the gateway's key.
  const date = await wait(400);
  const answer = await post(server.base, insidePath, envelope(sendMessage({ ...sender, date })));
  assertFault(answer, 'SCE909', 'service_unavailable');
  assert.ok(answer.headers['retry-after'], 'it may be asked again');
  const later = await post(server.base, insidePath, envelope(sendMessage({ ...sender, date }), 'http://www.w3.org/2003/05/soap-envelope'));
  assert.match(later.text, /soap:Receiver/);
  assert.match(later.text, /SCE909/);
});
