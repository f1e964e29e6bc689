// SPDX-License-Identifier: Apache-2.0
// The service connector (INT-2.21): from a description of an interface to a service that is registered, runs, verifies tokens and gives what a person
// agreed to; at the other end of the gateway the connector of a bank.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Connector } from '../support/connector.mjs';
import { issueEds } from '../support/eds.mjs';
import { assertProblem, get, postJson } from '../support/http.mjs';
import { binary, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { consent, revoke } from '../support/oauth.mjs';
import { advance, question, received, replyAndHear } from '../support/sandbox.mjs';
import { details, persons } from '../support/world.mjs';

const { abai, eleventh, tenth, ybyrai } = persons;
const description = path.resolve(import.meta.dirname, '../../libs/publication/src/corpus/openapi/cars.json');
const wsdl = path.resolve(import.meta.dirname, '../../libs/publication/src/corpus/wsdl/cars.wsdl');
const defaultWorld = path.resolve(import.meta.dirname, '../../sandbox/world.toml');
const owner = ['--owner', 'GBDFL', '--name-kk', 'Көліктер', '--name-ru', 'Автомобили', '--description-kk', 'Кімнің көлігі бар', '--description-ru', 'Какие есть автомобили'];
const byPath = ['--key', 'CARS', '--operation', 'vehicleOfOwner', ...owner];
const bySoap = ['--key', 'CAR_SOAP', ...owner];
const bySearch = ['--key', 'CAR_SEARCH', '--operation', 'findVehicle', ...owner];

const publish = (...words) => publishFile(description, ...words);
async function publishFile(file, ...words) {
  const language = words.includes('--language') ? [] : ['--language', 'en'];
  try {
    return { code: 0, ...(await promisify(execFile)(binary, ['publish', file, ...language, ...words])) };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function skeleton(port, words, file = description) {
  const child = spawn(binary, ['publish', file, '--serve', '--gateway', server.base, '--port', `${port}`, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const exited = once(child, 'exit').then(([code]) => code);
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const first = once(createInterface({ input: child.stdout }), 'line').then(([line]) => line);
  const line = await Promise.race([first, exited.then(() => output)]);
  const base = /^listening on (\S+)$/.exec(line)?.[1];
  assert.ok(base, line);
  const stop = async () => {
    child.kill('SIGTERM');
    process.off('exit', endWithUs);
    assert.equal(await exited, 0, output);
  };
  const post = async (target, body, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(base + target, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, text: await answer.clone().text(), json: await answer.json() };
  };
  return { base, stop, post, said: () => output };
}

// The interface that the owner has had for years.
let behind, asked, answers;

let server, ports;
before(async () => {
  behind = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const json = request.headers['content-type'] === 'application/json';
      asked.push({ method: request.method, url: request.url, body: json ? JSON.parse(body) : body, authorization: request.headers.authorization,
        ...(request.headers.soapaction && { action: request.headers.soapaction, type: request.headers['content-type'] }) });
      const [status, value] = answers(request);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    });
  }).listen(0, '127.0.0.1');
  await once(behind, 'listening');
  ports = [await freePort(), await freePort(), await freePort()];
  const directory = await temporaryDirectory();
  const at = (i) => ['--for-sandbox', '--address', `http://127.0.0.1:${ports[i]}`];
  const told = [await publish(...byPath, ...at(0)), await publish(...bySearch, ...at(1)), await publishFile(wsdl, ...bySoap, ...at(2))];
  const entries = told.map(({ stdout }) => stdout);
  // The server is told where they are by the lines that the command prints for the operator, as they are.
  const upstreams = told.map(({ stderr }) => /^ +"[A-Z_]+=.*",$/m.exec(stderr)[0]);
  const world = path.join(directory, 'world.toml'), config = path.join(directory, 'kelisim.toml');
  await writeFile(world, (await readFile(defaultWorld, 'utf8'))
    .replace('[[connection]]', `${entries.join('\n')}\n[[connection]]`)
    .replace('["GBDFLUniversal_token", "GBDFL_FamilyInfoToken"]', '["GBDFLUniversal_token", "CARS", "CAR_SEARCH", "CAR_SOAP"]'));
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nbreaker_failures = 1000\nupstreams = [\n${upstreams.join('\n')}\n]\n`);
  server = await Kelisim.start({ config, options: ['--sandbox-data', world] });
});
after(async () => {
  await server.stop();
  behind.closeAllConnections();
  behind.close();
});

test('what a description does not tell is asked for, and nothing is guessed', async () => {
  const bare = await publish();
  assert.equal(bare.code, 1);
  assert.match(bare.stderr, /^vehicleOfOwner: GET \/owners\/\{iin\}\/vehicle; iin: path:iin; fields: plate model year previous$/m);
  assert.match(bare.stderr, /^findVehicle: POST \/search; iin: body:\/owner\/iin; /m);
  for (const option of ['--operation', '--key', '--owner', '--name-kk']) assert.match(bare.stderr, new RegExp(option));
  assert.equal(bare.stdout, '');
  assert.match((await publish('--language', 'kk')).stderr, /біреуін --operation арқылы атаңыз/);
  assert.match((await publish(...byPath, '--iin', 'query:nowhere')).stderr, /no place such as --iin names/);
  const version = await publish('--key', 'V', '--operation', 'version', ...owner);
  assert.match(version.stderr, /--iin/);
  assert.match(version.stderr, /not described as a JSON object/);
  const wrong = path.join(await temporaryDirectory(), 'wrong.json');
  for (const [text, words] of [['', /no description in OpenAPI/], ['openapi: 3.0.3\npaths:\n  /a: b: c\n', /wrong\.json:3:\d+:\nThe file is no proper YAML/],
    ['openapi: 3.0.3\npaths: {}\nopenapi: 3.1.0\n', /wrong\.json:3:1:\nA key stands twice/], ['{"swagger":"2.0"}', /3\.0 or 3\.1/], ['{"openapi":"3.0.0","paths":{"/a":{"$ref":"file:///etc/passwd"}}}', /refers to another file/]]) {
    await writeFile(wrong, text);
    await assert.rejects(promisify(execFile)(binary, ['publish', wrong, '--language', 'en']), ({ stderr }) => words.test(stderr));
  }
  const whole = await publish(...byPath, '--reason', 'letter 7', '--address', 'https://cars.example.kz:443');
  assert.deepEqual(JSON.parse(whole.stdout), { key: 'CARS', owner: 'GBDFL', kind: 'ordinary', personal_data: true, access_class: 'confidential',
    name: { kk: 'Көліктер', ru: 'Автомобили' }, description: { kk: 'Кімнің көлігі бар', ru: 'Какие есть автомобили' }, fields: ['plate', 'model', 'year', 'previous'], reason: 'letter 7' });
  assert.match(whole.stderr, /^ {4}"CARS=https:\/\/cars\.example\.kz:443",$/m);
  const nowhere = await publish(...byPath, '--address', 'cars.example.kz\u001b[2J');
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /--address is not https:\/\/host:port: cars\.example\.kz/);
  assert.ok(!nowhere.stderr.includes('\u001b'));
});

test('an official of the operator registers it by the same command, and nobody else', async () => {
  const directory = await temporaryDirectory();
  const passphrase = path.join(directory, 'passphrase');
  await writeFile(passphrase, 'sandbox\n');
  const official = await issueEds(server.data, eleventh.iin), citizen = await issueEds(server.data, tenth.iin);
  const register = (eds, ...more) => publish('--key', 'CARS_2', '--operation', 'vehicleOfOwner', ...owner, '--reason', 'letter 7',
    '--gateway', server.base, '--register-with', eds, '--passphrase-file', passphrase, ...more);
  assert.match((await register(citizen)).stderr, /official/i);
  // Whoever stands in between and wants something signed gets nothing.
  assert.match((await register(official, '--issuer', 'https://other.kz')).stderr, /something else to sign/);
  await writeFile(passphrase, 'wrong\n');
  assert.equal((await register(official)).code, 1);
  await writeFile(passphrase, 'sandbox\n');
  const done = await register(official);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^CARS_2 is registered since /);
  assert.match((await register(official)).stderr, /There is an entry of this name already/);
  assert.match((await register(official, '--language', 'ru')).stderr, /[а-я]/);
  assert.match((await publish('--register-with', official)).stderr, /requires --/);
});

test('from the core of a bank to the examples of the description, with consent', async () => {
  const cars = await skeleton(ports[0], byPath);
  const connector = await Connector.prepared(server, { service: 'CARS' });
  await connector.set('path = "person"', 'path = "vehicleOfOwner"');
  await connector.start();
  const count = (await received(server.base, abai.phone)).length;
  const { id } = (await connector.ask(abai, { fields: ['plate', 'model'] })).json;
  await replyAndHear(server.base, abai.phone, (await question(server.base, abai.phone, count)).yes);
  assert.equal((await connector.look(id)).json.state, 'granted');
  assert.deepEqual((await connector.data(id)).json, { plate: '001 AAA 01', model: 'Phaeton' });
  assert.deepEqual((await connector.data(id, { fields: ['model'] })).json, { model: 'Phaeton' });
  assert.equal((await connector.data(id, { fields: ['year'] })).codes[0], 'use_fields_outside');
  await connector.stop();
  await cars.stop();
});

test('what a service takes beside person and fields comes from the system, and is held against the consent as all else', async () => {
  asked = [];
  answers = () => [200, { plate: '777 ABC 02', year: 1950 }];
  const search = await skeleton(ports[1], [...bySearch, '--behind', `http://127.0.0.1:${behind.address().port}`]);
  const connector = await Connector.prepared(server, { service: 'CAR_SEARCH' });
  await connector.set('path = "person"', 'path = "findVehicle"');
  await connector.start();
  const count = (await received(server.base, eleventh.phone)).length;
  const { id } = (await connector.ask(eleventh, { fields: ['plate', 'year'], uses_max: 2 })).json;
  await replyAndHear(server.base, eleventh.phone, (await question(server.base, eleventh.phone, count)).yes);
  assert.equal((await connector.look(id)).json.state, 'granted');

  const call = (more, rest = {}) => connector.data(id, { fields: ['plate'], more, ...rest });
  const refusedWith = (answer, status, code) => {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.codes[0], code, answer.text);
    assert.ok(answer.json.reasons[0].kk && answer.json.reasons[0].ru, answer.text);
  };
  refusedWith(await call({ region: '01', iin: eleventh.iin }), 400, 'connector_person_named');
  refusedWith(await call({ region: '01', iin: ybyrai.iin }), 400, 'connector_person_named');
  refusedWith(await call({ region: '01', owner: { iin: ybyrai.iin } }), 403, 'use_person_differs');
  refusedWith(await call({ region: '01', note: [ybyrai.iin] }), 403, 'use_person_differs');
  refusedWith(await connector.call('POST', `/v1/data/${id}`, { body: { feilds: ['plate'], region: '01' } }), 400, 'json_member_missing');
  refusedWith(await connector.call('POST', `/v1/data/${id}`, { body: { fields: [], region: '01' } }), 400, 'connector_fields_missing');
  // The owner's description knows no such region, no such member, and does not do without one.
  for (const more of [{ region: '99' }, { region: '01', colour: 'black' }, {}])
    refusedWith(await call(more), 502, 'gateway_owner_refused');
  assert.deepEqual(asked, []);

  assert.deepEqual((await call({ region: '02', year: 1950 }, { key: 'case-1' })).json, { plate: '777 ABC 02' });
  assert.deepEqual(asked.map(({ body }) => body), [{ region: '02', year: 1950, owner: { iin: eleventh.iin } }]);
  const again = await call({ region: '02', year: 1950 }, { key: 'case-1' });
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  refusedWith(await call({ region: '01', year: 1950 }, { key: 'case-1' }), 409, 'use_key_reused');
  assert.equal(asked.length, 1);
  await connector.stop();
  await search.stop();
});

test('the skeleton verifies tokens itself, and checks requests against the description', async () => {
  const search = await skeleton(ports[1], bySearch);
  const mine = details({ services: ['CAR_SEARCH'], fields: ['plate', 'year'] });
  const { access_token: token } = await consent(server.base, abai, { authorization_details: mine });
  const { access_token: other } = await consent(server.base, ybyrai, { authorization_details: details() });
  const good = { iin: abai.iin, fields: ['plate'], region: '01' };
  assert.deepEqual((await search.post('/findVehicle', good, token)).json, { plate: '001 AAA 01' });
  const refused = [
    [good, undefined, 401, 'token_missing'],
    [good, 'garbage', 401, 'jws_malformed'],
    [good, `${token.slice(0, -4)}AAAA`, 401, 'jws_bad_signature'],
    [good, other, 403, 'person_differs'],
    [{ ...good, iin: ybyrai.iin }, other, 403, 'service_not_granted'],
    [{ ...good, iin: ybyrai.iin }, token, 403, 'person_differs'],
    [{ ...good, fields: ['model'] }, token, 403, 'field_not_granted'],
    [{ ...good, fields: ['colour'] }, token, 400, 'field_unknown'],
    [{ ...good, fields: [] }, token, 400, 'field_unknown'],
    [{ iin: abai.iin, region: '01' }, token, 400, 'json_member_missing'],
    [{ ...good, iin: '450810100014' }, token, 400, 'iin_malformed'],
    [{ iin: abai.iin, fields: ['plate'] }, token, 400, 'skeleton_request_misfit'],
    [{ ...good, region: '77' }, token, 400, 'skeleton_request_misfit'],
    [{ ...good, year: '1899' }, token, 400, 'skeleton_request_misfit'],
    [{ ...good, colour: 'red' }, token, 400, 'skeleton_request_misfit'],
  ];
  for (const [body, shown, status, code] of refused) {
    const answer = await search.post('/findVehicle', body, shown);
    assert.equal(answer.status, status, `${code}: ${answer.text}`);
    assert.ok(answer.json.reasons.some((reason) => reason.code === code), answer.text);
  }
  // Through the gateway: what the description wants is for the caller to say.
  const call = (more) => postJson(server.base, '/gateway/CAR_SEARCH/findVehicle', { iin: abai.iin, fields: ['year'], ...more }, { authorization: `Bearer ${token}` });
  assert.deepEqual((await call({ region: '02' })).json, { year: 1899 });
  assertProblem(await call({}), 502, 'gateway_owner_refused');
  // What the gateway knows at once the skeleton knows with the next status list.
  await revoke(server.base, token);
  await advance(server.base, 'PT30S');
  assertProblem(await call({ region: '02' }), 401, 'use_token_ended');
  await search.stop();
  const late = await skeleton(ports[1], bySearch);
  assert.equal((await late.post('/findVehicle', good, token)).json.code, 'token_inactive');
  assert.ok(!late.said().includes(abai.iin));
  await late.stop();
});

test('the real interface behind it gets what it knows, and gives no more than was agreed', async () => {
  asked = [];
  answers = () => [200, { plate: '777 ABC 02', model: 'Volga', year: 1950, colour: 'black', owner: { iin: abai.iin } }];
  const address = `http://127.0.0.1:${behind.address().port}/api/v2`;
  const cars = await skeleton(ports[0], [...byPath, '--behind', address]);
  const search = await skeleton(ports[1], [...bySearch, '--behind', address]);
  const { access_token: token } = await consent(server.base, abai,
    { authorization_details: details({ services: ['CARS', 'CAR_SEARCH'], fields: ['plate', 'year'], uses_max: 3 }) });
  const call = (service, operation, more) =>
    postJson(server.base, `/gateway/${service}/${operation}`, { iin: abai.iin, fields: ['plate'], ...more }, { authorization: `Bearer ${token}` });
  assert.deepEqual((await call('CARS', 'vehicleOfOwner', { at: '1950-01-01' })).json, { plate: '777 ABC 02' });
  assert.deepEqual((await call('CAR_SEARCH', 'findVehicle', { region: '01', year: 1950 })).json, { plate: '777 ABC 02' });
  assert.deepEqual(asked, [
    { method: 'GET', url: `/api/v2/owners/${abai.iin}/vehicle?at=1950-01-01`, body: '', authorization: undefined },
    { method: 'POST', url: '/api/v2/search', body: { region: '01', year: 1950, owner: { iin: abai.iin } }, authorization: undefined },
  ]);
  // A person cannot be named again at the place that is the owner's alone.
  assertProblem(await call('CAR_SEARCH', 'findVehicle', { region: '01', owner: { iin: ybyrai.iin } }), 403, 'use_person_differs');
  const straight = async (now) => {
    answers = () => now;
    return (await cars.post('/vehicleOfOwner', { iin: abai.iin, fields: ['plate'] }, token)).json.code;
  };
  assert.equal(await straight([404, {}]), 'person_unknown');
  assert.equal(await straight([500, {}]), 'skeleton_behind_failed');
  assert.equal(await straight([200, 'garbage']), 'skeleton_behind_failed');
  assert.equal(await straight([200, []]), 'skeleton_behind_failed');
  assert.equal(await straight([302, {}]), 'skeleton_behind_failed');
  const answer = await cars.post('/vehicleOfOwner', { iin: abai.iin, fields: ['plate'], at: ['1950'] }, token);
  assert.equal(answer.json.code, 'skeleton_request_misfit', answer.text);
  await cars.stop();
  await search.stop();
  const wrong = (words) => promisify(execFile)(binary, ['publish', description, '--serve', '--gateway', server.base, '--port', '0', ...byPath, ...words]);
  await assert.rejects(wrong(['--behind', 'nonsense']), ({ stderr }) => /--behind is not/.test(stderr));
  await assert.rejects(wrong(['--behind', 'http://cars.example.kz/']), ({ stderr }) => /must be https/.test(stderr));
});

test('a WSDL is a description too: the interface behind it hears SOAP, the gateway REST', async () => {
  assert.match((await publishFile(wsdl)).stderr, /^FindCar: POST ; iin: body:\/owner\/iin; fields: plate year insured former$/m);
  asked = [];
  const envelope = (content) => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
  const found = envelope('<FindCarResponse xmlns="urn:cars"><car><plate>777 ABC 02</plate><year>1950</year><insured>true</insured></car></FindCarResponse>');
  answers = () => [200, found];
  const cars = await skeleton(ports[2], [...bySoap, '--behind', `http://127.0.0.1:${behind.address().port}/ws`], wsdl);
  const { access_token: token } = await consent(server.base, abai,
    { authorization_details: details({ services: ['CAR_SOAP'], fields: ['plate', 'year'], uses_max: 3 }) });
  const call = (more) => postJson(server.base, '/gateway/CAR_SOAP/FindCar', { iin: abai.iin, fields: ['plate', 'year'], ...more }, { authorization: `Bearer ${token}` });
  assert.deepEqual((await call({ region: '02' })).json, { plate: '777 ABC 02', year: 1950 });
  const [heard] = asked;
  assert.equal(heard.url, '/ws');
  assert.equal(heard.action, '"urn:cars/FindCar"');
  assert.equal(heard.type, 'text/xml; charset=utf-8');
  assert.match(heard.body, new RegExp(`<r:FindCar xmlns:r="urn:cars"><r:owner><r:iin>${abai.iin}</r:iin></r:owner><r:region>02</r:region></r:FindCar>`));
  assertProblem(await call({ region: '99' }), 502, 'gateway_owner_refused');
  const straight = async (answer) => {
    answers = () => answer;
    return (await cars.post('/FindCar', { iin: abai.iin, fields: ['plate'], region: '01' }, token)).json.code;
  };
  assert.equal(await straight([500, envelope('<s:Fault><faultcode>s:Server</faultcode></s:Fault>')]), 'skeleton_behind_failed');
  assert.equal(await straight([200, envelope('<s:Fault><faultcode>s:Server</faultcode></s:Fault>')]), 'skeleton_behind_failed');
  assert.equal(await straight([200, 'garbage']), 'skeleton_behind_failed');
  assert.equal(await straight([200, found.replace('urn:cars', 'urn:other')]), 'skeleton_behind_failed');
  assert.equal(asked.length, 5, 'what does not fit is not sent on');
  await cars.stop();
});
