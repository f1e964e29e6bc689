// SPDX-License-Identifier: Apache-2.0
// Calls with other methods and without content, and services whose content passes as it comes: documents, pictures, whatever has no
// fields to choose from (docs/decisions/0053-content-that-passes-as-it-comes.md).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { codes, listening, postJson, send } from '../support/http.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { consent, revoke } from '../support/oauth.mjs';
import { details, familyService as documents, persons, service } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const megabyte = 1024 * 1024;

let data, server, owner, cabinet, operator;
let asked;   // of the owner: heads and digests of what came
let answer;  // of the owner: (request, response, came)
let token;   // for the documents, and for the fields of a person
before(async () => {
  owner = await listening((request, response) => {
    const came = { method: request.method, target: request.url, headers: request.headers, bytes: 0, whole: false, hash: createHash('sha256') };
    asked.push(came);
    request.on('error', () => {});
    request.on('data', (chunk) => {
      came.bytes += chunk.length;
      came.hash.update(chunk);
    });
    request.on('end', () => {
      came.whole = true;
      came.digest = came.hash.digest('hex');
      answer(request, response, came);
    });
  });
  data = await temporaryDirectory();
  const config = path.join(await temporaryDirectory(), 'streamed.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nbreaker_failures = 1000\n` +
    `upstreams = ["${documents}=${owner.base} streamed", "NOBODYS=${owner.base} streamed", "${service}=${owner.base}"]\n`);
  server = await Kelisim.start({ data, config });
  cabinet = await Cabinet.signIn(server.base, abai, 'PT3M');
  operator = await Cabinet.signIn(server.base, persons.eleventh, 'PT3M');
});
after(async () => {
  await server.stop();
  await owner.stop();
  await rm(data, { recursive: true, force: true });
});
beforeEach(async () => {
  asked = [];
  answer = (_, response) => response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7');
  token = await granted();
});

const granted = async (of = { services: [documents], fields: ['spouse', 'children'] }) =>
  (await consent(server.base, abai, { authorization_details: details({ ...of }) })).access_token;
const target = (name = documents) => `/gateway/${name}/person`;
const head = (more = {}) => ({ authorization: `Bearer ${token}`, 'kdp-person': abai.iin, ...more });
const call = (headers = head(), { method = 'GET', body, to = target() } = {}) => send(server.base, method, to, { headers, body });
const uses = async () => (await cabinet.read('/uses?limit=100')).items;
const newestUse = async (state) => eventually(async () => (await uses())[0].state === state, `the newest use is ${state}`);
// How exchanges of the documents ended, newest first.
async function exchanges() {
  const answer = await postJson(server.base, '/api/v1/staff/exchanges/search', { reason: 'Іс № 5', service: documents },
    { cookie: operator.cookie, 'x-csrf-token': operator.csrf });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.items;
}
async function exchange(outcome, more = () => true) {
  return eventually(async () => {
    const [newest] = await exchanges();
    return newest?.outcome === outcome && more(newest) && newest;
  }, `the newest exchange is ${outcome}`);
}

// A call whose content is written, and whose answer is read, piece by piece.
function open(method, headers, to = target()) {
  const request = http.request(new URL(server.base + to), { method, headers });
  request.on('error', () => {});
  return request;
}
async function refused(answer, status, ...expected) {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(codes(answer.json).sort(), expected);
  assert.equal(asked.length, 0, 'nothing went to the owner');
}

test('an answer of any size passes as it comes, and is on record by its digest', async () => {
  const content = randomBytes(20 * megabyte);
  let second;
  const first = new Promise((resolve) => (second = resolve));
  answer = async (_, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-disposition': 'attachment; filename="a.pdf"', 'set-cookie': 'a=b', 'x-own': 'c' });
    response.write(content.subarray(0, megabyte));
    await first;
    response.end(content.subarray(megabyte));
  };
  const request = open('GET', head({ accept: 'application/pdf', 'x-other': 'd' }));
  request.end();
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['content-type'], 'application/pdf');
  assert.equal(response.headers['content-disposition'], 'attachment; filename="a.pdf"');
  assert.equal(response.headers['cache-control'], 'no-store');
  assert.deepEqual([response.headers['set-cookie'], response.headers['x-own']], [undefined, undefined]);
  const parts = [];
  for await (const part of response) {
    parts.push(part);
    second();  // only after the first part has come: nobody waits for the whole
  }
  assert.ok(Buffer.concat(parts).equals(content));

  const [came] = asked;
  assert.deepEqual([came.method, came.target], ['GET', '/person']);
  assert.deepEqual([came.headers['kdp-person'], came.headers['kdp-fields'], came.headers.authorization, came.headers.accept],
    [abai.iin, undefined, `Bearer ${token}`, 'application/pdf']);
  assert.equal(came.headers['x-other'], undefined);
  await newestUse('delivered');
  const found = await exchange('answered');
  assert.equal(found.response_bytes, content.length);
  assert.equal(found.response_sha256, sha256(sha256(content), token).toString('hex'));
});

for (const [how, headers] of [['of known length', { 'content-length': 5 * megabyte }], ['in chunks', {}]]) {
  test(`a request ${how} passes as it comes`, async () => {
    const content = randomBytes(5 * megabyte);
    answer = (_, response) => response.writeHead(201, { 'content-type': 'text/plain' }).end('taken');
    const request = open('PUT', head({ 'content-type': 'image/jpeg', ...headers }));
    request.write(content.subarray(0, megabyte));
    await eventually(async () => asked[0]?.bytes > 0, 'the owner has a part of it');
    request.end(content.subarray(megabyte));
    const [response] = await once(request, 'response');
    assert.equal(response.statusCode, 201);
    assert.equal((await response.toArray()).join(''), 'taken');
    const [came] = asked;
    assert.equal(came.digest, sha256(content).toString('hex'));
    assert.deepEqual([came.method, came.headers['content-type'], came.headers['content-length'] ?? came.headers['transfer-encoding']],
      ['PUT', 'image/jpeg', headers['content-length'] ? String(content.length) : 'chunked']);
    const found = await exchange('answered', (each) => each.request_bytes === content.length);
    const digest = sha256('PUT\n', target(), '\n', sha256(content));
    assert.equal(found.request_sha256, sha256(digest, token).toString('hex'));
  });
}

test('whom it is about stands in the head, and all that the service gives has to be consented to', async () => {
  const without = { ...head() };
  delete without['kdp-person'];
  await refused(await call(without), 403, 'use_person_missing');
  await refused(await call(head({ 'kdp-person': '123' })), 400, 'iin_malformed');
  await refused(await call(head({ 'kdp-person': ybyrai.iin })), 403, 'use_person_differs');
  await refused(await call(head({ 'kdp-fields': 'spouse' })), 400, 'gateway_stream_has_no_fields');
  await refused(await call(head({ 'idempotency-key': 'k' })), 400, 'gateway_stream_not_kept');
  await refused(await call(head(), { to: `${target()}?who=${abai.iin}` }), 400, 'call_iin_in_path');
  await refused(await call({ 'kdp-person': abai.iin }), 401, 'gateway_token_missing');
  token = await granted({ services: [documents], fields: ['spouse'] });
  await refused(await call(), 403, 'use_fields_outside');
  token = await granted({ services: [service], fields: ['surname'] });
  await refused(await call(), 403, 'use_fields_outside', 'use_service_outside');
});

test('a service that is routed and not registered gives nothing, and harms nobody', async () => {
  await refused(await call(head(), { to: target('NOBODYS') }), 403, 'registry_unknown_service');
  assert.equal((await call()).status, 200);
});

test('a token that is withdrawn opens nothing', async () => {
  await revoke(server.base, token);
  assert.equal((await call()).status, 401);
  assert.equal(asked.length, 0);
});

test('what the owner refuses or fails to give is told apart, and nothing of it passes', async () => {
  for (const [status, code, state] of [[404, 'gateway_owner_refused', 'not_sent'], [500, 'gateway_owner_failed', 'unknown']]) {
    answer = (_, response) => response.writeHead(status, { 'content-type': 'text/plain' }).end('secret of the owner');
    const given = await call();
    assert.equal(given.status, 502, given.text);
    assert.deepEqual(codes(given.json), [code]);
    assert.ok(!given.text.includes('secret'));
    await newestUse(state);
    await exchange('failed');
  }
  answer = (request) => request.socket.destroy();
  assert.equal((await call()).status, 504);
  await newestUse('unknown');
});

test('an answer without content is whole, and the connection stays in step', async () => {
  answer = (_, response) => response.writeHead(204).end();
  const given = await call();
  assert.deepEqual([given.status, given.text], [204, '']);
  await exchange('answered', (each) => each.response_bytes === 0);
  answer = (_, response) => response.end('whole');
  assert.equal((await call()).text, 'whole');
});

test('an answer that breaks off is never taken for whole', async () => {
  for (const headers of [{}, { 'content-length': 3 * megabyte }]) {
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/pdf', ...headers });
      response.write(randomBytes(2 * megabyte), () => request.socket.destroy());
    };
    const request = open('GET', head());
    request.end();
    const [response] = await once(request, 'response');
    await assert.rejects(response.toArray());
    await newestUse('delivered');  // what came, came
    await exchange('failed', (each) => each.response_bytes > 0 && each.response_bytes < 3 * megabyte);
  }
  answer = (_, response) => response.end('whole');
  assert.equal((await call()).text, 'whole');
});

test('a caller that leaves in the middle: the owner never has a whole request, the use is in doubt', async () => {
  const request = open('POST', head({ 'content-type': 'image/jpeg' }));
  request.write(randomBytes(megabyte));
  await eventually(async () => asked[0]?.bytes > 0, 'the owner has a part of it');
  request.destroy();
  await newestUse('unknown');
  await exchange('failed');
  assert.equal(asked[0].whole, false);

  const large = randomBytes(50 * megabyte);
  answer = (_, response) => response.writeHead(200).end(large);
  const looking = open('GET', head());
  looking.end();
  const [response] = await once(looking, 'response');
  await once(response, 'data');
  looking.destroy();
  await newestUse('delivered');
  await exchange('failed', (each) => each.response_bytes > 0 && each.response_bytes < large.length);
  answer = (_, again) => again.end('whole');
  assert.equal((await call()).text, 'whole');
});

test('content that is too large is refused before it is read, content that trickles when its time is over', async () => {
  const large = open('POST', head({ 'content-length': 100 * megabyte + 1 }));
  large.flushHeaders();
  const [tooLarge] = await once(large, 'response');
  assert.equal(tooLarge.statusCode, 413);
  large.destroy();
  assert.equal(asked.length, 0);

  const slow = open('POST', head({ 'content-type': 'image/jpeg' }));
  const trickle = setInterval(() => slow.write('a'), 200);
  const [tooSlow] = await once(slow, 'response');
  clearInterval(trickle);
  slow.destroy();
  assert.equal(tooSlow.statusCode, 408);
  assert.ok(asked.every((each) => !each.whole));
  await newestUse('unknown');
});

test('no method that gives no data, of whatever service', async () => {
  for (const [method, to] of [['HEAD', target()], ['OPTIONS', target()], ['HEAD', target(service)], ['OPTIONS', target(service)]]) {
    const request = open(method, head(), to);
    request.end();
    const [given] = await once(request, 'response');
    given.resume();
    assert.equal(given.statusCode, 405);
    assert.equal(given.headers.allow, 'GET, POST, PUT, PATCH, DELETE');
  }
  assert.equal(asked.length, 0);
});

test('a call without content says in its head whom and what it is about', async () => {
  token = await granted({ services: [service], fields: ['surname', 'name', 'birthDate'] });
  answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"surname":"Құнанбаев"}');
  for (const method of ['GET', 'DELETE']) {
    const given = await call(head({ 'kdp-fields': 'surname, name' }), { method, to: `${target(service)}?as=2020&of=a%20b` });
    assert.equal(given.status, 200, given.text);
    assert.deepEqual(given.json, { surname: 'Құнанбаев' });
    const came = asked.pop();
    assert.equal(came.target, '/person?as=2020&of=a%20b');
    assert.deepEqual([came.method, came.bytes, came.headers['content-type'], came.headers['kdp-person'], came.headers['kdp-fields']],
      [method, 0, undefined, abai.iin, 'surname, name']);
  }
  await call(head(), { to: target(service) });
  assert.deepEqual(asked.pop().headers['kdp-fields'].split(', ').sort(), ['birthDate', 'name', 'surname'], 'all that is consented to');

  token = await granted({ services: [service], fields: ['surname'] });
  answer = (_, response) => response.writeHead(204).end();
  const nothing = await call(head(), { method: 'DELETE', to: target(service) });
  assert.deepEqual([nothing.status, nothing.text], [204, '']);
  assert.equal(asked.length, 1);
});

test('a call without content is held against the consent as any other', async () => {
  token = await granted({ services: [service], fields: ['surname', 'name'] });
  const at = (more, options) => call(head(more), { to: target(service), ...options });
  for (const named of [abai.iin, `%3${abai.iin}`, ybyrai.iin])
    await refused(await at({}, { to: `${target(service)}?who=${named}` }), 400, 'call_iin_in_path');
  await refused(await at({ 'kdp-fields': 'surname, birthDate' }), 403, 'use_fields_outside');
  await refused(await at({ 'kdp-fields': 'surname, surname' }), 400, 'call_fields_malformed');
  await refused(await at({ 'kdp-person': ybyrai.iin }), 403, 'use_person_differs');
  await refused(await at({ 'kdp-person': 'x' }), 400, 'iin_malformed');
  await refused(await at({ 'content-type': 'text/plain' }), 415, 'call_not_json');
  answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"surname":"x","birthDate":"1845-08-10"}');
  const tooMuch = await at({ 'kdp-fields': 'surname' });
  assert.equal(tooMuch.status, 502);
  assert.deepEqual(codes(tooMuch.json), ['answer_goes_too_far']);
});

test('the same key with another person or other fields is another call', async () => {
  token = await granted({ services: [service], fields: ['surname', 'name'] });
  answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"surname":"x"}');
  const at = (fields) => call(head({ 'kdp-fields': fields, 'idempotency-key': 'once' }), { to: target(service) });
  assert.equal((await at('surname')).status, 200);
  const again = await eventually(async () => {
    const given = await at('surname');
    return given.status === 200 && given;
  }, 'the answer is kept');
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.equal((await at('name')).status, 409);
  assert.equal(asked.length, 1);
});

test('what is streamed is neither signed nor repeatable', async () => {
  const file = path.join(await temporaryDirectory(), 'wrong.toml');
  for (const words of ['streamed signed-requests', 'signed-answers streamed', 'streamed repeatable']) {
    await writeFile(file, `${await readFile(patient, 'utf8')}\n[gateway]\nupstreams = ["${documents}=http://127.0.0.1:1 ${words}"]\n`);
    await assert.rejects(Kelisim.start({ config: file }), /what is streamed is neither signed nor repeatable/);
  }
});
