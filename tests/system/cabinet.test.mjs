// SPDX-License-Identifier: Apache-2.0
// The cabinet over HTTP: sign-in and sessions, what a person sees, and how they steer it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { beginSignIn, Cabinet, code, finishSignIn, initiatorGet, initiatorPost } from '../support/cabinet.mjs';
import { assertProblem, codes, get, postJson } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { ask, askAndDeliver, call, consent, introspect, poll, pollPause, refresh } from '../support/oauth.mjs';
import { advance, received } from '../support/sandbox.mjs';
import { details, familyService, insurer, persons, service } from '../support/world.mjs';

let server;
let base;
before(async () => {
  server = await Kelisim.start();
  base = server.base;
});
after(() => server.stop());

const consentOf = (token) => claims(token).authorization_details[0].consent;

async function use(tokens, person, key) {
  const answer = await call(base, tokens.access_token, { iin: person.iin, key });
  assert.equal(answer.status, 200, answer.text);
}

// LAW-27.3, LAW-1.39
test('a code to the registered number opens a session, once', async () => {
  const { phone, iin } = persons.abai;
  const begun = await beginSignIn(base, iin);
  const text = await code(base, phone, 0);
  const wrong = text === '000000' ? '111111' : '000000';
  assertProblem(await finishSignIn(base, begun.json.sign_in, wrong), 400, 'code_wrong');
  const opened = await finishSignIn(base, begun.json.sign_in, text);
  assert.equal(opened.status, 200, opened.text);
  const [cookie] = opened.headers['set-cookie'];
  assert.match(cookie, /; HttpOnly/);
  assert.match(cookie, /; SameSite=Strict/);
  assertProblem(await finishSignIn(base, begun.json.sign_in, text), 400, 'code_wrong');
});

test('a sign-in tells nothing of who exists', async () => {
  const there = await beginSignIn(base, persons.ybyrai.iin);
  for (const { iin } of [persons.unknown, persons.dead, persons.withoutPhone]) {
    const answer = await beginSignIn(base, iin);
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(Object.keys(answer.json), Object.keys(there.json));
    assert.equal(answer.json.expires_in, there.json.expires_in);
    assertProblem(await finishSignIn(base, answer.json.sign_in, '000000'), 400, 'code_wrong');
  }
  assert.equal((await received(base, persons.dead.phone)).length, 0);
  assertProblem(await finishSignIn(base, 'no-such-sign-in', '000000'), 400, 'code_wrong');
});

test('a stranger who asks for codes again and again does not keep out one who signed in before', async () => {
  const { iin, phone } = persons.eleventh;
  const cabinet = await Cabinet.signIn(base, persons.eleventh);
  await advance(base, 'PT1H');
  const old = (await received(base, phone)).length;
  assert.equal((await beginSignIn(base, iin)).json.code_sent, true);
  await code(base, phone, old);
  assert.equal((await beginSignIn(base, iin)).json.code_sent, false, 'the turn is taken');
  assert.equal((await beginSignIn(base, iin, { cookie: 'kelisim-device=1.x' })).json.code_sent, false);
  const before = (await received(base, phone)).length;
  const begun = await beginSignIn(base, iin, { cookie: cabinet.device });
  assert.equal(begun.json.code_sent, true);
  assert.equal((await finishSignIn(base, begun.json.sign_in, await code(base, phone, before))).status, 200);
});

test('one address begins so many sign-ins an hour, whomever they are for and whatever it says of itself', async () => {
  const config = new URL('../support/behind_a_proxy.toml', import.meta.url).pathname;
  const behind = await Kelisim.start({ config });
  try {
    const from = (address, { iin }) => beginSignIn(behind.base, iin, { 'x-forwarded-for': address });
    assert.equal((await from('203.0.113.7', persons.abai)).status, 202);
    assert.equal((await from('198.51.100.1, 203.0.113.7', persons.unknown)).status, 202);
    const third = await from('198.51.100.2, 203.0.113.7', persons.ybyrai);
    assertProblem(third, 429, 'sign_in_too_many');
    assert.ok(Number(third.headers['retry-after']) > 0);
    assert.equal((await from('203.0.113.8', persons.ybyrai)).status, 202);
    await advance(behind.base, 'PT30M');
    assert.equal((await from('203.0.113.7', persons.ybyrai)).status, 202);
  } finally {
    await behind.stop();
  }
});

test('guessing ends a code, and time does', async () => {
  await advance(base, 'PT1H');
  const before = (await received(base, persons.twelfth.phone)).length;
  const begun = await beginSignIn(base, persons.twelfth.iin);
  const text = await code(base, persons.twelfth.phone, before);
  for (let i = 0; i < 5; i += 1) {
    const wrong = String((Number(text) + 1 + i) % 1_000_000).padStart(6, '0');
    assertProblem(await finishSignIn(base, begun.json.sign_in, wrong), 400, 'code_wrong');
  }
  assertProblem(await finishSignIn(base, begun.json.sign_in, text), 400, 'code_wrong');

  await advance(base, 'PT1H');
  const later = (await received(base, persons.twelfth.phone)).length;
  const late = await beginSignIn(base, persons.twelfth.iin);
  const expired = await code(base, persons.twelfth.phone, later);
  await advance(base, 'PT5M');
  assertProblem(await finishSignIn(base, late.json.sign_in, expired), 400, 'code_wrong');
});

test('without a session there is nothing, and without the token nothing changes', async () => {
  assertProblem(await get(base, '/api/v1/me/consents'), 401, 'session_missing');
  assertProblem(await get(base, '/api/v1/me', { cookie: 'kelisim=nonsense' }), 401, 'session_missing');
  const cabinet = await Cabinet.signIn(base, persons.eighth);
  const twice = `${cabinet.cookie}; ${cabinet.cookie}`;
  assertProblem(await get(base, '/api/v1/me', { cookie: twice }), 401, 'session_missing');
  const { cookie } = cabinet;
  for (const headers of [{ cookie }, { cookie, 'x-csrf-token': 'wrong' }, { cookie, 'x-csrf-token': '' }]) {
    assertProblem(await postJson(base, '/api/v1/me/sign-out', {}, headers), 403, 'session_csrf');
  }
  assert.equal((await cabinet.read('')).iin, persons.eighth.iin);
});

test('a session ends by sign-out, by another session, idle, and at last', async () => {
  const first = await Cabinet.signIn(base, persons.eighth);
  const second = await Cabinet.signIn(base, persons.eighth);
  assertProblem(await first.get(''), 401, 'session_missing');
  const listed = (await second.read('/sessions')).items;
  assert.deepEqual(listed.map(({ current }) => current), [true]);
  assertProblem(await second.send('DELETE', `/sessions/${first.session.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`), 404, 'cabinet_not_found');
  assert.equal((await second.post('/sign-out')).status, 204);
  assertProblem(await second.get(''), 401, 'session_missing');
  const third = await Cabinet.signIn(base, persons.eighth);
  assert.equal((await third.send('DELETE', `/sessions/${third.session}`)).status, 204);
  assertProblem(await third.get(''), 401, 'session_missing');
});

// LAW-36.4
test('consents and uses are there with their history, newest first, and pages stay while uses arrive', async () => {
  const person = persons.eleventh;
  const one = await consent(base, person, { authorization_details: details({ uses_max: 3 }) });
  const two = await consent(base, person, { authorization_details: details({ uses_max: 3 }) });
  const cabinet = await Cabinet.signIn(base, person);
  const tokens = [await refresh(base, one.refresh_token), await refresh(base, two.refresh_token)].map(({ json }) => json);
  for (const [i, token] of [0, 1, 0, 1].entries()) await use(tokens[token], person, `page-${i}`);
  const first = await cabinet.read('/uses?limit=2');
  assert.equal(first.items.length, 2);
  await use(tokens[1], person, 'page-arrives');
  const second = await cabinet.read(`/uses?limit=2&before=${first.next}`);
  const all = (await cabinet.read('/uses')).items;
  assert.deepEqual([...first.items, ...second.items].map(({ id }) => id), all.slice(1, 5).map(({ id }) => id));
  assert.ok(all.every(({ basis, receiver }) => basis === 'consent' && receiver === 'DEMOBANK'));
  assert.deepEqual(all.map(({ at }) => at), all.map(({ at }) => at).sort().reverse());

  const mine = await cabinet.read(`/consents/${consentOf(one.access_token)}`);
  assert.equal(mine.state, 'active');
  assert.equal(mine.uses_left, 1);
  assert.equal(mine.history[0].event, 'consent.granted');
  const listed = (await cabinet.read('/consents')).items.map(({ id }) => id);
  assert.deepEqual(listed.slice(0, 2), [consentOf(two.access_token), consentOf(one.access_token)]);
});

test('what is malformed is refused, not guessed', async () => {
  const cabinet = await Cabinet.signIn(base, persons.eleventh);
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'before=1', 'ward=x', 'colour=blue', 'limit=1&limit=2']) {
    assertProblem(await cabinet.get(`/uses?${query}`), 400, 'query_malformed');
  }
  assertProblem(await postJson(base, '/api/v1/sign-in', { iin: '123' }), 400, 'iin_malformed');
  assert.equal((await postJson(base, '/api/v1/sign-in', { iin: persons.abai.iin, colour: 'blue' })).status, 400);
});

// KDP-2.3: from that instant nothing passes.
test('a withdrawal ends token and gateway at once; an objection in time begins a new version', async () => {
  const person = persons.tenth;
  const tokens = await consent(base, person);
  const cabinet = await Cabinet.signIn(base, person);
  const id = consentOf(tokens.access_token);
  const fresh = (await refresh(base, tokens.refresh_token)).json.access_token;
  const withdrawn = await cabinet.post(`/consents/${id}/withdraw`);
  assert.equal(withdrawn.status, 200, withdrawn.text);
  assert.equal(withdrawn.json.state, 'withdrawn');
  assert.deepEqual((await introspect(base, fresh)).json, { active: false });
  assert.equal((await call(base, fresh, { iin: person.iin, key: 'after' })).status, 401);
  assert.equal((await refresh(base, tokens.refresh_token)).status, 400);
  assertProblem(await cabinet.post(`/consents/${id}/resume`), 409, 'consent_ended');

  const told = await eventually(async () => {
    const list = await initiatorGet(base, '/notices');
    assert.equal(list.status, 200, list.text);
    return list.json.items.find((item) => item.consent === id && item.event === 'consent.withdrawn');
  }, 'the withdrawal at the initiator');
  assert.ok(told.due);
  assert.equal(told.state, 'withdrawn');
  const after = await initiatorGet(base, `/notices?after=${told.number}`);
  assert.deepEqual(after.json, { items: [], kept_from: 1 }, 'who knows it is not told again');
  assertProblem(await initiatorGet(base, '/notices?after=x'), 400, 'query_malformed');
  assert.deepEqual((await initiatorGet(base, '/notices', insurer)).json, { items: [], kept_from: 1 });
  const objection = { reason: 'несие өтелген жоқ', evidence: 'шарт № 17' };
  assertProblem(await initiatorPost(base, `/consents/${id}/objection`, objection, insurer), 404, 'cabinet_not_found');
  assertProblem(await initiatorPost(base, `/consents/${id}/objection`, { reason: '', evidence: '' }), 400,
    'objection_reason_missing');
  const objected = await initiatorPost(base, `/consents/${id}/objection`, objection);
  assert.equal(objected.status, 200, objected.text);
  assert.deepEqual((await introspect(base, fresh)).json, { active: false }, 'old tokens stay dead');
  const restored = await cabinet.read(`/consents/${id}`);
  assert.equal(restored.state, 'active');
  assert.equal(restored.version, 2);
  assert.equal(restored.history.at(-1).reason, objection.reason);
  await advance(base, pollPause);
  const again = await poll(base, tokens.requestId);
  assert.equal(again.status, 200, again.text);
  await use(again.json, person, 'restored');
});

test('an objection comes too late after its term, and a deletion is confirmed once', async () => {
  const person = persons.twelfth;
  const tokens = await consent(base, person, { authorization_details: details({ term: 'P30D' }) });
  const id = consentOf(tokens.access_token);
  const cabinet = await Cabinet.signIn(base, person);
  assertProblem(await initiatorPost(base, `/consents/${id}/deletion`), 409, 'consent_step_wrong_state');
  assert.equal((await cabinet.post(`/consents/${id}/withdraw`)).status, 200);
  await advance(base, 'P12D');
  const late = await initiatorPost(base, `/consents/${id}/objection`, { reason: 'a', evidence: 'b' });
  assertProblem(late, 409, 'consent_objection_late');
  assert.equal((await initiatorPost(base, `/consents/${id}/deletion`)).status, 204);
  assertProblem(await initiatorPost(base, `/consents/${id}/deletion`), 409, 'deletion_confirmed_before');
  const seen = await (await Cabinet.signIn(base, person)).read(`/consents/${id}`);
  assert.ok(seen.delete_by);
  assert.ok(seen.deleted_at);
});

test('a pause closes at once and a resumption opens for new tokens', async () => {
  const person = persons.eighth;
  const tokens = await consent(base, person);
  const id = consentOf(tokens.access_token);
  const cabinet = await Cabinet.signIn(base, person);
  const before = (await refresh(base, tokens.refresh_token)).json.access_token;
  assert.equal((await cabinet.post(`/consents/${id}/pause`)).json.state, 'paused');
  assert.deepEqual((await introspect(base, before)).json, { active: false });
  assert.equal((await call(base, before, { iin: person.iin, key: 'paused' })).status, 401);
  assert.equal((await refresh(base, tokens.refresh_token)).status, 400);
  assertProblem(await cabinet.post(`/consents/${id}/pause`), 409, 'consent_step_wrong_state');
  assert.equal((await cabinet.post(`/consents/${id}/resume`)).json.state, 'active');
  assert.deepEqual((await introspect(base, before)).json, { active: false });
  await use((await refresh(base, tokens.refresh_token)).json, person, 'resumed');
});

test('an extension stays within its bounds and takes a code', async () => {
  const person = persons.eighth;
  const tokens = await consent(base, person);
  const id = consentOf(tokens.access_token);
  const cabinet = await Cabinet.signIn(base, person);
  const text = await cabinet.codeFor(`/consents/${id}`);
  const extend = (until, typed = text) => cabinet.post(`/consents/${id}/extend`, { until, code: typed });
  assertProblem(await extend('2027-13-01'), 400, 'json_member_range');
  assertProblem(await extend('2099-01-01'), 400, 'consent_extension_out_of_bounds');
  assertProblem(await extend('2026-01-01'), 400, 'consent_extension_not_later');
  const { expires } = await cabinet.read(`/consents/${id}`);
  const later = new Date(Date.parse(expires) + 10 * 86_400_000).toISOString().slice(0, 10);
  assertProblem(await extend(later, text === '000000' ? '111111' : '000000'), 400, 'code_wrong');
  const extended = await extend(later);
  assert.equal(extended.status, 200, extended.text);
  assert.ok(extended.json.expires > expires);
  assert.equal(extended.json.history.at(-1).event, 'consent.extended');
  assertProblem(await extend(later), 400, 'consent_extension_not_later');
});

// LAW-36.3a
test('a yes in the cabinet takes a fresh code for this request, and may be to a part', async () => {
  const person = persons.ybyrai;
  const cabinet = await Cabinet.signIn(base, person);
  const { requestId } = await askAndDeliver(base, person);
  const [waiting] = (await cabinet.read('/requests?state=waiting')).items;
  assert.equal(waiting.can_grant, true);
  const path = `/requests/${waiting.id}`;
  assertProblem(await cabinet.get(`${path}/receipt`), 404, 'receipt_not_yet');
  assertProblem(await cabinet.post(`${path}/answer`, { answer: 'yes' }), 400, 'answer_unclear');
  assertProblem(await cabinet.post(`${path}/answer`, { answer: 'yes', code: '000000' }), 400, 'code_wrong');
  const before = (await received(base, person.phone)).length;
  assert.equal((await cabinet.post(`${path}/codes`)).status, 202);
  assertProblem(await cabinet.post(`${path}/codes`), 429, 'code_too_soon');
  const given = { answer: 'yes', code: await code(base, person.phone, before), fields: ['surname', 'name'] };
  const answered = await cabinet.post(`${path}/answer`, given);
  assert.equal(answered.status, 200, answered.text);
  assert.equal(answered.json.state, 'granted');
  assertProblem(await cabinet.post(`${path}/answer`, given), 409, 'request_closed');
  await advance(base, pollPause);
  const tokens = await poll(base, requestId);
  assert.equal(tokens.status, 200, tokens.text);
  assert.deepEqual(tokens.json.authorization_details[0].fields, ['surname', 'name']);
  const outside = await call(base, tokens.json.access_token, { iin: person.iin, key: 'part', fields: ['birthDate'] });
  assert.equal(outside.status, 403, outside.text);
  const [refused] = (await cabinet.read('/uses')).items;
  assert.equal(refused.state, 'refused');
  assert.deepEqual(refused.refused_for.map((reason) => reason.code), ['use_fields_outside']);
});

test('a no takes no code, and the first answer wins', async () => {
  const person = persons.ybyrai;
  const cabinet = await Cabinet.signIn(base, person);
  const { requestId } = await askAndDeliver(base, person);
  const [waiting] = (await cabinet.read('/requests?state=waiting')).items;
  const refused = await cabinet.post(`/requests/${waiting.id}/answer`, { answer: 'no' });
  assert.equal(refused.status, 200, refused.text);
  assert.equal(refused.json.state, 'refused');
  assert.equal((await cabinet.post(`/requests/${waiting.id}/answer`, { answer: 'no' })).status, 409);
  await advance(base, pollPause);
  assert.equal((await poll(base, requestId)).json.error, 'access_denied');
});

test('what belongs to another is not there', async () => {
  const tokens = await consent(base, persons.eleventh);
  const id = consentOf(tokens.access_token);
  const mine = await Cabinet.signIn(base, persons.eleventh);
  const { request } = await mine.read(`/consents/${id}`);
  const used = (await mine.read('/uses')).items[0].id;
  const stranger = await Cabinet.signIn(base, persons.tenth);
  const missing = '019aa000-0000-7000-8000-000000000000';
  for (const path of [`/consents/${id}`, `/consents/${missing}`, `/consents/${id}/receipt`, `/requests/${request}`,
    `/requests/${request}/receipt`, `/consents?ward=${missing}`, '/consents/x']) {
    assertProblem(await stranger.get(path), 404, 'cabinet_not_found');
  }
  for (const path of [`/consents/${id}/withdraw`, `/consents/${missing}/withdraw`, `/consents/${id}/pause`,
    `/consents/${id}/codes`, `/requests/${request}/codes`]) {
    assertProblem(await stranger.post(path), 404, 'cabinet_not_found');
  }
  assertProblem(await stranger.post(`/uses/${used}/question`, { text: '?' }), 404, 'cabinet_not_found');
  assertProblem(await stranger.post(`/requests/${request}/answer`, { answer: 'no' }), 404, 'cabinet_not_found');
  const again = await Cabinet.signIn(base, persons.eleventh);
  assert.equal((await again.read(`/consents/${id}`)).state, 'active');
});

test('a blocked asker asks in vain, and the person sees whom they blocked', async () => {
  const person = persons.tenth;
  const cabinet = await Cabinet.signIn(base, person);
  const bin = '000140000353';
  assertProblem(await cabinet.send('PUT', '/blocks/000000000000'), 404, 'cabinet_not_found');
  assert.equal((await cabinet.send('PUT', `/blocks/${bin}`)).status, 204);
  assert.deepEqual((await cabinet.read('/blocks')).items.map((block) => block.bin), [bin]);
  const before = (await received(base, person.phone)).length;
  const asked = await ask(base, person);
  assert.notEqual(asked.status, 500, asked.text);
  assert.equal((await cabinet.send('DELETE', `/blocks/${bin}`)).status, 204);
  assertProblem(await cabinet.send('DELETE', `/blocks/${bin}`), 404, 'cabinet_not_found');
  assert.equal((await received(base, person.phone)).length, before, 'no question reached the person');
});

test('the language is what the person chose', async () => {
  const cabinet = await Cabinet.signIn(base, persons.twelfth);
  assertProblem(await cabinet.send('PUT', '/language', { language: 'de' }), 400, 'json_member_range');
  assert.equal((await cabinet.send('PUT', '/language', { language: 'kk' })).json.language, 'kk');
  const before = (await received(base, persons.twelfth.phone)).length;
  await Cabinet.signIn(base, persons.twelfth);
  assert.match((await received(base, persons.twelfth.phone))[before].text, /Кабинетке кіру/);
});

// LAW-16-18
test('a person looks at their own data, and sees that look', async () => {
  const cabinet = await Cabinet.signIn(base, persons.abai);
  const data = await cabinet.read(`/data/${service}`);
  assert.equal(data.surname, persons.abai.surname);
  const family = await cabinet.get(`/data/${familyService}`);
  assert.equal(family.status, 200, family.text);
  const [newest] = (await cabinet.read('/uses?limit=2')).items;
  assert.equal(newest.basis, 'own');
  assert.equal(newest.state, 'delivered');
  assert.equal(newest.service.key, familyService);
  assertProblem(await cabinet.get('/data/NoSuchService'), 404, 'own_data_service_unknown');
  assertProblem(await cabinet.get(`/data/${service}?ward=019aa000-0000-7000-8000-000000000000`), 404,
    'cabinet_not_found');
});

test('was this allowed? is asked once, answered by the one who used the data, and late is seen', async () => {
  const person = persons.eighth;
  const tokens = await consent(base, person);
  await use(tokens, person, 'questioned');
  const cabinet = await Cabinet.signIn(base, person);
  const [used] = (await cabinet.read('/uses?limit=1')).items;
  assertProblem(await cabinet.post(`/uses/${used.id}/question`, { text: '' }), 400, 'question_empty');
  const asked = await cabinet.post(`/uses/${used.id}/question`, { text: 'Бұған рұқсат болды ма?' });
  assert.equal(asked.status, 201, asked.text);
  assert.equal(asked.json.overdue, false);
  assertProblem(await cabinet.post(`/uses/${used.id}/question`, { text: 'again' }), 409, 'question_asked_before');
  const waiting = await eventually(async () => {
    const list = await initiatorGet(base, '/questions');
    return list.json.items.find(({ id }) => id === asked.json.id);
  }, 'the question at the initiator');
  assert.equal(waiting.text, 'Бұған рұқсат болды ма?');
  const path = `/questions/${waiting.id}/answer`;
  assertProblem(await initiatorPost(base, path, { text: 'жоқ' }, insurer), 404, 'cabinet_not_found');
  await advance(base, 'P14D');
  const later = await Cabinet.signIn(base, person);
  assert.equal((await later.read('/questions')).items[0].overdue, true);
  await eventually(async () => {
    const { items } = (await initiatorGet(base, '/notices?limit=100')).json;
    return items.find(({ event, question }) => event === 'use_question.overdue' && question === waiting.id);
  }, 'the reminder of the initiator');
  await eventually(async () => {
    const texts = (await received(base, person.phone)).map(({ text }) => text);
    return texts.find((text) => text.includes('оған шағымдана аласыз'));
  }, 'a word to the person, whom to complain to');
  assert.equal((await initiatorPost(base, path, { text: 'Иә, шарт бойынша.' })).status, 204);
  assertProblem(await initiatorPost(base, path, { text: 'Иә' }), 409, 'question_answered_before');
  const [answered] = (await later.read('/questions')).items;
  assert.equal(answered.answer, 'Иә, шарт бойынша.');
  assert.equal(answered.overdue, true, 'that it came late stays visible');
});
