// SPDX-License-Identifier: Apache-2.0
// A ground of the law in place of a consent is recorded like one, and its token opens and refuses the same on each wire: REST, SendMessage and
// the asynchronous channel (307/НК п.45-7; 236/НК п.3, п.7(4)).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { codes } from '../support/http.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, call, poll, revoke } from '../support/oauth.mjs';
import { Participant, taken } from '../support/participant.mjs';
import { advance } from '../support/sandbox.mjs';
import { asyncMessage, envelope, one, post, sendMessage } from '../support/shep.mjs';
import { allFields as fields, details, persons, police, rescue, service } from '../support/world.mjs';

const { tenth, ybyrai } = persons;

let owner;
let server;
before(async () => {
  owner = await Participant.start();
  const config = path.join(await temporaryDirectory(), 'grounds.toml');
  await writeFile(config, `${await readFile(patient)}\n[gateway]\nasync_services = ["${service}"]\nasync_receivers = ["GBDFL=${owner.url}"]\n`);
  server = await Kelisim.start({ config });
});
beforeEach(() => Object.assign(owner, { answer: taken, calls: [] }));
after(async () => {
  await server.stop();
  await owner.stop();
});

async function recorded(client, ground, terms) {
  const asked = await ask(server.base, tenth, { client, ground, authorization_details: details({ fields, ...terms }) });
  assert.equal(asked.status, 200, asked.text);
  const answer = await poll(server.base, asked.json.auth_req_id, client);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.access_token;
}
const aided = (terms) => recorded(rescue, '94-V:9(5)', { purpose: 'emergency-aid', ...terms });
const sought = (terms) => recorded(police, '94-V:9(1)', { purpose: undefined, term: 'P1D', ...terms });

const now = async () => new Date((await advance(server.base, 'PT1S')).now);
const data = (token, iin) => `<messageId>m</messageId><messageDate>2026-11-22T10:00:00+05:00</messageDate><senderCode>R</senderCode><iin>${iin}</iin>` +
  `<kdpToken>${token}</kdpToken>`;
const said = (answer) => (answer.status === 200 ? 'passed' : answer.why);
const byRest = async (token, iin = tenth.iin) => {
  const answer = await call(server.base, token, { iin });
  return answer.status === 200 ? 'passed' : codes(answer.json).join('; ');
};
const bySoap = async (token, client, iin = tenth.iin) => said(await post(server.base, '/bip-sync/', envelope(sendMessage({
  serviceId: service, date: await now(), sender: client.key, password: client.secret, data: data(token, iin) }))));
const byQueue = async (token, client, iin = tenth.iin) => said(await post(server.base, '/bip-async/', envelope(asyncMessage({
  serviceId: service, date: await now(), from: `<sender><senderId>${client.key}</senderId><password>${client.secret}</password></sender>`,
  data: `<r>${data(token, iin)}<said>${randomUUID()}</said></r>` }))));
const onEachWire = async (token, client, iin) => [await byRest(token, iin), await bySoap(token, client, iin), await byQueue(token, client, iin)];
const each = (word) => [word, word, word];

for (const [who, client, token] of [['a connection names the ground', rescue, aided], ['the system is exempt and has no connection', police, sought]]) {
  test(`${who}: each wire passes under the token of what was recorded, and the person sees each use`, async () => {
    const access = await token({ uses_max: 3 });
    assert.deepEqual(await onEachWire(access, client), each('passed'));
    const got = await eventually(async () => owner.messages()[0], 'a pushed request');
    assert.equal(one('kdpToken', got.text), access);
    assert.equal(got.headers['kdp-token'], access);
    const uses = (await (await Cabinet.signIn(server.base, tenth)).read('/uses')).items.slice(0, 3);
    assert.deepEqual(uses.map(({ basis }) => basis), each('ground'));
    // The terms are over on each of them.
    assert.deepEqual(await onEachWire(access, client), each('use_token_ended'));
  });

  test(`${who}: what it does not cover is refused by the same reasons on each wire`, async () => {
    const access = await token({ uses_max: 3 });
    const other = await onEachWire(access, client, ybyrai.iin);
    assert.deepEqual(other, each('use_person_differs'));
    assert.equal((await revoke(server.base, access, client)).status, 200);
    assert.deepEqual(await onEachWire(access, client), each('use_token_ended'));
    assert.deepEqual(owner.messages(), [], 'nothing went on');
  });
}

test('the token of a ground is its system’s, and without one a ground opens nothing', async () => {
  const access = await aided({ uses_max: 3 });
  for (const answer of [await bySoap(access, police), await byQueue(access, police)]) assert.match(answer, /use_receiver_differs/);
  for (const client of [rescue, police]) {
    assert.match(await bySoap('', client), /gateway_token_missing/);
    assert.match(await byQueue('', client), /gateway_token_missing/);
  }
});
