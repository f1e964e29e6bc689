// SPDX-License-Identifier: Apache-2.0
// How often a system may call through the gateway, over REST and over SOAP together: one that calls too often is told when to come
// again, nothing is counted against the consent, the owner is not asked, and others do not notice.
import assert from 'node:assert/strict';
import { appendFile, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { get } from '../support/http.mjs';
import { Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { call, consent, refresh } from '../support/oauth.mjs';
import { advance } from '../support/sandbox.mjs';
import { assertFault, envelope, post, sendMessage, signedPath } from '../support/shep.mjs';
import { details, persons } from '../support/world.mjs';

const { abai, ybyrai } = persons;
const fields = ['surname'];

async function configured(lines) {
  const config = path.join(await temporaryDirectory(), 'kelisim.toml');
  await copyFile(patient, config);
  await appendFile(config, `\n[gateway]\n${lines}\n`);
  return config;
}

let server;
let key;
before(async () => {
  server = await Kelisim.start({ config: await configured('quota = "1/2/0"\nquotas = ["DEMOBANK=1/2/5"]') });
  key = await issueEds(server.data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
});
after(() => server?.stop());

const ask = (token) => call(server.base, token, { iin: abai.iin, fields });
const granted = () => consent(server.base, abai, { authorization_details: details({ fields, uses_max: 2 }) });
const soap = async (date = new Date()) =>
  post(server.base, signedPath, await sign(key, 'soap', sendMessage({ serviceId: 'NOBODY', date, data: '<a/>' })));
const overQuota = async () => /^kelisim_gateway_over_quota_total (\d+)$/m.exec((await get(server.base, '/metrics')).text)[1];

test('who calls too often is refused with 429, and told when to come again', async () => {
  const token = (await granted()).access_token;
  for (const left of [1, 0]) {
    const answer = await ask(token);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers['ratelimit-policy'], '"burst";q=2;w=2, "day";q=5;w=86400');
    const [, burst] = /^"burst";r=(\d);t=\d, "day";r=\d;t=\d+$/.exec(answer.headers.ratelimit);
    // Of real time some may have passed.
    assert.ok(Number(burst) >= left, answer.headers.ratelimit);
  }
  // One may have come back meanwhile.
  let refused;
  do refused = await ask(token);
  while (refused.status !== 429);
  assert.equal(refused.json.code, 'gateway_over_quota');
  assert.ok(Number(refused.headers['retry-after']) >= 1);
  let fault;
  do fault = await soap();
  while (fault.code !== 'KLS429');
  assertFault(fault, 'KLS429', 'gateway_over_quota');
  assert.ok(Number(fault.headers['retry-after']) >= 1);
  assert.ok(Number(await overQuota()) >= 2);
});

test('refused calls are not counted against the consent, and the next day goes on', async () => {
  await advance(server.base, 'P1D');
  const cabinet = await Cabinet.signIn(server.base, abai);
  const { access_token: token, refresh_token: kept } = await granted();
  const uses = async () => (await cabinet.read('/uses')).items.length;
  const earlier = await uses();
  assert.equal((await ask(token)).status, 200);
  for (let i = 0; i < 4; i += 1) {
    const { now } = await advance(server.base, 'PT1S');
    assertFault(await soap(new Date(now)), 'SCE004');
  }
  const refused = await ask(token);
  assert.equal(refused.status, 429);
  assert.match(refused.headers.ratelimit, /"day";r=0/, 'the messages counted too');
  assert.equal(await uses(), earlier + 1);
  await advance(server.base, 'P1D');
  const renewed = (await refresh(server.base, kept)).json.access_token;
  assert.equal((await ask(renewed)).status, 200, 'the second use of two');
});

test('nobody is counted who is not known', async () => {
  const earlier = await overQuota();
  for (let i = 0; i < 9; i += 1) assert.equal((await ask('nothing')).status, 401);
  const unsigned = sendMessage({ serviceId: 'NOBODY', data: '<a/>' });
  for (let i = 0; i < 9; i += 1) assertFault(await post(server.base, signedPath, envelope(unsigned)), 'SCE007');
  assert.equal(await overQuota(), earlier);
});

for (const [what, lines] of Object.entries({
  'a quota that is none': 'quota = "many"',
  'a quota of nothing': 'quotas = ["DEMOBANK=0/1/0"]',
  'a system that nobody knows': 'quotas = ["NOBODY=1/1/0"]',
})) {
  test(`${what} stops the start`, async () => {
    await assert.rejects(Kelisim.start({ config: await configured(lines) }), /gateway\.quota/);
  });
}
