// SPDX-License-Identifier: Apache-2.0
// The main job, step by step over HTTP: ask, answer, token, data, withdrawal, and every other end that it can take.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codes } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { ask, askAndDeliver, call, consent, introspect, poll, pollPause, refresh, revoke } from '../support/oauth.mjs';
import { advance, received, reply, replyAndHear } from '../support/sandbox.mjs';
import { details, familyService, gbdfl, insurer, persons, service } from '../support/world.mjs';

let server;
let base;
before(async () => {
  server = await Kelisim.start();
  base = server.base;
});
after(() => server.stop());

async function pollLater(requestId) {
  await advance(base, pollPause);
  return poll(base, requestId);
}

function assertError(answer, status, error) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error, error, answer.text);
}

// KDP-2.3, KDP-7.1, LAW-36.2: who asks, for what, how long, how to say yes and no.
test('the question names asker and purpose in the language of the person', async () => {
  const kazakh = await askAndDeliver(base, persons.abai);
  const russian = await askAndDeliver(base, persons.ybyrai);
  assert.match(kazakh.question, /000140000353/, 'the BIN of the asker');
  assert.match(russian.question, /000140000353/);
  assert.notEqual(kazakh.question, russian.question);
  assert.ok(kazakh.asked.expires_in > 0);
  assert.ok(kazakh.asked.interval >= 1);
  await replyAndHear(base, persons.abai.phone, kazakh.no);
  await replyAndHear(base, persons.ybyrai.phone, russian.no);
});

// KDP-5.1, KDP-5.2, LAW-36.4
test('under a consent the data asked for pass, and no others', async () => {
  const { access_token: token } = await consent(base, persons.eleventh);
  const answer = await call(base, token, { iin: persons.eleventh.iin, key: 'story-1' });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.iin, persons.eleventh.iin);
  assert.deepEqual(Object.keys(answer.json).sort(), ['birthDate', 'iin', 'name', 'surname']);
});

test('a repeated call gets the stored answer and counts once; the same key with other bytes is refused', async () => {
  const { access_token: token } = await consent(base, persons.twelfth, {
    authorization_details: details({ uses_max: 2 }),
  });
  const { iin } = persons.twelfth;
  const first = await call(base, token, { iin, key: 'story-2' });
  const again = await call(base, token, { iin, key: 'story-2' });
  assert.equal(first.status, 200, first.text);
  assert.equal(again.text, first.text);
  assert.equal((await call(base, token, { iin, key: 'story-2', fields: ['surname'] })).status, 409);
  assert.equal((await call(base, token, { iin, key: 'story-3' })).status, 200, 'the second counted use');
  const third = await call(base, token, { iin, key: 'story-4' });
  assert.equal(third.status, 403, third.text);
  assert.ok(codes(third.json).includes('use_consent_exhausted'), third.text);
});

test('a call outside the consent is refused with every reason, and counts nothing', async () => {
  const { access_token: token } = await consent(base, persons.eighth, { authorization_details: details({ uses_max: 1 }) });
  const otherPerson = await call(base, token, { iin: persons.abai.iin, key: 'outside-1' });
  assert.equal(otherPerson.status, 403, otherPerson.text);
  assert.ok(codes(otherPerson.json).includes('use_person_differs'), otherPerson.text);
  const both = await call(base, token, { iin: persons.abai.iin, service: familyService, key: 'outside-2' });
  assert.equal(both.status, 403, both.text);
  for (const code of ['use_person_differs', 'use_service_outside']) assert.ok(codes(both.json).includes(code), both.text);
  assert.ok(!both.text.includes(persons.abai.iin), 'a refusal repeats no personal data');
  const nobody = await call(base, token, { key: 'outside-3' });
  assert.ok([400, 403].includes(nobody.status), nobody.text);
  assert.ok(codes(nobody.json).includes('use_person_missing'), nobody.text);
  const right = await call(base, token, { iin: persons.eighth.iin, key: 'outside-4' });
  assert.equal(right.status, 200, right.text);
});

test('no is recorded, told to the asker, and a receipt goes to the person', async () => {
  const { requestId } = await askAndDeliver(base, persons.tenth);
  assert.ok(await replyAndHear(base, persons.tenth.phone, ' нет. '), 'a receipt');
  assertError(await pollLater(requestId), 400, 'access_denied');
});

test('an unclear reply gets one clarifying SMS, never a guess', async () => {
  const { requestId, yes, no } = await askAndDeliver(base, persons.tenth);
  const { phone } = persons.tenth;
  const before = (await received(base, phone)).length;
  assert.match(await replyAndHear(base, phone, 'может быть'), new RegExp(`${yes}.*${no}`, 's'));
  assertError(await pollLater(requestId), 400, 'authorization_pending');
  await reply(base, phone, 'не знаю');
  assertError(await pollLater(requestId), 400, 'authorization_pending');
  assert.equal((await received(base, phone)).length, before + 1, 'one clarification only');
  await replyAndHear(base, phone, 'Да');
  assert.equal((await pollLater(requestId)).status, 200);
});

test('two questions on one phone have digits of their own, and a bare yes decides neither', async () => {
  const { phone } = persons.tenth;
  const first = await askAndDeliver(base, persons.tenth);
  const second = await askAndDeliver(base, persons.tenth);
  assert.equal(new Set([first.yes, first.no, second.yes, second.no]).size, 4);
  await replyAndHear(base, phone, 'да');
  assertError(await pollLater(first.requestId), 400, 'authorization_pending');
  assertError(await pollLater(second.requestId), 400, 'authorization_pending');
  await replyAndHear(base, phone, second.yes);
  await replyAndHear(base, phone, first.no);
  assertError(await pollLater(first.requestId), 400, 'access_denied');
  assert.equal((await pollLater(second.requestId)).status, 200);
});

test('the first answer wins', async () => {
  const { requestId, yes, no } = await askAndDeliver(base, persons.ybyrai);
  await replyAndHear(base, persons.ybyrai.phone, no);
  await replyAndHear(base, persons.ybyrai.phone, yes);
  assertError(await pollLater(requestId), 400, 'access_denied');
});

test('silence ends the request, and a late answer revives nothing', async () => {
  const { requestId, asked, yes } = await askAndDeliver(base, persons.abai, { requested_expiry: '3600' });
  assert.ok(asked.expires_in <= 3600);
  await advance(base, 'PT1H');
  assertError(await pollLater(requestId), 400, 'expired_token');
  await reply(base, persons.abai.phone, yes);
  assertError(await pollLater(requestId), 400, 'expired_token');
});

test('a poll before the interval is slow_down', async () => {
  const { requestId, no } = await askAndDeliver(base, persons.ybyrai);
  assertError(await pollLater(requestId), 400, 'authorization_pending');
  assertError(await poll(base, requestId), 400, 'slow_down');
  await replyAndHear(base, persons.ybyrai.phone, no);
});

test('a request belongs to its asker', async () => {
  const { requestId, no } = await askAndDeliver(base, persons.ybyrai);
  assertError(await poll(base, requestId, insurer), 400, 'invalid_grant');
  assertError(await poll(base, 'no-such-request'), 400, 'invalid_grant');
  await replyAndHear(base, persons.ybyrai.phone, no);
});

test('the same client_request_id asks once; with another request it is refused', async () => {
  const first = await askAndDeliver(base, persons.abai, { client_request_id: 'loan-77' });
  const again = await ask(base, persons.abai, { client_request_id: 'loan-77' });
  assert.equal(again.json.auth_req_id, first.requestId);
  const other = await ask(base, persons.ybyrai, { client_request_id: 'loan-77' });
  assert.ok([400, 409].includes(other.status), other.text);
  const count = (await received(base, persons.abai.phone)).length;
  await replyAndHear(base, persons.abai.phone, first.no);
  assert.equal((await received(base, persons.abai.phone)).length, count + 1, 'the receipt, and no second question');
});

test('tokens end: refresh, introspection is for those concerned, revocation is at once', async () => {
  const tokens = await consent(base, persons.eleventh);
  const { iin } = persons.eleventh;
  const refreshed = await refresh(base, tokens.refresh_token);
  assert.equal(refreshed.status, 200, refreshed.text);
  const token = refreshed.json.access_token;
  assert.notEqual(claims(token).jti, claims(tokens.access_token).jti);

  assert.equal((await introspect(base, token, gbdfl)).json.active, true, 'the data owner sees it');
  const stranger = await introspect(base, token, insurer);
  assert.deepEqual(stranger.json, { active: false }, 'a stranger learns nothing');
  assert.deepEqual((await introspect(base, 'nonsense')).json, { active: false });

  assert.equal((await revoke(base, token, insurer)).status, 200, 'RFC 7009 section 2.2: says nothing to a stranger');
  assert.equal((await introspect(base, token)).json.active, true, 'and ends nothing');
  assert.equal((await revoke(base, token)).status, 200);
  assert.deepEqual((await introspect(base, token)).json, { active: false });
  assert.equal((await introspect(base, token, gbdfl)).json.active, false);
  const refused = await call(base, token, { iin, key: 'after-revocation' });
  assert.ok([401, 403].includes(refused.status), refused.text);
});

test('an expired token opens nothing', async () => {
  const tokens = await consent(base, persons.twelfth);
  await advance(base, 'PT11M');
  assert.deepEqual((await introspect(base, tokens.access_token)).json, { active: false });
  const refused = await call(base, tokens.access_token, { iin: persons.twelfth.iin, key: 'expired-1' });
  assert.equal(refused.status, 401, refused.text);
  const refreshed = await refresh(base, tokens.refresh_token);
  assert.equal(refreshed.status, 200, 'the consent lives on');
  await advance(base, 'P31D');
  assertError(await refresh(base, tokens.refresh_token), 400, 'invalid_grant');
});

test('a person without a phone cannot be reached: the request ends undeliverable, never granted', async () => {
  const asked = await ask(base, persons.withoutPhone);
  if (asked.status === 200) {
    const end = await eventually(async () => {
      const answer = await pollLater(asked.json.auth_req_id);
      return answer.json.error === 'authorization_pending' ? undefined : answer;
    }, 'the end of an undeliverable request');
    assertError(end, 400, 'access_denied');
  } else {
    assert.equal(asked.status, 400, asked.text);
  }
});

test('service keys that do not exist are told apart from those that may not be used', async () => {
  const { access_token: token } = await consent(base, persons.abai);
  assert.equal((await call(base, token, { iin: persons.abai.iin, service: 'NoSuchService', key: 'none-1' })).status, 404);
  const outside = await call(base, token, { iin: persons.abai.iin, service: familyService, key: 'none-2' });
  assert.equal(outside.status, 403, outside.text);
  assert.notEqual(service, familyService);
});
