// SPDX-License-Identifier: Apache-2.0
// The client connector at a service whose messages are signed documents (INT-2.29; docs/decisions/0048): it signs its calls with its
// organisation's key, and gives its system nothing that the gateway did not sign as the answer to that very call.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Connector } from '../support/connector.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { question, received, replyAndHear } from '../support/sandbox.mjs';
import { persons, service } from '../support/world.mjs';

const { abai, eleventh, twelfth, ybyrai } = persons;
const data = '{"surname":"Kunanbaix"}';

let owner, asked, server, proxy, connector;
before(async () => {
  owner = createServer((request, response) => {
    asked += 1;
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(data));
  });
  await new Promise((resolve) => owner.listen(0, '127.0.0.1', resolve));
  const config = path.join(await temporaryDirectory(), 'signed.toml');
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nupstreams = ["${service}=http://127.0.0.1:${owner.address().port} signed-requests"]\n`);
  server = await Kelisim.start({ config });
  proxy = await FaultProxy.start();
  proxy.target = Number(new URL(server.base).port);
  connector = await prepared();
  await connector.set('answers = ""', 'answers = "signed"');
  await connector.start();
});
after(async () => {
  await connector.stop();
  await proxy.stop();
  await server.stop();
  owner.closeAllConnections();
  await new Promise((resolve) => owner.close(resolve));
});
beforeEach(async () => {
  asked = 0;
  await proxy.become('none');
});

const prepared = () => Connector.prepared(server, { gateway: `http://127.0.0.1:${proxy.port}` });
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

test('a word that means nothing is refused at the start', async () => {
  const wrong = await prepared();
  await wrong.set('answers = ""', 'answers = "sometimes"');
  assert.match(await wrong.refusal(), /service\.answers must be signed, or empty/);
});
