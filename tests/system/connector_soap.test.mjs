// SPDX-License-Identifier: Apache-2.0
// The client connector with messages of ШЭП as its way out (INT-2.14): plain HTTP in, SendMessage under WS-Security with the token out,
// and nothing given that the gateway did not sign.
import assert from 'node:assert/strict';
import { chmod, copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { Connector } from '../support/connector.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { listening, send } from '../support/http.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { advance, question, received, replyAndHear } from '../support/sandbox.mjs';
import { envelope, one, sendMessage, signedPath } from '../support/shep.mjs';
import { allFields as fields, persons } from '../support/world.mjs';

const { abai, eighth, eleventh, tenth, twelfth, ybyrai } = persons;
const bank = { bin: '000140000353', organisation: 'БАНК', role: 'system' };
const template = '<data><messageId>{messageId}</messageId><messageDate>{date}</messageDate><senderCode>{branch}</senderCode>' +
  '<iin>{iin}</iin><kdpToken>{token}</kdpToken><publicKey>{publicKey}</publicKey></data>';
const more = { branch: 'ALA' };

let server, proxy, connector, key, certificate;
before(async () => {
  server = await Kelisim.start();
  key = await issueEds(server.data, ybyrai.iin, bank);
  // An operator hands it out; a sandbox makes another one at each start.
  const answer = await send(server.base, 'POST', signedPath, { headers: { 'content-type': 'text/xml' }, body: envelope(sendMessage({ serviceId: 'NONE' })) });
  certificate = /KeyIdentifier[^>]*>([^<]+)</.exec(answer.text)[1];
  proxy = await FaultProxy.start();
  proxy.target = Number(new URL(server.base).port);
  connector = await prepared();
  await connector.start();
});
after(async () => {
  await connector.stop();
  await proxy.stop();
  await server.stop();
});
beforeEach(() => proxy.become('none'));

async function prepared({ gateway = `http://127.0.0.1:${proxy.port}`, data = template, form = 'nodes', by = key, pinned = certificate } = {}) {
  const one = await Connector.prepared(server, { gateway });
  const put = async (name, content) => {
    const file = path.join(one.directory, name);
    await writeFile(file, content);
    await chmod(file, 0o600);
  };
  await put('template.xml', data);
  await put('passphrase', 'sandbox\n');
  await put('gateway.cer', pinned);
  await copyFile(by, path.join(one.directory, 'organisation.p12'));
  await chmod(path.join(one.directory, 'organisation.p12'), 0o600);
  await one.set('wire = "rest"', 'wire = "soap"');
  await one.set('certificates = []', 'certificates = ["gateway.cer"]');
  await one.set('template = ""', 'template = "template.xml"');
  await one.set('form = "nodes"', `form = "${form}"`);
  await one.set('sender = ""', 'sender = "DEMOBANK"');
  await one.set('[soap]', '[soap] # ШЭП');
  const text = await readFile(one.config, 'utf8');
  const at = text.indexOf('[soap]');
  await writeFile(one.config, text.slice(0, at) + text.slice(at).replace('key = ""', 'key = "organisation.p12"').replace('passphrase = ""', 'passphrase = "passphrase"'));
  return one;
}
async function running(options, work) {
  const one = await prepared(options);
  await one.start();
  try {
    await work(one);
  } finally {
    await one.stop();
  }
}
async function granted(person, wanted = {}, through = connector) {
  const before = (await received(server.base, person.phone)).length;
  const answer = await through.ask(person, { fields, ...wanted });
  assert.equal(answer.status, 202, answer.text);
  const { yes } = await question(server.base, person.phone, before);
  await replyAndHear(server.base, person.phone, yes);
  assert.equal((await through.look(answer.json.id)).json.state, 'granted');
  return answer.json.id;
}
const data = (id, { through = connector, ...options } = {}) => through.data(id, { fields, more, ...options });
function given(answer, person) {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.status, 'SCSS001');
  assert.match(answer.json.data, new RegExp(`<iin>${person.iin}</iin>.*<surname>[^<]`));
}
function refused(answer, status, ...codes) {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(answer.codes, codes, answer.text);
  for (const reason of answer.json.reasons) assert.ok(reason.kk && reason.ru && reason.en, answer.text);
  for (const { surname } of [abai, ybyrai]) assert.ok(!answer.text.includes(surname), answer.text);
}
const usesOf = async (person) => (await (await Cabinet.signIn(server.base, person)).read('/uses')).items;

test('a person who agrees: the owner’s data, under a message that the organisation signed', async () => {
  const id = await granted(abai);
  proxy.heard = '';
  const answer = await data(id);
  const { heard } = proxy;
  proxy.heard = null;
  given(answer, abai);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.ok(heard.includes(`<senderCode>ALA</senderCode><iin>${abai.iin}</iin><kdpToken>ey`), heard);
  assert.match(heard, /<wsse:Security/);
  assert.match(heard, /\r\nDPoP: /i);
  // The token is bound: who read it on its way has no key to show with it, whoever signs his message.
  const token = /<kdpToken>([^<]+)/.exec(heard)[1];
  const stolen = sendMessage({ serviceId: connector.service, data: `<iin>${abai.iin}</iin><kdpToken>${token}</kdpToken>` });
  const thief = await send(server.base, 'POST', signedPath, { headers: { 'content-type': 'text/xml' }, body: await sign(key, 'soap', stolen) });
  assert.match(one('errorData', thief.text), /^dpop_proof_invalid$/);
  const [use] = await usesOf(abai);
  assert.equal(use.state, 'delivered');
});

test('data as escaped text and as CDATA, and a token beside them', async () => {
  for (const form of ['escaped', 'cdata']) {
    await running({ form }, async (one) => given(await data(await granted(abai, {}, one), { through: one }), abai));
  }
  await running({ data: template.replace('<kdpToken>{token}</kdpToken>', '') }, async (one) => {
    const answer = await data(await granted(abai, {}, one), { through: one });
    assert.equal(answer.status, 200, answer.text);
    // This owner wants it inside and says so.
    assert.equal(answer.json.status, 'SCSE002', answer.text);
  });
});

test('a person who refuses, and one who withdraws', async () => {
  const before = (await received(server.base, tenth.phone)).length;
  const asked = await connector.ask(tenth, { fields });
  refused(await data(asked.json.id), 409, 'connector_not_answered');
  const { no } = await question(server.base, tenth.phone, before);
  await replyAndHear(server.base, tenth.phone, no);
  await eventually(async () => (await connector.look(asked.json.id)).json.state === 'refused', 'the refusal', 20_000);
  refused(await data(asked.json.id), 403, 'oauth_refused');

  const id = await granted(eleventh);
  given(await data(id), eleventh);
  const cabinet = await Cabinet.signIn(server.base, eleventh);
  const [consent] = (await cabinet.read('/consents')).items;
  assert.equal((await cabinet.post(`/consents/${consent.id}/withdraw`)).status, 200);
  refused(await data(id), 403, 'oauth_consent_ended');
});

test('what the gateway refuses comes with its reasons', async () => {
  // Of fewer fields than the service gives: an answer of this wire is never cut.
  const narrow = await granted(twelfth, { fields: ['surname'] });
  const answer = await connector.data(narrow, { fields: ['surname'], more });
  refused(answer, 403, 'use_fields_outside');
  const once = await granted(twelfth, { uses_max: 1 });
  given(await data(once), twelfth);
  refused(await data(once), 403, 'use_consent_exhausted');
});

test('a repeat is the same message and counts once, also after a crash and when its token is over', async () => {
  const cabinet = await Cabinet.signIn(server.base, eighth);
  given(await data(await granted(abai)), abai); // the gateway's keys are known, and its clock, which signing in moved
  const id = await granted(eighth, { uses_max: 1 });
  await proxy.become('silent');
  const lost = assert.rejects(data(id, { key: 'case-1' }));
  // The owner did its part, and the connector dies before it hears of it.
  await eventually(async () => (await cabinet.read('/uses')).items[0]?.state === 'delivered', 'the use', 20_000);
  await connector.kill();
  await lost;
  await proxy.become('none');
  await connector.start();
  given(await data(id, { key: 'case-1' }), eighth);
  given(await data(id, { key: 'case-1' }), eighth);
  await advance(server.base, 'PT15M');
  given(await data(id, { key: 'case-1' }), eighth);
  assert.equal((await usesOf(eighth)).length, 1);
  refused(await data(id, { key: 'case-1', more: { branch: 'NQZ' } }), 409, 'connector_repeat_key_taken');
  refused(await data(id, { key: 'case-2' }), 403, 'oauth_consent_ended');
  given(await data(id, { key: 'case-1' }), eighth);
});

test('a token that was over before its message came is fetched anew, under the same key', async () => {
  const id = await granted(abai, { uses_max: 1 });
  await proxy.become('refused');
  refused(await data(id, { key: 'late' }), 503, 'connector_gateway_unreachable');
  await proxy.become('none');
  await advance(server.base, 'PT1H');
  given(await data(id, { key: 'late' }), abai);
  given(await data(id, { key: 'late' }), abai);
});

test('what stands beside the fields fills the places of the template, as text', async () => {
  const id = await granted(ybyrai, { uses_max: 3 });
  const hostile = `A</senderCode><iin>${abai.iin}</iin><senderCode>`;
  proxy.heard = '';
  const answer = await data(id, { more: { branch: hostile.replace(abai.iin, '1') } });
  assert.ok(proxy.heard.includes('<senderCode>A&lt;/senderCode&gt;&lt;iin&gt;1&lt;/iin&gt;'), proxy.heard);
  proxy.heard = null;
  given(answer, ybyrai);
  // Somebody else's IIN is seen in whatever text.
  refused(await data(id, { more: { branch: hostile } }), 403, 'use_person_differs');
  proxy.passed = 0;
  refused(await connector.data(id), 400, 'connector_value_missing');
  refused(await data(id, { more: { ...more, city: 'x' } }), 400, 'connector_value_unknown');
  refused(await data(id, { more: { ...more, token: 'x' } }), 400, 'connector_value_unknown');
  refused(await data(id, { more: { branch: ['x'] } }), 400, 'connector_value_not_plain');
  refused(await data(id, { more: { branch: 'a\u0001' } }), 400, 'xml_malformed');
  refused(await connector.data(id, { fields: ['surname'], more }), 400, 'connector_fields_not_all');
  refused(await connector.data(id, { fields: [...fields, 'phone'], more }), 400, 'connector_fields_not_all');
  refused(await connector.data(id, { fields, more: { ...more, iin: abai.iin } }), 400, 'connector_person_named');
  assert.equal(proxy.passed, 0);
  given(await data(id), ybyrai);
});

// Somebody who ends the connection: what the gateway answers goes through `change`.
const between = (change) => listening((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part)).on('end', async () => {
    const { method, url, headers } = request;
    delete headers['content-length'];
    const answer = await fetch(server.base + url, { method, headers, body: parts.length ? Buffer.concat(parts) : undefined });
    const text = await answer.text();
    const [type, date] = ['content-type', 'date'].map((name) => answer.headers.get(name));
    response.writeHead(answer.status, { 'content-type': type, date }).end(url === signedPath ? await change(text) : text);
  });
});

test('what the gateway did not sign is not given', async () => {
  let change = (text) => text;
  const forger = await between((text) => change(text));
  try {
    await running({ gateway: forger.base }, async (one) => {
      const body = (text) => /<\w+:Body[^>]*>([\s\S]*)<\/\w+:Body>/.exec(text)[1];
      const another = await issueEds(server.data, ybyrai.iin, { bin: '000140000072', organisation: 'ОПЕРАТОР', role: 'system' });
      for (const forged of [
        (text) => text.replace('<surname>', '<surname>X'),
        (text) => envelope(body(text)),
        // Of the same organisation and authority, and another certificate than was handed out.
        (text) => sign(another, 'soap', body(text)),
        (text) => text.replace(/<(\w+:)?SignatureValue>[^<]{8}/, (all) => `${all.slice(0, -8)}AAAAAAAA`),
      ]) {
        const id = await granted(abai, {}, one);
        change = forged;
        refused(await data(id, { through: one, key: String(forged) }), 502, 'connector_answer_not_signed');
        change = (text) => text;
        given(await data(id, { through: one, key: String(forged) }), abai);
      }
      // Somebody who says that the token was over, so that another message follows and counts.
      const once = await granted(abai, { uses_max: 1 }, one);
      change = () => envelope('<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring><detail>' +
        '<e:SendMessageFault1_SendMessageFault xmlns:e="http://bip.bee.kz/SyncChannel/v10/Types"><errorCode>KLS403</errorCode>' +
        '<errorMessage>x</errorMessage><errorData>use_token_ended</errorData></e:SendMessageFault1_SendMessageFault></detail></s:Fault>');
      refused(await data(once, { through: one, key: 'once' }), 502, 'connector_answer_not_signed');
      change = (text) => text;
      given(await data(once, { through: one, key: 'once' }), abai);
      change = () => 'no XML';
      refused(await data(await granted(abai, {}, one), { through: one }), 502, 'connector_gateway_unreadable');
    });
  } finally {
    await forger.stop();
  }
});

test('a gateway that is down, cut off, or in trouble decides nothing', async () => {
  const id = await granted(abai, { uses_max: 2 });
  await proxy.become('refused');
  refused(await data(id), 503, 'connector_gateway_unreachable');
  await proxy.become('cut');
  refused(await data(id, { key: 'cut' }), 504, 'connector_gateway_silent');
  await proxy.become('truncated');
  refused(await data(id, { key: 'cut' }), 504, 'connector_gateway_silent');
  await proxy.become('none');
  given(await data(id, { key: 'cut' }), abai);
});

test('who signs for another organisation is told so', async () => {
  const other = await issueEds(server.data, ybyrai.iin, { bin: '000140000429', organisation: 'ДРУГИЕ', role: 'system' });
  await running({ by: other }, async (one) => {
    const id = await granted(abai, {}, one);
    refused(await data(id, { through: one }), 502, 'sender_of_another_organisation');
  });
});

test('nothing of a person or of a token stands open on the disk', async () => {
  const id = await granted(abai);
  given(await data(id, { key: 'on-the-disk' }), abai);
  const kept = path.join(connector.directory, 'data');
  for (const name of await readdir(kept)) {
    const bytes = await readFile(path.join(kept, name), 'latin1');
    for (const open of [abai.iin, 'eyJ', 'on-the-disk', 'SendMessage']) assert.ok(!bytes.includes(open), `${name}: ${open}`);
  }
});

test('what is missing is said before anything is opened', async () => {
  const bare = await Connector.prepared(server);
  await bare.set('wire = "rest"', 'wire = "soap"');
  const told = await bare.refusal();
  for (const name of ['soap.template', 'soap.key', 'soap.sender', 'gateway.certificates']) assert.ok(told.includes(name), told);
  const refusal = async (options, spoil = async () => {}) => {
    const one = await prepared(options);
    await spoil(one);
    return one.refusal();
  };
  assert.match(await refusal({ data: '<data><kdpToken>{token}</kdpToken></data>' }), /template\.xml: The template has no \{iin\}/);
  assert.match(await refusal({ data: '<data><iin>{iin}</iin><!-- {token} --></data>' }), /template\.xml: A \{place\}/);
  assert.match(await refusal({ data: '<data>{iin}' }), /template\.xml: /);
  assert.match(await refusal({ pinned: 'nothing' }), /gateway\.cer: holds no certificate/);
  assert.match(await refusal({}, (one) => writeFile(path.join(one.directory, 'passphrase'), 'wrong\n')), /organisation\.p12: /);
  assert.match(await refusal({}, (one) => chmod(path.join(one.directory, 'organisation.p12'), 0o644)), /others can read it/);
  assert.match(await refusal({}, (one) => one.set('wire = "soap"', 'wire = "fax"')), /service\.wire/);
  assert.match(await refusal({}, (one) => one.set('path = "/bip-sync-wss-gost/"', 'path = "bip"')), /soap\.path/);
});
