// SPDX-License-Identifier: Apache-2.0
// The temporary file store on the running channel (EDS_TEMP_FILES, wire.md A9): what is left is found again by whoever knows the
// identifier, until its time is over; each file has a status of its own.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { send } from '../support/http.mjs';
import { eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { advance } from '../support/sandbox.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { persons } from '../support/world.mjs';

const namespace = 'http://egov.bee.kz/eds/tempstorage/v2/';
const hours = 3_600_000;
const systems = {
  ZAGS: 'zags-sandbox-secret', GBDUL: 'gbdul-sandbox-secret', ELICENSE: 'elicense-sandbox-secret', DEMOBANK: 'demo-bank-sandbox-secret',
};

let server;
let data;
before(async () => {
  data = await temporaryDirectory();
  server = await Kelisim.start({ data });
});
after(async () => {
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

function sendMessage(data, { id = randomUUID(), sender = 'GBDUL', password = systems[sender], date = new Date() } = {}) {
  return `<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>${id}</messageId>` +
    `<serviceId>EDS_TEMP_FILES</serviceId><messageDate>${date.toISOString()}</messageDate><sender><senderId>${sender}</senderId>` +
    `${password ? `<password>${password}</password>` : ''}</sender></requestInfo><requestData><data>${data}</data></requestData>` +
    '</request></t:SendMessage>';
}
const envelope = (content) => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;

function parsed(answer) {
  const text = answer.text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll(/<(\/?)\w+:(?=\w)/g, '<$1');
  const one = (within, name) => new RegExp(`<${name}[^>]*>([^<]*)</${name}>`).exec(within)?.[1];
  const files = [...text.matchAll(/<(\w+Results?|fileInfoResults)>(.*?)<\/\1>/gs)].map(([, , inner]) => ({
    code: one(inner, 'code'), why: one(inner, 'status') ?? /<status>.*?<status>([^<]*)/s.exec(inner)?.[1], process: one(inner, 'fileProcessIdentifier'),
    identifier: one(inner, 'fileIdentifier'), lifeTime: one(inner, 'lifeTime'), name: one(inner, 'name'), mime: one(inner, 'mime'),
    content: one(inner, 'content'), size: one(inner, 'size'), deleted: one(inner, 'deleted'), deletionTime: one(inner, 'deletionTime'),
    confirmed: one(inner, 'confirmed'), confirmedBy: /<confirmedSystem><id>([^<]*)/.exec(inner)?.[1],
    uploader: /<uploaderSystem><id>([^<]*)/.exec(inner)?.[1], needs: one(inner, 'needToBeConfirmed'),
  }));
  const after = text.slice(Math.max(text.lastIndexOf('Results>'), 0));
  return { ...answer, fault: one(text, 'errorCode'), why: one(text, 'errorData'), correlation: one(text, 'correlationId'),
    files, all: one(after, 'code') };
}
async function post(content) {
  return parsed(await send(server.base, 'POST', '/bip-sync/', { headers: { 'content-type': 'text/xml; charset=utf-8' }, body: envelope(content) }));
}
const login = (system = 'GBDUL', password = systems[system]) =>
  `<credentials><senderId>${system}</senderId><password>${password}</password></credentials>`;
const request = (type, inner, credentials = login()) => `<type>${type}</type>${inner}${credentials}`;
const file = ({ process = 'f', content = 'aGVsbG8=', name, mime, lifeTime, needs } = {}) =>
  `<fileUploadRequests><fileProcessIdentifier>${process}</fileProcessIdentifier><content>${content}</content>` +
  `${name ? `<name>${name}</name>` : ''}${mime ? `<mime>${mime}</mime>` : ''}${lifeTime === undefined ? '' : `<lifeTime>${lifeTime}</lifeTime>`}` +
  `${needs === undefined ? '' : `<needToBeConfirmed>${needs}</needToBeConfirmed>`}</fileUploadRequests>`;
const wrapped = (inner) => `<tempStorageRequest xmlns="${namespace}">${inner}</tempStorageRequest>`;
const elements = { DOWNLOAD: 'downloadRequest', CONFIRM: 'confirmRequest', GET_FILE_INFO: 'getFileInfoRequest' };
const uploadOf = (files, credentials) =>
  wrapped(request('UPLOAD', `<uploadRequest>${files.join('')}</uploadRequest>`, credentials));
const askOf = (type, identifiers, credentials) => wrapped(request(type,
  `<${elements[type]}>${identifiers.map((each) => `<fileIdentifiers>${each}</fileIdentifiers>`).join('')}</${elements[type]}>`, credentials));
const upload = (...files) => post(sendMessage(uploadOf(files)));
const ask = (type, identifiers, sender = 'ZAGS') =>
  post(sendMessage(askOf(type, identifiers, login(sender)), { sender }));

test('files are left, described, fetched by another system and confirmed', async () => {
  const left = await upload(file({ process: 'a', name: 'Шарт.pdf', mime: 'application/pdf', needs: true }),
    file({ process: 'b', content: Buffer.from('other').toString('base64'), lifeTime: 28_800_000 }));
  assert.equal(left.status, 200, left.text);
  assert.equal(left.all, 'KLS200');
  assert.deepEqual(left.files.map((each) => [each.process, each.code, each.lifeTime]), [['a', 'KLS200', '28800000'], ['b', 'KLS200', '28800000']]);
  const [a, b] = left.files.map((each) => each.identifier);
  assert.match(a, /^[0-9a-f]{32}$/);
  assert.notEqual(a, b);

  const got = await ask('DOWNLOAD', [b, a]);
  assert.deepEqual(got.files.map((each) => Buffer.from(each.content, 'base64').toString()), ['other', 'hello']);
  assert.deepEqual([got.files[1].name, got.files[1].mime, got.files[1].size, got.files[1].uploader, got.files[1].needs],
    ['Шарт.pdf', 'application/pdf', '5', 'GBDUL', 'true']);

  assert.equal((await ask('GET_FILE_INFO', [a])).files[0].confirmed, 'false');
  assert.equal((await ask('CONFIRM', [a])).files[0].code, 'KLS200');
  assert.equal((await ask('CONFIRM', [a], 'GBDUL')).files[0].code, 'KLS200');
  const [info] = (await ask('GET_FILE_INFO', [a], 'GBDUL')).files;
  assert.deepEqual([info.confirmed, info.confirmedBy, info.deleted, info.content], ['true', 'ZAGS', 'false', undefined]);
});

test('a repeat gets the same identifiers, and other words under its id are refused', async () => {
  const content = sendMessage(uploadOf([file()]));
  const first = await post(content);
  const again = await post(content);
  assert.equal(again.files[0].identifier, first.files[0].identifier);
  const id = randomUUID();
  assert.equal((await post(sendMessage(uploadOf([file()]), { id }))).status, 200);
  assert.equal((await post(sendMessage(uploadOf([file({ process: 'g' })]), { id }))).fault, 'KLS409');
  const fetch = sendMessage(askOf('DOWNLOAD', [first.files[0].identifier], login('ZAGS')), { sender: 'ZAGS' });
  assert.equal((await post(fetch)).files[0].content, 'aGVsbG8=');
  assert.equal((await post(fetch)).files[0].content, 'aGVsbG8=', 'served anew: no second copy of the content is kept');
});

test('each file has a status of its own', async () => {
  const some = await upload(file({ process: 'good' }), file({ process: 'never', lifeTime: 0 }), file({ process: 'long', lifeTime: 7 * 24 * hours + 1 }));
  assert.equal(some.status, 200);
  assert.equal(some.all, 'KLS207');
  assert.deepEqual(some.files.map((each) => each.code), ['KLS200', 'KLS400', 'KLS400']);
  assert.match(some.text, /temp_file_life_outside/);
  const unknown = randomBytes(16).toString('hex');
  const mixed = await ask('DOWNLOAD', [some.files[0].identifier, unknown]);
  assert.deepEqual(mixed.files.map((each) => each.code), ['KLS200', 'KLS404']);
  for (const type of ['DOWNLOAD', 'CONFIRM', 'GET_FILE_INFO']) {
    const none = await ask(type, [unknown, 'x']);
    assert.deepEqual([none.all, ...none.files.map((each) => each.code)], ['KLS422', 'KLS404', 'KLS404']);
    assert.match(none.text, /temp_file_unknown/);
  }
});

test('large files: what fits is kept, and fetched one at a time', async () => {
  const most = randomBytes(2_883_584);
  const left = await upload(file({ content: most.toString('base64') }));
  assert.equal(left.files[0].code, 'KLS200', left.text.slice(0, 500));
  const small = await upload(file());
  const [large, little] = [left.files[0].identifier, small.files[0].identifier];
  const got = await ask('DOWNLOAD', [large, little]);
  assert.deepEqual(got.files.map((each) => each.code), ['KLS200', 'KLS413']);
  assert.ok(Buffer.from(got.files[0].content, 'base64').equals(most));
  assert.equal((await ask('DOWNLOAD', [little])).files[0].code, 'KLS200');
  const over = await upload(file({ content: Buffer.concat([most, Buffer.from('x')]).toString('base64') }), file());
  assert.deepEqual(over.files.map((each) => each.code), ['KLS413', 'KLS200']);
});

test('what is over is gone, and its books say so', async () => {
  const left = await upload(file({ process: 'short', name: 'secret.txt', lifeTime: hours }), file({ process: 'long', lifeTime: 24 * hours }));
  const [short, long] = left.files.map((each) => each.identifier);
  await advance(server.base, 'PT1H');
  const got = await ask('DOWNLOAD', [short, long]);
  assert.deepEqual(got.files.map((each) => each.code), ['KLS410', 'KLS200']);
  assert.equal((await ask('CONFIRM', [short])).files[0].code, 'KLS410');
  const gone = await eventually(async () => {
    const [info] = (await ask('GET_FILE_INFO', [short])).files;
    return info.deleted === 'true' ? info : undefined;
  }, 'the sweep');
  assert.ok(gone.deletionTime);
  assert.equal(gone.size, '5');
  assert.equal(gone.name, undefined);
  assert.equal((await ask('GET_FILE_INFO', [long])).files[0].deleted, 'false');
});

test('who is let in: a known sender, with a login of the store of its own organisation', async () => {
  const left = await upload(file());
  const [{ identifier }] = left.files;
  const refused = async (credentials, options) => {
    const answer = await post(sendMessage(askOf('DOWNLOAD', [identifier], credentials), options));
    assert.equal(answer.status, 500, answer.text);
    assert.equal(answer.fault, 'KLS401');
    return answer.why;
  };
  // Two systems of one organisation.
  assert.equal((await post(sendMessage(askOf('DOWNLOAD', [identifier], login('ELICENSE'))))).files[0].code, 'KLS200');
  for (const credentials of [login('ZAGS'), login('GBDUL', 'wrong'), login('NOBODY', 'x'), login('GBDUL', ''), login('DEMOBANK')])
    assert.equal(await refused(credentials), 'temp_store_login_wrong');
  assert.equal(await refused(login(), { password: 'wrong' }), 'sender_unknown');
  assert.equal(await refused(login(), { sender: 'DEMOBANK' }), 'sender_outside');
  assert.equal((await post(sendMessage(askOf('DOWNLOAD', [identifier], '')))).fault, 'SCE001');
});

test('from outside under a signature', async () => {
  const key = await issueEds(server.data, persons.ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
  const signed = async (content) => parsed(await send(server.base, 'POST', '/bip-sync-wss-gost/',
    { headers: { 'content-type': 'text/xml; charset=utf-8' }, body: await sign(key, 'soap', content) }));
  const left = await signed(sendMessage(uploadOf([file()], login('DEMOBANK')), { sender: 'DEMOBANK' }));
  assert.equal(left.status, 200, left.text);
  assert.equal((await ask('DOWNLOAD', [left.files[0].identifier])).files[0].uploader, 'DEMOBANK');
});

test('without a namespace, in any order, as text: answered likewise', async () => {
  const bare = `<tempStorageRequest>${login()}<uploadRequest>${file()}</uploadRequest><type>UPLOAD</type></tempStorageRequest>`;
  const plain = await post(sendMessage(bare));
  assert.equal(plain.files[0].code, 'KLS200', plain.text);
  assert.ok(!plain.text.includes(namespace));
  const escaped = await post(sendMessage(uploadOf([file()]).replaceAll('<', '&lt;').replaceAll('>', '&gt;')));
  assert.match(escaped.text, /&lt;\w*:?fileIdentifier/);
  assert.match(escaped.text, /tempstorage\/v2/);
});

test('what is no request of the store', async () => {
  const faulty = async (data) => {
    const answer = await post(sendMessage(data));
    assert.deepEqual([answer.status, answer.fault], [500, 'SCE001'], answer.text);
  };
  await faulty('');
  await faulty('text');
  await faulty('<tempStorageRequest/>');
  await faulty(wrapped(request('ERASE', '')));
  await faulty(wrapped(request('DOWNLOAD', '<downloadRequest/>')));
  await faulty(wrapped(request('DOWNLOAD', `<uploadRequest>${file()}</uploadRequest>`)));
  await faulty(uploadOf([file({ content: 'no base64!' })]));
  await faulty(uploadOf([file({ lifeTime: 'long' })]));
  await faulty(uploadOf(Array.from({ length: 33 }, () => file())));
  assert.equal((await post(sendMessage(uploadOf(Array.from({ length: 32 }, () => file()))))).files.length, 32);
});

test('a restart loses no file', async () => {
  const left = await upload(file({ lifeTime: 24 * hours }));
  await server.kill();
  server = await Kelisim.start({ data });
  assert.equal((await ask('DOWNLOAD', [left.files[0].identifier])).files[0].content, 'aGVsbG8=');
});
