// SPDX-License-Identifier: Apache-2.0
// Answers that are electronic documents (LAW-36.3a), and which means of signing in opens what (LAW-27.3): with real signatures,
// over HTTP.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet, code, beginSignIn } from '../support/cabinet.mjs';
import { assertProblem, postJson, send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, consent, poll, pollPause } from '../support/oauth.mjs';
import { advance, received } from '../support/sandbox.mjs';
import { bank, persons } from '../support/world.mjs';
import { issueEds, sign } from '../support/eds.mjs';

const { withoutPhone, abai, ybyrai, tenth } = persons;

let server;
let base;
before(async () => {
  server = await Kelisim.start();
  base = server.base;
});
after(() => server.stop());

// A cabinet that was opened by EDS; `beside`: one in which the person is signed in already.
async function signInByEds(on, iin, { key, beside } = {}) {
  const eds = key ?? (await issueEds(on.data, iin));
  const begun = await postJson(on.base, '/api/v1/sign-in-by-eds', {});
  const signature = await sign(eds, 'xml', begun.json.challenge);
  const headers = beside ? { cookie: beside.cookie } : {};
  const finished = await postJson(on.base, `/api/v1/sign-in-by-eds/${begun.json.sign_in}`, { signature }, headers);
  assert.equal(finished.status, 200, finished.text);
  const cabinet = new Cabinet(on.base, finished.headers['set-cookie'][0].split(';')[0], finished.json.csrf_token);
  return Object.assign(cabinet, { eds, means: finished.json.means });
}

// The handle that the initiator polls with, and the id that the person knows the request by.
async function asked(on, person) {
  const answer = await ask(on.base, person);
  assert.equal(answer.status, 200, answer.text);
  const handle = answer.json.auth_req_id;
  return { handle, id: handle.split('.')[0] };
}

async function offered(cabinet, id, choice) {
  const answer = await cabinet.post(`/requests/${id}/documents`, choice);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.document;
}

test('whoever has no number says yes with a signature, and the document is kept as it came', async () => {
  const cabinet = await signInByEds(server, withoutPhone.iin);
  const { id, handle } = await asked(server, withoutPhone);
  const waiting = await cabinet.read('/requests?state=waiting');
  assert.deepEqual(waiting.items.map((each) => each.id), [id]);
  const document = await offered(cabinet, id, { answer: 'yes', fields: ['surname'] });
  for (const part of ['Дано согласие', 'Келісім берілді', withoutPhone.iin, `host="${base}"`]) assert.ok(document.includes(part), part);
  const signed = await sign(cabinet.eds, 'xml', document);
  const answered = await cabinet.post(`/requests/${id}/answer`, { document: signed });
  assert.equal(answered.status, 200, answered.text);
  assert.equal(answered.json.state, 'granted');
  await advance(base, pollPause);
  const tokens = await poll(base, handle, bank);
  assert.equal(tokens.status, 200, tokens.text);
  assert.equal(claims(tokens.json.id_token).acr, 'urn:kelisim:acr:cabinet-eds');
  assert.deepEqual(claims(tokens.json.access_token).authorization_details[0].fields, ['surname']);

  const { items } = await cabinet.read('/documents');
  assert.equal(items.length, 1);
  assert.equal(items[0].about, id);
  const kept = await cabinet.get(`/documents/${items[0].id}`);
  assert.equal(kept.status, 200);
  assert.equal(kept.text, signed, 'byte for byte');
  const used = await cabinet.post(`/requests/${id}/answer`, { document: signed });
  assertProblem(used, 400, 'document_not_offered');
});

test('a CMS does as well, and a no', async () => {
  const cabinet = await signInByEds(server, withoutPhone.iin);
  const { id } = await asked(server, withoutPhone);
  const signed = await sign(cabinet.eds, 'cms', await offered(cabinet, id, { answer: 'no' }));
  const answered = await cabinet.post(`/requests/${id}/answer`, { document: signed });
  assert.equal(answered.json.state, 'refused', answered.text);
  const { items } = await cabinet.read('/documents');
  assert.equal(items[0].form, 'cms');
  const kept = await send(base, 'GET', `/api/v1/me/documents/${items[0].id}`, { headers: { cookie: cabinet.cookie } });
  assert.equal(kept.headers['content-type'], 'application/pkcs7-mime');
});

test('another’s key, another’s document, changed words, what was not offered, and no signature', async () => {
  const cabinet = await signInByEds(server, withoutPhone.iin);
  const { id } = await asked(server, withoutPhone);
  const document = await offered(cabinet, id, { answer: 'no' });
  const answer = (signed) => cabinet.post(`/requests/${id}/answer`, { document: signed });
  const stranger = await issueEds(server.data, abai.iin);
  assertProblem(await answer(await sign(stranger, 'xml', document)), 403, 'document_of_another');
  assertProblem(await answer(await sign(cabinet.eds, 'xml', document.replace('says="no"', 'says="yes"'))), 400, 'document_not_offered');
  const signed = await sign(cabinet.eds, 'xml', document);
  assert.equal((await answer(signed.replace('says="no"', 'says="yes"'))).status, 400);
  assertProblem(await answer(document), 400, 'xml_signature_missing');
  for (const nothing of [null, 7, '', [], ['a', 'b']]) assert.equal((await answer(nothing)).status, 400);
  const others = await signInByEds(server, abai.iin, { key: stranger });
  const from = await others.post(`/requests/${id}/answer`, { document: signed });
  assertProblem(from, 404, 'cabinet_not_found');
  assert.equal((await others.get(`/documents/${(await cabinet.read('/documents')).items[0].id}`)).status, 404);
  assert.equal((await cabinet.post(`/requests/${id}/documents`, { answer: 'perhaps' })).status, 400);
  assert.equal((await cabinet.post(`/requests/${id}/documents`, { answer: 'yes', code: '123456' })).status, 400);
  assert.equal((await answer(signed)).json.state, 'refused');
});

test('a document is good for a short time', async () => {
  const cabinet = await signInByEds(server, withoutPhone.iin);
  const { id } = await asked(server, withoutPhone);
  const signed = await sign(cabinet.eds, 'xml', await offered(cabinet, id, { answer: 'no' }));
  await advance(base, 'PT6M');
  assertProblem(await cabinet.post(`/requests/${id}/answer`, { document: signed }), 400, 'document_not_offered');
});

test('an extension is signed for', async () => {
  const tokens = await consent(base, tenth);
  const { consent: id } = claims(tokens.access_token).authorization_details[0];
  const cabinet = await signInByEds(server, tenth.iin);
  const { expires } = await cabinet.read(`/consents/${id}`);
  const until = new Date(Date.parse(expires) + 5 * 86_400_000).toISOString().slice(0, 10);
  const offer = await cabinet.post(`/consents/${id}/documents`, { until });
  assert.equal(offer.status, 201, offer.text);
  assert.ok(offer.json.document.includes('Согласие продлено'));
  const extended = await cabinet.post(`/consents/${id}/extend`, { document: await sign(cabinet.eds, 'xml', offer.json.document) });
  assert.equal(extended.status, 200, extended.text);
  assert.ok(extended.json.expires > expires);
  assert.equal((await cabinet.post(`/consents/${id}/documents`, { until: 'tomorrow' })).status, 400);
});

// Since October 2025 the state portal asks for both.
test('whoever signs in both ways has one session by both', async () => {
  const first = await Cabinet.signIn(base, ybyrai);
  const both = await signInByEds(server, ybyrai.iin, { beside: first });
  assert.equal(both.means, 'eds_and_code');
  assert.equal((await first.get('/sessions')).status, 401, 'went over into the new one');
  const { items } = await both.read('/sessions');
  assert.deepEqual(items.map(({ means }) => means), ['eds_and_code']);
});

test('where policy asks for more, what protects a person still takes any session', async () => {
  const place = await temporaryDirectory();
  const config = path.join(place, 'strict.toml');
  await writeFile(config, '[sign_in]\nlevel_look = "eds"\nlevel_agree = "eds"\nlevel_official = "eds_and_code"\n');
  const strict = await Kelisim.start({ config });
  try {
    const tokens = await consent(strict.base, abai);
    const { consent: id } = claims(tokens.access_token).authorization_details[0];
    const byCode = await Cabinet.signIn(strict.base, abai);
    assertProblem(await byCode.get('/consents'), 403, 'level_eds');
    assert.equal((await byCode.read('/sessions')).items.length, 1);
    const paused = await byCode.post(`/consents/${id}/pause`);
    assert.equal(paused.status, 204, paused.text);
    assertProblem(await byCode.post(`/consents/${id}/resume`), 403, 'level_eds');

    const { id: request } = await asked(strict, abai);
    const eds = await signInByEds(strict, abai.iin, { beside: byCode });
    assert.equal((await eds.read(`/consents/${id}`)).state, 'paused');
    assertProblem(await eds.post(`/requests/${request}/answer`, { answer: 'yes', code: '123456' }), 403, 'answer_takes_document');
    const signed = await sign(eds.eds, 'xml', await offered(eds, request, { answer: 'yes' }));
    assert.equal((await eds.post(`/requests/${request}/answer`, { document: signed })).json.state, 'granted');

    const alone = await signInByEds(strict, ybyrai.iin);
    assertProblem(await send(strict.base, 'GET', '/api/v1/staff', { headers: { cookie: alone.cookie } }), 403, 'level_eds_and_code');
  } finally {
    await strict.stop();
  }
});

test('both by policy, and nobody is locked out for want of a number', async () => {
  const place = await temporaryDirectory();
  const config = path.join(place, 'both.toml');
  await writeFile(config, '[sign_in]\nlevel_look = "eds_and_code"\nlevel_agree = "eds_and_code"\n');
  const strict = await Kelisim.start({ config });
  try {
    assertProblem(await (await signInByEds(strict, tenth.iin)).get('/requests'), 403, 'level_eds_and_code');
    const cabinet = await signInByEds(strict, withoutPhone.iin);
    const { id: request } = await asked(strict, withoutPhone);
    const signed = await sign(cabinet.eds, 'xml', await offered(cabinet, request, { answer: 'yes' }));
    assert.equal((await cabinet.post(`/requests/${request}/answer`, { document: signed })).json.state, 'granted');
    // Code first or EDS first, it is the same.
    const eds = await signInByEds(strict, tenth.iin);
    await advance(strict.base, 'PT1M');
    const before = (await received(strict.base, tenth.phone)).length;
    const begun = await beginSignIn(strict.base, tenth.iin);
    const text = await code(strict.base, tenth.phone, before);
    const finished = await postJson(strict.base, `/api/v1/sign-in/${begun.json.sign_in}`, { code: text }, { cookie: eds.cookie });
    assert.equal(finished.json.means, 'eds_and_code', finished.text);
  } finally {
    await strict.stop();
  }
});
