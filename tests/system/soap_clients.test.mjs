// SPDX-License-Identifier: Apache-2.0
// SOAP clients that were not written here (INT-2.6): zeep, of Debian, unmodified, built from the WSDL that the running server hands
// out; and messages with the habits of clients that are known (wire.md A8).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { send } from '../support/http.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { allFields as fields, bank, details, persons, service } from '../support/world.mjs';

// Debian's own Python has Debian's zeep.
const client = `
import json, sys, zeep
asked = json.load(sys.stdin)
client = zeep.Client(asked["wsdl"])
try:
    answer = client.service.SendMessage(request={
        "requestInfo": {"messageId": asked["id"], "serviceId": asked["service"], "messageDate": asked["date"],
                        "sender": {"senderId": "DEMOBANK", "password": asked["password"]}},
        "requestData": {"data": asked["data"]}})
    print(json.dumps({"code": answer.responseInfo.status.code, "session": answer.responseInfo.sessionId,
                      "correlation": answer.responseInfo.correlationId, "data": str(answer.responseData.data)}))
except zeep.exceptions.Fault as fault:
    info = client.wsdl.types.deserialize(fault.detail[0])
    print(json.dumps({"fault": info.errorCode, "why": info.errorData, "session": info.sessionId}))
`;

let server;
before(async () => {
  // The bank the state's and inside its network, for once: without a signature nothing comes from outside, and inside only the state's.
  const world = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  const inside = world.replace(/(key = "DEMOBANK"\norganisation = "\d+"\ncontour = )"external"/, '$1"ets"');
  const moved = inside.replace(/(bin = "000140000353"\nkind = )"bank"/, '$1"state_body"');
  assert.notEqual(inside, world);
  assert.notEqual(moved, inside);
  const file = path.join(await temporaryDirectory(), 'world.toml');
  await writeFile(file, moved);
  server = await Kelisim.start({ options: ['--sandbox-data', file] });
});
after(() => server.stop());

async function zeep(asked) {
  const run = promisify(execFile)('/usr/bin/python3', ['-c', client]);
  const whole = { wsdl: `${server.base}/bip-sync/?wsdl`, id: 'z-1', service, date: new Date().toISOString(), password: bank.secret, ...asked };
  run.child.stdin.end(JSON.stringify(whole));
  return JSON.parse((await run).stdout);
}

test('zeep, built from our WSDL, sends a message and reads the answer', async () => {
  const { access_token } = await consent(server.base, persons.abai, { authorization_details: details({ fields }) });
  const data = `<r:Request xmlns:r="http://message.persistence.interactive.nat"><messageId>m</messageId><messageDate>2026-01-15T10:00:00+05:00</messageDate><senderCode/><iin>${persons.abai.iin}</iin><kdpToken>${access_token}</kdpToken></r:Request>`;
  const answer = await zeep({ data });
  assert.equal(answer.code, 'SCSS001', JSON.stringify(answer));
  assert.match(answer.session, /^\{[0-9a-f-]{36}\}$/);
  assert.ok(answer.data.includes(`<surname>${persons.abai.surname}</surname>`), answer.data);
});

test('zeep leaves a file in the temporary store and fetches it', async () => {
  const store = (type, inner) => `<tempStorageRequest xmlns="http://egov.bee.kz/eds/tempstorage/v2/"><type>${type}</type>${inner}` +
    `<credentials><senderId>DEMOBANK</senderId><password>${bank.secret}</password></credentials></tempStorageRequest>`;
  const ask = (id, data) => zeep({ id, service: 'EDS_TEMP_FILES', data });
  const left = await ask('z-5', store('UPLOAD', '<uploadRequest><fileUploadRequests><fileProcessIdentifier>f</fileProcessIdentifier>' +
    '<content>aGVsbG8=</content></fileUploadRequests></uploadRequest>'));
  const identifier = /fileIdentifier>([0-9a-f]{32})</.exec(left.data)?.[1];
  assert.ok(identifier, JSON.stringify(left));
  const got = await ask('z-6', store('DOWNLOAD', `<downloadRequest><fileIdentifiers>${identifier}</fileIdentifiers></downloadRequest>`));
  assert.match(got.data, /content>aGVsbG8=</);
  assert.equal((await ask('z-7', store('ERASE', ''))).fault, 'SCE001');
});

test('zeep reads our faults as its own', async () => {
  const refused = await zeep({ id: 'z-2', data: `<Request><iin>${persons.abai.iin}</iin><b/></Request>` });
  assert.equal(refused.fault, 'KLS403', JSON.stringify(refused));
  assert.equal(refused.why, 'gateway_token_missing');
  assert.equal((await zeep({ id: 'z-3', service: 'NOBODY', data: '<a/>' })).fault, 'SCE004');
  assert.equal((await zeep({ id: 'z-4', password: 'wrong', data: '<a/>' })).fault, 'KLS401');
});

const types = 'http://bip.bee.kz/SyncChannel/v10/Types';
const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

let number = 0;
// A message of the bank about a person, without a token.
function message({ open = `<t:SendMessage xmlns:t="${types}">`, close = '</t:SendMessage>', request = '<request>', date = new Date().toISOString(),
  before = '', after = '', order, dataOpen = '<data>', id = `c5r93skf5g1a8t38tlp${(number += 1)}` } = {}) {
  const info = [`<messageId>${id}</messageId>`, `<serviceId>${service}</serviceId>`, `<messageDate>${date}</messageDate>`,
    `<sender><senderId>DEMOBANK</senderId><password>${bank.secret}</password></sender>`];
  return `${open}${request}<requestInfo>${before}${(order?.(info) ?? info).join('')}${after}</requestInfo><requestData>${dataOpen}` +
    `<iin>${persons.abai.iin}</iin><b/></data></requestData></request>${close}`;
}
const inBody = (content, { ns = soap11, root = 's', header = '', attributes = '' } = {}) =>
  `<${root}:Envelope xmlns:${root}="${ns}">${header}<${root}:Body${attributes}>${content}</${root}:Body></${root}:Envelope>`;

const day = () => new Date().toISOString().slice(0, 10);
const habits = {
  'text/xml with a charset': { body: () => inBody(message()) },
  'application/xml': { type: 'application/xml; charset=utf-8', body: () => inBody(message()) },
  'text/plain': { type: 'text/plain', body: () => inBody(message()) },
  'SOAPAction empty': { headers: { soapaction: '""' }, body: () => inBody(message()) },
  'an XML declaration': { body: () => `<?xml version="1.0" encoding="UTF-8"?>\n${inBody(message())}` },
  'SOAP 1.2 with the same body': { type: 'application/soap+xml', body: () => inBody(message(), { ns: soap12 }) },
  'header and body under another prefix than the envelope': {
    body: () => `<soap:Envelope xmlns:soap="${soap11}"><SOAP-ENV:Header xmlns:SOAP-ENV="${soap11}"/><SOAP-ENV:Body xmlns:SOAP-ENV="${soap11}">${message()}</SOAP-ENV:Body></soap:Envelope>`,
  },
  'an empty header': { body: () => inBody(message(), { header: '<s:Header/>' }) },
  'a plain Id of the body': { body: () => inBody(message(), { attributes: ' Id="b1"' }) },
  'the wrapper by default namespace, taken back inside': {
    body: () => inBody(message({ open: `<SendMessage xmlns="${types}">`, request: '<request xmlns="">', close: '</SendMessage>' })),
  },
  'the wrapper SendMessageRequest': { body: () => inBody(message({ open: `<t:SendMessageRequest xmlns:t="${types}">`, close: '</t:SendMessageRequest>' })) },
  'a date alone': { body: () => inBody(message({ date: day() })) },
  'a date with +06:00 and no fraction': {
    body: () => inBody(message({ date: new Date(Date.now() + 6 * 3_600_000).toISOString().slice(0, 19) + '+06:00' })),
  },
  'sessionId filled by the client, without braces': { body: () => inBody(message({ after: '<sessionId>00000000-0000-4000-8000-0000000000ff</sessionId>' })) },
  'empty optional elements': { body: () => inBody(message({ after: '<sessionId></sessionId><routeId/><correlationId/><properties/>' })) },
  'another order': { body: () => inBody(message({ order: (info) => info.toReversed() })) },
  'an unprefixed xsi:type of data': {
    body: () => inBody(message({ dataOpen: '<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="getUserDataRequest">' })),
  },
};

// Read as a message of the bank's, known as its sender, and refused only for want of a token.
for (const [habit, { type = 'text/xml; charset=utf-8', headers = {}, body }] of Object.entries(habits)) {
  test(`taken: ${habit}`, async () => {
    const answer = await send(server.base, 'POST', '/bip-sync/', { headers: { 'content-type': type, ...headers }, body: body() });
    assert.equal(answer.status, 500);
    assert.match(answer.text, /<errorCode>KLS403<\/errorCode>/, answer.text);
    assert.match(answer.text, /<errorData>gateway_token_missing<\/errorData>/);
  });
}

test('not taken: another namespace, two messages, a prefix that nobody declared', async () => {
  for (const body of [
    inBody(message({ open: '<t:SendMessage xmlns:t="urn:other">' })),
    inBody(message() + message()),
    inBody(message({ dataOpen: '<data xsi:type="getUserDataRequest">' })),
    inBody(message(), { ns: 'urn:other' }),
  ]) {
    const answer = await send(server.base, 'POST', '/bip-sync/', { headers: { 'content-type': 'text/xml' }, body });
    assert.match(answer.text, /<errorCode>SCE001<\/errorCode>/, answer.text);
  }
});
