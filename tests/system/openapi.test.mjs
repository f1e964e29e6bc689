// SPDX-License-Identifier: Apache-2.0
// contracts/openapi.json and the server say the same: addresses, who may call them, answers. That every answer of the
// other tests fits is checked in support/http.mjs; here, that this check can fail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, send } from '../support/http.mjs';
import { command, Kelisim } from '../support/kelisim.mjs';
import { document, documentText, errorRows, hold, routesOf, schemaAt } from '../support/openapi.mjs';

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
  for (const [method, target, answer, why] of bad) assert.throws(() => hold(method, target, answer), why, `${method} ${target}`);
});
