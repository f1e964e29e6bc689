// SPDX-License-Identifier: Apache-2.0
// Sign-in with an electronic digital signature, by the unmodified client of NCALayer against its socket (LAW-27.3): whoever has
// no registered number gets in too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import ncalayer from 'ncalayer-js-client';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { assertProblem, postJson } from '../support/http.mjs';
import { Kelisim } from '../support/kelisim.mjs';
import { NcaLayer } from './ncalayer.mjs';
import { ask } from '../support/oauth.mjs';
import { advance } from '../support/sandbox.mjs';
import { persons } from '../support/world.mjs';

const { NCALayerClient } = ncalayer;
const head = { bin: '000140000072', organisation: 'АҚ "СЫНАҚ"' };

let server;
let base;
let layer;
let client;
before(async () => {
  server = await Kelisim.start();
  base = server.base;
  layer = await NcaLayer.start(await issueEds(server.data, persons.withoutPhone.iin));
  client = new NCALayerClient(layer.url, false);
  assert.equal(await client.connect(), '1.4');
});
after(async () => {
  await layer?.stop();
  await server.stop();
});

async function begin() {
  const begun = await postJson(base, '/api/v1/sign-in-by-eds', {});
  assert.equal(begun.status, 201, begun.text);
  return begun.json;
}
const finish = (id, signature) => postJson(base, `/api/v1/sign-in-by-eds/${id}`, { signature });

const signXml = (challenge) =>
  client.basicsSignXML(NCALayerClient.basicsStorageAll, challenge, NCALayerClient.basicsXMLParams, NCALayerClient.basicsSignerSignPerson);
const signCms = (challenge) =>
  client.basicsSignCMS(
    NCALayerClient.basicsStorageAll,
    Buffer.from(challenge).toString('base64'),
    NCALayerClient.basicsCMSParamsAttached,
    NCALayerClient.basicsSignerSignPerson,
  );

function cabinetOf(finished) {
  assert.equal(finished.status, 200, finished.text);
  const [cookie] = finished.headers['set-cookie'];
  assert.match(cookie, /; HttpOnly/);
  assert.match(cookie, /; SameSite=Strict/);
  return new Cabinet(base, cookie.split(';')[0], finished.json.csrf_token);
}

test('what is to be signed names this host, the purpose and an end', async () => {
  const { challenge, expires_in } = await begin();
  assert.match(challenge, new RegExp(`^<challenge expires="[^"]+" host="${base}" nonce="[\\w-]{43}" purpose="sign_in"></challenge>$`));
  assert.ok(expires_in > 0 && expires_in <= 600);
  assert.notEqual((await begin()).challenge, challenge);
});

test('a signed XML opens a session of a person without a number', async () => {
  const { sign_in, challenge } = await begin();
  const cabinet = cabinetOf(await finish(sign_in, await signXml(challenge)));
  const { items } = await cabinet.read('/sessions');
  assert.equal(items.find(({ current }) => current).means, 'eds');
  assert.equal(items.find(({ current }) => current).organisation, '');
  assert.deepEqual((await cabinet.read('/requests')).items, []);
  // The cookie alone changes nothing.
  const forged = await postJson(base, '/api/v1/me/sign-out', {}, { cookie: cabinet.cookie });
  assertProblem(forged, 403, 'session_csrf');
  assert.equal((await cabinet.post('/sign-out')).status, 204);
});

test('a signed CMS opens one too, as PEM, as base64 and in a list', async () => {
  for (const shape of [(pem) => pem, (pem) => pem.replace(/-----[^-]+-----/g, ''), (pem) => [pem]]) {
    const { sign_in, challenge } = await begin();
    cabinetOf(await finish(sign_in, shape(await signCms(challenge))));
  }
});

// LAW-36.3a
test('the same client signs the answer to a request', async () => {
  const { sign_in, challenge } = await begin();
  const cabinet = cabinetOf(await finish(sign_in, await signXml(challenge)));
  for (const [answer, signWith, state] of [['yes', signXml, 'granted'], ['no', signCms, 'refused']]) {
    const asked = await ask(base, persons.withoutPhone);
    assert.equal(asked.status, 200, asked.text);
    const [id] = asked.json.auth_req_id.split('.');
    const offered = await cabinet.post(`/requests/${id}/documents`, { answer });
    assert.equal(offered.status, 201, offered.text);
    const answered = await cabinet.post(`/requests/${id}/answer`, { document: await signWith(offered.json.document) });
    assert.equal(answered.json.state, state, answered.text);
  }
});

test('the head of an organisation is told from a citizen', async () => {
  const key = await issueEds(server.data, persons.abai.iin, head);
  const { sign_in, challenge } = await begin();
  const cabinet = cabinetOf(await finish(sign_in, await sign(key, 'xml', challenge)));
  const { items } = await cabinet.read('/sessions');
  assert.equal(items.find(({ current }) => current).organisation, head.bin);
});

test('whoever cancels signs nothing', async () => {
  layer.answer = 'cancel';
  const { challenge } = await begin();
  await assert.rejects(signXml(challenge), (error) => error.canceledByUser);
  layer.answer = 'sign';
});

test('a challenge is good once, for itself, and not for long', async () => {
  const first = await begin();
  const signature = await signXml(first.challenge);
  const other = await begin();
  assertProblem(await finish(other.sign_in, signature), 400, 'eds_challenge_unknown');
  cabinetOf(await finish(first.sign_in, signature));
  assertProblem(await finish(first.sign_in, signature), 400, 'eds_challenge_unknown');
  assertProblem(await finish('no-such-sign-in', signature), 400, 'eds_challenge_unknown');
  const late = await begin();
  const signed = await signXml(late.challenge);
  await advance(base, 'PT11M');
  assertProblem(await finish(late.sign_in, signed), 400, 'eds_challenge_unknown');
});

test('somebody else’s words, a changed word, and what is no signature', async () => {
  const { sign_in, challenge } = await begin();
  assertProblem(await finish(sign_in, await signXml('<challenge purpose="sign_in"></challenge>')), 400, 'eds_challenge_unknown');
  const changed = (await signXml(challenge)).replace('purpose="sign_in"', 'purpose="sign_up"');
  assert.equal((await finish(sign_in, changed)).status, 400);
  for (const signature of [null, 7, '', 'x', [], ['a', 'b'], {}, challenge, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']) {
    const answer = await finish(sign_in, signature);
    assert.equal(answer.status, 400, `${JSON.stringify(signature)}: ${answer.text}`);
  }
  assert.equal((await postJson(base, `/api/v1/sign-in-by-eds/${sign_in}`, {})).status, 400);
  cabinetOf(await finish(sign_in, await signXml(challenge)));
});

test('another sandbox’s authority counts for nothing here', async () => {
  const stranger = await Kelisim.start();
  try {
    const key = await issueEds(stranger.data, persons.abai.iin);
    const { sign_in, challenge } = await begin();
    assertProblem(await finish(sign_in, await sign(key, 'xml', challenge)), 400, 'chain_no_anchor');
  } finally {
    await stranger.stop();
  }
});

test('whom the service does not know learns that, and the dead sign nothing', async () => {
  for (const { iin } of [persons.unknown, persons.dead]) {
    const key = await issueEds(server.data, iin);
    const { sign_in, challenge } = await begin();
    assertProblem(await finish(sign_in, await sign(key, 'xml', challenge)), 404, 'eds_person_unknown');
  }
});
