// SPDX-License-Identifier: Apache-2.0
// contracts/openapi.json and the server say the same: addresses, who may call them, answers. That every answer of the
// other tests fits is checked in support/http.mjs; here, that this check can fail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { get, postForm, send } from '../support/http.mjs';
import { command, Kelisim } from '../support/kelisim.mjs';
import { basic } from '../support/oauth.mjs';
import { document, documentText, errorRows, hold, routesOf, schemaAt } from '../support/openapi.mjs';
import { bank, persons, service } from '../support/world.mjs';

let server;
before(async () => {
  server = await Kelisim.start();
});
after(() => server.stop());

test('addresses and who may call them are those of the route table, and no others', async () => {
  const { stdout } = await command('routes');
  const real = stdout.trimEnd().split('\n').map((line) => {
    const [method, pattern, authentication] = line.split(' ');
    return `${method} ${pattern} ${authentication === 'authenticated' ? 'authenticated' : 'open'}`;
  });
  assert.ok(real.length > 40, stdout);
  const documented = routesOf(document).map(({ method, pattern, operation }) =>
    `${method} ${pattern} ${operation.security.length > 0 ? 'authenticated' : 'open'}`);
  assert.deepEqual(documented.sort(), real.sort());
});

test('the server gives the very document, which may be kept', async () => {
  const served = await get(server.base, '/api/openapi.json');
  assert.equal(served.status, 200);
  assert.equal(served.text, documentText);
  assert.equal(served.headers['cache-control'], 'public, max-age=3600');
});

// Every object below, with the place where it stands.
function* objects(value, place = []) {
  if (typeof value !== 'object' || value === null) return;
  yield [value, place];
  for (const [name, each] of Object.entries(value)) yield* objects(each, [...place, name]);
}

test('the document is whole: references, schemas, names', () => {
  const references = new Set([...objects(document)].map(([each]) => each.$ref).filter((each) => typeof each === 'string'));
  const components = ['parameters', 'responses', 'schemas'].flatMap((kind) =>
    Object.keys(document.components[kind]).map((name) => `#/components/${kind}/${name}`));
  // The form's parameter authorization_details is text, so its schema is named in words alone.
  assert.deepEqual(components.filter((each) => !references.has(each)), ['#/components/schemas/Detail']);
  assert.deepEqual([...references].filter((each) => !components.includes(each)), []);
  for (const [, place] of objects(document)) {
    const isSchema = place.at(-1) === 'schema' || (place.length === 3 && place[1] === 'schemas');
    if (isSchema) schemaAt(...place);
  }
  const operations = routesOf(document).map(({ operation }) => operation);
  const ids = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(ids).size, ids.length);
  const schemes = Object.keys(document.components.securitySchemes);
  for (const { security, tags, summary } of operations) {
    assert.ok(summary);
    for (const name of security.flatMap((each) => Object.keys(each))) assert.ok(schemes.includes(name), name);
    for (const tag of tags) assert.ok(document.tags.some(({ name }) => name === tag), tag);
  }
});

test('parameters of a path are those of its address', () => {
  for (const { operation, place: [, address] } of routesOf(document)) {
    const given = (operation.parameters ?? []).map((each) => each.$ref ? document.components.parameters[each.$ref.split('/').at(-1)] : each);
    const inPath = given.filter((each) => each.in === 'path').map(({ name }) => name);
    assert.deepEqual(inPath.sort(), [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(), address);
  }
});

test('OAuth errors are those of error-codes.csv', () => {
  const byKind = ['access_denied', 'invalid_client', 'invalid_request'];
  const listed = new Set([...byKind, ...errorRows.map((row) => row[4].split(' ')[0]).filter(Boolean)]);
  assert.deepEqual(document.components.schemas.OAuthError.properties.error.enum, [...listed].sort());
});

test('sandbox addresses, and they alone, have its tag', () => {
  for (const { pattern, operation } of routesOf(document)) {
    assert.equal(operation.tags.includes('sandbox'), pattern === '/' || pattern.startsWith('/sandbox/'), pattern);
  }
});

const nobodysId = '019aa000-0000-7000-8000-000000000000';
const operations = routesOf(document).map((route) => ({ ...route, method: route.place[2].toUpperCase() }));
const secured = (name) => operations.filter(({ operation }) => operation.security.some((each) => name in each));

// The address with something in the place of each name.
function target({ place: [, address] }, values = {}) {
  return address.replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? { service, path: 'person', bin: '000000000000' }[name] ?? nobodysId);
}

test('whoever is to be known and is not gets 401 at every address', async () => {
  const closed = operations.filter(({ operation }) => operation.security.length > 0);
  assert.ok(closed.length > 30);
  for (const each of closed) {
    const answer = each.operation.tags.includes('oauth')
      ? await postForm(server.base, target(each), { token: 'x' })
      : await send(server.base, each.method, target(each));
    assert.equal(answer.status, 401, `${each.method} ${target(each)}: ${answer.text}`);
  }
});

test('a person changes nothing without the token against forged requests, and queries are read strictly', async () => {
  const { cookie, csrf } = await Cabinet.signIn(server.base, persons.abai);
  const own = secured('personSession');
  const changing = own.filter(({ operation }) => operation.security.some((each) => 'csrfToken' in each));
  assert.deepEqual(changing, own.filter(({ method }) => method !== 'GET'));
  for (const each of own) {
    if (changing.includes(each)) {
      const forged = await send(server.base, each.method, target(each), { headers: { cookie } });
      assert.deepEqual([forged.status, forged.json?.code], [403, 'session_csrf'], target(each));
    }
    const headers = { cookie, 'x-csrf-token': csrf };
    const malformed = await send(server.base, each.method, `${target(each)}?limit=0`, { headers });
    assert.deepEqual([malformed.status, malformed.json?.code], [400, 'query_malformed'], target(each));
  }
});

test('addresses that no other test calls answer as documented', async () => {
  assert.equal((await get(server.base, '/.well-known/oauth-authorization-server')).status, 200);
  assert.equal((await get(server.base, '/sandbox/persons')).status, 200);
  assert.equal((await get(server.base, '/sandbox/phone/none/messages')).status, 400);
  const parent = await Cabinet.signIn(server.base, persons.eighth);
  assert.ok((await parent.read('/wards')).items.length > 0);
  for (const each of secured('clientAssertion')) {
    const answer = await send(server.base, each.method, target(each), {
      headers: { ...basic(bank), 'content-type': 'application/json' },
      body: each.method === 'GET' ? undefined : '{"unknown":1}',
    });
    const found = each.place[1].includes('{id}') ? 404 : 200;
    // SOAP 1.1 section 6.2: a fault goes with 500.
    const wrong = each.operation.requestBody?.content['text/xml'] ? 500 : 400;
    assert.equal(answer.status, each.method === 'GET' ? found : wrong, `${target(each)}: ${answer.text}`);
  }
  for (const address of ['/introspect', '/revoke', '/token', '/bc-authorize']) {
    const answer = await send(server.base, 'POST', address, { headers: basic(bank), body: '{}' });
    assert.equal(answer.status, 400, `${address}: ${answer.text}`);
  }
});

test('an answer that is not documented is refused', async () => {
  const clock = await get(server.base, '/sandbox/clock');
  const refused = await send(server.base, 'POST', '/sandbox/clock');
  const unknown = await get(server.base, '/no/such/path');
  const changed = (answer, change) => {
    const copy = { ...structuredClone(answer), ...change };
    if (change.json) copy.text = JSON.stringify(change.json);
    return copy;
  };
  const bad = [
    ['GET', '/sandbox/clock', changed(clock, { status: 201 }), /no such status/],
    ['GET', '/sandbox/clock', changed(clock, { json: { ...clock.json, zone: 'UTC' } }), /additional/],
    ['GET', '/sandbox/clock', changed(clock, { json: { now: clock.json.now } }), /required/],
    ['GET', '/sandbox/clock', changed(clock, { json: { ...clock.json, now: 'noon' } }), /format/],
    ['GET', '/sandbox/clock', changed(clock, { headers: { 'content-type': 'text/plain' } }), /text\/plain is not documented/],
    ['GET', '/sandbox/times', clock, /not documented, and not refused/],
    ['PUT', '/sandbox/clock', clock, /not documented, and not refused/],
    ['POST', '/sandbox/clock', changed(refused, { json: { ...refused.json, code: 'no_such_code' } }), /error-code/],
    ['POST', '/sandbox/clock', changed(refused, { json: { ...refused.json, reasons: [] } }), /fewer/],
    ['POST', '/sandbox/clock', changed(refused, { json: { ...refused.json, status: 409 } }), /the problem says 409/],
    ['GET', '/sandbox/clock', unknown, /no such status/],
    ['POST', '/sandbox/clock', changed(unknown, { status: 405, json: { ...unknown.json, code: 'method_not_allowed' } }), /no such status/],
    ['GET', '/api/v1/me', changed(refused, { status: 401, json: { ...refused.json, status: 401 } }), /no WWW-Authenticate/],
    ['DELETE', '/api/v1/me/blocks/000140000353', changed(clock, { status: 204 }), /content where none/],
  ];
  const begun = { status: 202, headers: { 'content-type': 'application/json' } };
  begun.json = { sign_in: '019aa000-0000-7000-8000-000000000000', code_sent: true, expires_in: 300, next_code_at: clock.json.now };
  const json = { 'Content-Type': 'application/json' };
  for (const [target, request, why] of [
    ['/api/v1/sign-in', { headers: json, body: '{"iin":"450810100013","name":"x"}' }, /the request: .*additional/],
    ['/api/v1/sign-in', { headers: json, body: '{"iin":"1"}' }, /the request: .*pattern/],
    ['/api/v1/sign-in', { headers: json, body: '{}' }, /the request: .*required/],
    ['/api/v1/sign-in', { headers: { 'content-type': 'text/plain' }, body: '{}' }, /took text\/plain/],
    ['/api/v1/sign-in?x=1', { headers: json, body: '{"iin":"450810100013"}' }, /took x, which/],
  ]) {
    assert.throws(() => hold('POST', target, begun, request), why, JSON.stringify(request));
  }
  hold('POST', '/api/v1/sign-in', begun, { headers: json, body: '{"iin":"450810100013"}' });
  assert.throws(() => hold('GET', '/sandbox/clock', clock, { headers: {}, body: 'x' }), /took a body/);
  for (const [method, target, answer, why] of bad) assert.throws(() => hold(method, target, answer), why, `${method} ${target}`);
});
