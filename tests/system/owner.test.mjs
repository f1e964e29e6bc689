// SPDX-License-Identifier: Apache-2.0
// What the gateway makes of a data owner that fails, refuses or says too much: 502 and 504, and a count that tells the
// truth (design section 4, Use).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { codes } from '../support/http.mjs';
import { Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { call, consent } from '../support/oauth.mjs';
import { details, persons, service } from '../support/world.mjs';

const json = (status, body) => (request, response) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

let answer = json(200, {});
let asked = [];
let owner;
let server;
before(async () => {
  owner = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
      answer(request, response);
    });
  });
  await new Promise((resolve) => owner.listen(0, '127.0.0.1', resolve));
  const data = await temporaryDirectory();
  const file = path.join(data, 'kelisim.toml');
  const upstream = (key, port) => `"${key}=http://127.0.0.1:${port}"`;
  // Port 1 answers nobody.
  const upstreams = [upstream(service, owner.address().port), upstream('GBDFL_FamilyInfoToken', 1)];
  await writeFile(file, `${await readFile(patient, 'utf8')}\n[gateway]\nupstreams = [${upstreams}]\n`);
  server = await Kelisim.start({ data: path.join(data, 'data'), config: file });
  server.ownsData = true;
});
after(async () => {
  await server.stop();
  owner.close();
});

async function refused(token, status, code, options = {}) {
  const reply = await call(server.base, token, { iin: persons.abai.iin, fields: ['surname'], ...options });
  assert.equal(reply.status, status, reply.text);
  assert.ok(codes(reply.json).includes(code), reply.text);
  return reply;
}

function oneUse() {
  return consent(server.base, persons.abai, { authorization_details: details({ uses_max: 1 }) });
}

async function passes(token) {
  answer = json(200, { surname: 'x' });
  const reply = await call(server.base, token, { iin: persons.abai.iin, fields: ['surname'] });
  assert.equal(reply.status, 200, reply.text);
}

// INT-45-7: the owner gets the token, the person it names, and the fields of the decision; nothing in the path.
test('the owner is asked for the consented person and fields, under the token', async () => {
  const { access_token: token } = await oneUse();
  asked = [];
  await passes(token);
  assert.equal(asked.length, 1);
  assert.equal(asked[0].url, '/person');
  assert.equal(asked[0].authorization, `Bearer ${token}`);
  assert.deepEqual(asked[0].body, { iin: persons.abai.iin, fields: ['surname'] });
});

test('an owner that refuses is 502, and the use is not counted', async () => {
  const { access_token: token } = await oneUse();
  for (const status of [400, 401, 403, 404, 429]) {
    answer = json(status, { detail: `internal detail ${persons.abai.iin}` });
    const reply = await refused(token, 502, 'gateway_owner_refused');
    assert.ok(!reply.text.includes('internal detail'), 'the words of the owner stay inside');
  }
  await passes(token);
});

test('an owner that fails is 502, and the use is counted: it may have acted', async () => {
  const { access_token: token } = await oneUse();
  answer = json(500, {});
  await refused(token, 502, 'gateway_owner_failed');
  await refused(token, 403, 'use_consent_exhausted');
});

test('an owner that breaks off is 504, and the use is counted', async () => {
  const { access_token: token } = await oneUse();
  answer = (request) => request.socket.destroy();
  await refused(token, 504, 'gateway_owner_silent', { key: 'silent-1' });
  await refused(token, 409, 'use_outcome_unknown', { key: 'silent-1' });
  await refused(token, 403, 'use_consent_exhausted', { key: 'silent-2' });
});

test('an owner that cannot be reached is 502, and the use is not counted', async () => {
  const { access_token: token } = await consent(server.base, persons.abai, {
    authorization_details: details({ services: [service, 'GBDFL_FamilyInfoToken'], fields: ['surname', 'spouse'], uses_max: 1 }),
  });
  const family = { service: 'GBDFL_FamilyInfoToken', path: 'family', fields: ['spouse'] };
  await refused(token, 502, 'gateway_owner_unreachable', { ...family, key: 'away-1' });
  await refused(token, 502, 'gateway_owner_unreachable', { ...family, key: 'away-1' });
  await passes(token);
});

test('an answer with more than was asked for, or that cannot be read, is not passed on', async () => {
  for (const [body, code] of [
    [json(200, { surname: 'x', birthDate: '1845-08-10' }), 'answer_goes_too_far'],
    [(request, response) => response.end('<html>'), 'answer_not_json'],
    [(request, response) => response.end('{"surname":"x","surname":"y"}'), 'answer_not_json'],
  ]) {
    const { access_token: token } = await oneUse();
    answer = body;
    const reply = await refused(token, 502, code);
    assert.ok(!reply.text.includes('1845'), 'nothing of it');
  }
});
