// SPDX-License-Identifier: Apache-2.0
// The wire between the gateway and an owner fails in every way: each has its own error, what the owner may have given is counted, what it
// has not is not, and afterwards everything goes on (307/НК п.45-7).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { call, consent } from '../support/oauth.mjs';
import { Owner } from '../support/owner.mjs';
import { assertFault, post, sendMessage, signedPath } from '../support/shep.mjs';
import { allFields as fields, details, persons, service } from '../support/world.mjs';

const { abai, ybyrai } = persons;

let proxy;
let server;
let owner;
let key;
let token;
let cabinet;
before(async () => {
  proxy = await FaultProxy.start();
  const config = path.join(await temporaryDirectory(), 'kelisim.toml');
  const through = `http://127.0.0.1:${proxy.port}`;
  await writeFile(config, `${await readFile(patient, 'utf8')}\n[gateway]\nupstreams = ["${service}=${through}"]\nsoap_services = ["${service}=${through}/shep/"]\n`);
  server = await Kelisim.start({ config });
  owner = await Owner.start(server.base);
  proxy.target = Number(new URL(owner.base).port);
  key = await issueEds(server.data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
  cabinet = await Cabinet.signIn(server.base, abai);
});
// A consent lets three uses pass.
async function renew() {
  token = (await consent(server.base, abai, { authorization_details: details({ fields }) })).access_token;
}
beforeEach(async () => {
  await proxy.become('none');
  await renew();
});
after(async () => {
  await server?.stop();
  await owner?.stop();
  await proxy?.stop();
});

const message = () => {
  const data = `<iin>${abai.iin}</iin><messageId>m</messageId><messageDate>2026-11-22T10:00:00+05:00</messageDate><senderCode/><kdpToken>${token}</kdpToken>`;
  return sendMessage({ serviceId: service, data });
};
const soap = async (content = message()) => post(server.base, signedPath, await sign(key, 'soap', content));
const rest = (idempotencyKey = randomUUID()) => call(server.base, token, { iin: abai.iin, key: idempotencyKey, fields });

async function newest() {
  return (await cabinet.read('/uses')).items[0].state;
}

const cases = {
  // fault: [code over SOAP, reason, status over REST, what became of the use]
  refused: ['KLS502', 'gateway_owner_unreachable', 502, 'not_sent'],
  cut: ['KLS504', 'gateway_owner_silent', 504, 'unknown'],
  truncated: ['KLS504', 'gateway_owner_silent', 504, 'unknown'],
  noHttp: ['KLS502', 'gateway_owner_failed', 502, 'unknown'],
  garbage: ['KLS502', 'answer_not_soap', 502, 'unknown'],
  corrupted: ['KLS502', 'answer_not_soap', 200, 'unknown'],
};

for (const [fault, [code, reason, status, state]] of Object.entries(cases)) {
  test(`${fault}: a fault of its own, the use is ${state}, and then it goes on`, async () => {
    await proxy.become(fault);
    const content = message();
    const failed = await soap(content);
    assertFault(failed, code, reason);
    assert.ok(!failed.text.includes(abai.surname), failed.text);
    await eventually(async () => (await newest()) === state, `the use is ${state}`);
    if (fault !== 'corrupted') assert.equal((await rest()).status, status);
    await proxy.become('none');
    // The same message comes again: anew where nothing can have been given, else it is known that nobody knows.
    const again = await soap(content);
    if (state === 'not_sent') assert.equal(again.status, 200, again.text);
    else assertFault(again, 'KLS409', 'use_outcome_unknown');
    await renew();
    const next = await soap();
    assert.equal(next.status, 200, next.text);
    assert.ok(next.text.includes(abai.surname));
    assert.equal((await rest()).status, 200);
  });
}

test('a slow owner is waited for', async () => {
  await proxy.become('slow');
  const answer = await soap();
  assert.equal(answer.status, 200, answer.text);
  await proxy.become('none');
});

test('without a decision nothing reaches the owner, whatever the wire does', async () => {
  for (const fault of ['none', 'cut', 'slow']) {
    await proxy.become(fault);
    const { passed } = proxy;
    const refused = await post(server.base, signedPath, await sign(key, 'soap', message().replace(token, `${token}x`)));
    assertFault(refused, 'KLS403');
    assert.equal(proxy.passed, passed, fault);
  }
  await proxy.become('none');
});
