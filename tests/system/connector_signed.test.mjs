// SPDX-License-Identifier: Apache-2.0
// The client connector at a service whose messages are signed documents (INT-2.29; docs/decisions/0048): it signs its calls with its
// organisation's key, and gives its system nothing that the gateway did not sign as the answer to that very call.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Connector } from '../support/connector.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { get, listening } from '../support/http.mjs';
import { answerComponents, digestOf, signatureFields } from '../support/http_signatures.mjs';
import { Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { question, received, replyAndHear } from '../support/sandbox.mjs';
import { persons, service } from '../support/world.mjs';

const { abai, eighth, eleventh, tenth, twelfth, ybyrai } = persons;
const data = '{"surname":"Kunanbaix"}';

let owner, asked, server, proxy, connector;
before(async () => {
  owner = await listening((request, response) => {
    asked += 1;
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(data));
  });
  const config = path.join(await temporaryDirectory(), 'signed.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nupstreams = ["${service}=${owner.base} signed-requests"]\n`);
  server = await Kelisim.start({ config });
  proxy = await FaultProxy.start();
  proxy.target = Number(new URL(server.base).port);
  connector = await pinned();
  await connector.start();
});
after(async () => {
  await connector.stop();
  await proxy.stop();
  await server.stop();
  await owner.stop();
});
beforeEach(async () => {
  asked = 0;
  await proxy.become('none');
});

const prepared = (port = proxy.port) => Connector.prepared(server, { gateway: `http://127.0.0.1:${port}` });
// With the gateway's keys, which came another way.
async function pinned(port, keys) {
  const one = await prepared(port);
  await writeFile(path.join(one.directory, 'gateway-keys.json'), keys ?? (await get(server.base, '/jwks')).text);
  await one.set('keys = ""', 'keys = "gateway-keys.json"');
  return one;
}
async function granted(person, through = connector) {
  const before = (await received(server.base, person.phone)).length;
  const answer = await through.ask(person, { fields: ['surname'], uses_max: 3 });
  assert.equal(answer.status, 202, answer.text);
  const { yes } = await question(server.base, person.phone, before);
  await replyAndHear(server.base, person.phone, yes);
  assert.equal((await through.look(answer.json.id)).json.state, 'granted');
  return answer.json.id;
}
function refused(answer) {
  assert.equal(answer.status, 502, answer.text);
  assert.deepEqual(answer.codes, ['connector_answer_not_signed']);
  assert.ok(!answer.text.includes('unanbai'), answer.text);
  for (const reason of answer.json.reasons) assert.ok(reason.kk && reason.ru && reason.en, answer.text);
}

test('what it sends is signed, and what the gateway signed is given', async () => {
  const id = await granted(abai);
  proxy.heard = '';
  const answer = await connector.data(id, { fields: ['surname'], key: 'a' });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.text, data);
  assert.match(proxy.heard, /\r\nSignature-Input: [^\r]*"content-digest"[^\r]*"idempotency-key"/);
  const again = await connector.data(id, { fields: ['surname'], key: 'a' });
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal(asked, 1);
});

test('what somebody on the way changed, took away or signed in place of the gateway is given to nobody', async () => {
  const id = await granted(eleventh);
  for (const fault of ['altered', 'unsigned', 'foreign', 'undigested']) {
    await proxy.become(fault);
    refused(await connector.data(id, { fields: ['surname'], key: 'b' }));
  }
  await proxy.become('none');
  const answer = await connector.data(id, { fields: ['surname'], key: 'b' });
  assert.equal(answer.text, data, 'the same call is good once nobody interferes');
  assert.equal(asked, 1, 'and was counted once');
});

test('the answer to another call is none to this one', async () => {
  const id = await granted(twelfth);
  await proxy.become('first');
  assert.equal((await connector.data(id, { fields: ['surname'], key: 'c' })).status, 200);
  refused(await connector.data(id, { fields: ['surname'], key: 'd' }));
});

test('where signatures are not awaited, one that is there has to be right', async () => {
  const trusting = await prepared();
  await trusting.start();
  try {
    const id = await granted(ybyrai, trusting);
    await proxy.become('altered');
    refused(await trusting.data(id, { fields: ['surname'], key: 'e' }));
    await proxy.become('unsigned');
    assert.equal((await trusting.data(id, { fields: ['surname'], key: 'e' })).text, data);
  } finally {
    await trusting.stop();
  }
});

// Ends the connection in place of the gateway, and signs with a key of its own what it gives.
async function forger() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'of-the-forger', use: 'sig', alg: 'ES256' };
  const body = '{"surname":"Kunanbaif"}';
  const to = new URL(server.base);
  const lies = {};
  const between = await listening((request, response) => {
    if (request.url === '/jwks' && lies.publishes)
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
    const on = http.request({ host: to.hostname, port: to.port, method: request.method, path: request.url, headers: request.headers }, async (given) => {
      const honest = Buffer.concat(await given.toArray());
      if (!lies.names || !given.headers.signature) return response.writeHead(given.statusCode, given.headers).end(honest);
      const headers = { 'content-type': 'application/json', 'content-digest': digestOf(body) };
      const kid = lies.names === 'the gateway' ? /keyid="([^"]*)"/.exec(given.headers['signature-input'])[1] : jwk.kid;
      const asked = { method: request.method, target: request.url, headers: request.headers };
      const at = new Date((await get(server.base, '/sandbox/clock')).json.now);
      Object.assign(headers, signatureFields({ status: 200, headers, request: asked }, { key: privateKey, kid, components: answerComponents, at }));
      response.writeHead(200, headers).end(body);
    });
    request.pipe(on);
  });
  return { ...between, lies };
}

test('what somebody else really signed is not given, under whatever name, and whatever keys the way there publishes', async () => {
  const between = await forger();
  const careful = await pinned(between.port);
  await careful.start();
  try {
    const id = await granted(tenth, careful);
    for (const [names, publishes] of [['the gateway', false], ['itself', false], ['itself', true]]) {
      Object.assign(between.lies, { names, publishes });
      refused(await careful.data(id, { fields: ['surname'], key: 'f' }));
    }
    between.lies.names = undefined;
    assert.equal((await careful.data(id, { fields: ['surname'], key: 'f' })).text, data);
  } finally {
    await careful.stop();
    await between.stop();
  }
});

test('a repeat after a restart is signed anew, and counted once', async () => {
  const id = await granted(eighth);
  await proxy.become('altered');
  refused(await connector.data(id, { fields: ['surname'], key: 'g' }));
  await connector.kill();
  await connector.start();
  await proxy.become('none');
  const again = await connector.data(id, { fields: ['surname'], key: 'g' });
  assert.equal(again.text, data);
  assert.equal(asked, 1);
});

test('a file without keys of the gateway is refused at the start', async () => {
  for (const keys of ['', '{}', '{"keys":[]}', 'no JSON']) {
    const wrong = await pinned(undefined, keys);
    assert.match(await wrong.refusal(), /gateway-keys\.json: holds no key for signatures/);
  }
});
