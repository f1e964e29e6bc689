// SPDX-License-Identifier: Apache-2.0
// The five channels of 236/НК п.7 over HTTP, representatives, and what protects people from questions.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Cabinet } from '../support/cabinet.mjs';
import { codes, get } from '../support/http.mjs';
import { claims, clientKey, jwt } from '../support/jwt.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { ask, askAndDeliver, call, consent, poll } from '../support/oauth.mjs';
import { advance, message, received, reply, replyAndHear } from '../support/sandbox.mjs';
import { bank, details, insurer, persons, police, proactive, rescue } from '../support/world.mjs';

const bankBin = '000140000353';
const providerBin = '000140000499';

let server;
let base;
let issuer;
before(async () => {
  server = await Kelisim.start();
  base = server.base;
  issuer = (await get(base, '/.well-known/openid-configuration')).json.issuer;
});
after(() => server.stop());

// As sandbox/world.toml registers it for the campaign.
const offeredText =
  'Бағдарламаңыздың тізілімдегі атауы өзгерді. Рұқсатты жаңа атаумен өтінішсіз қайта ресімдеуге келісесіз бе?';
const textSha256 = (text) => createHash('sha256').update(text).digest('base64url');

// What the organisation signs for a request: claims can be replaced or, by undefined, dropped.
async function proof(bin, person, authorizationDetails, overrides = {}) {
  const { key } = await clientKey(server.data, `proof-${bin}`);
  const now = Math.floor(Date.parse((await get(base, '/sandbox/clock')).json.now) / 1000);
  const payload = {
    cbin: bin,
    mcheck: 'Bio',
    aud: issuer,
    jti: randomUUID(),
    sub: person.iin,
    iat: now - 10,
    exp: now + 600,
    authorization_details_sha256: createHash('sha256').update(JSON.stringify(authorizationDetails)).digest('base64url'),
    ...overrides,
  };
  return { jws: jwt({ header: { alg: 'ES256', typ: 'JWT', kid: thumbprint(key) }, payload, key }), now };
}

// RFC 7638, under which the sandbox publishes the key.
function thumbprint(key) {
  const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

function assertRefused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(codes(answer.json).includes(code), answer.text);
}

async function redeemed(requestId, client) {
  const answer = await poll(base, requestId, client);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

const account = details({ purpose: 'account-opening', term: 'P1D', uses_max: 1 });

// KDP-7.2, KDP-10.2
test('own means: the signed proof opens at once, the person is told, and it counts once', async () => {
  const { jws } = await proof(bankBin, persons.abai, account);
  const before = (await received(base, persons.abai.phone)).length;
  const asked = await ask(base, persons.abai, { authorization_details: account, proof: jws });
  assert.equal(asked.status, 200, asked.text);
  const token = await redeemed(asked.json.auth_req_id, bank);
  assert.equal(claims(token.id_token).acr, 'urn:kelisim:acr:own-means');
  assert.match(await message(base, persons.abai.phone, before), /келісіміңізді растады/);
  const data = await call(base, token.access_token, { iin: persons.abai.iin, key: 'own-means' });
  assert.equal(data.status, 200, data.text);
  assertRefused(await ask(base, persons.abai, { authorization_details: account, proof: jws }), 400, 'proof_reused');
});

test('own means: a proof without signature, of another key, person, request or time opens nothing', async () => {
  const asking = (jws) => ask(base, persons.abai, { authorization_details: account, proof: jws });
  const refused = async (code, person, of, overrides) =>
    assertRefused(await asking((await proof(bankBin, person, of, overrides)).jws), 403, code);
  assertRefused(await ask(base, persons.abai, { authorization_details: account }), 400, 'proof_missing');
  assertRefused(await asking('nonsense'), 403, 'proof_invalid');
  const { jws } = await proof(bankBin, persons.abai, account);
  assertRefused(await asking(`${jws.slice(0, jws.lastIndexOf('.'))}.`), 403, 'proof_invalid');
  assertRefused(await asking((await proof(providerBin, persons.abai, account)).jws), 403, 'proof_invalid');
  await refused('proof_invalid', persons.abai, account, { aud: 'http://elsewhere' });
  await refused('proof_other_organisation', persons.abai, account, { cbin: providerBin });
  await refused('proof_other_person', persons.ybyrai, account);
  await refused('proof_other_request', persons.abai, details());
  await refused('proof_not_timely', persons.abai, account, { iat: 1, exp: 600 });
  await refused('proof_method_unknown', persons.abai, account, { mcheck: 'Click' });
});

test('own means: a refusal that is proved is stored, and the initiator hears it', async () => {
  const { jws } = await proof(bankBin, persons.twelfth, account, { answer: 'no' });
  const asked = await ask(base, persons.twelfth, { authorization_details: account, proof: jws });
  const answer = await poll(base, asked.json.auth_req_id);
  assert.equal(answer.json.error, 'access_denied', answer.text);
});

// KDP-7.3, LAW-19.P
test('proactive: the answer of the mobile device within a campaign opens, anything else does not', async () => {
  const permit = details({ purpose: 'permit-reissue', term: 'P90D', uses_max: 2 });
  const asking = (jws) => ask(base, persons.ybyrai, { client: proactive, authorization_details: permit, proof: jws });
  const offer = (now) => ({
    mcheck: 'Mobile',
    campaign: 'trusted-software-rename',
    text_sha256: textSha256(offeredText),
    asked_at: now - 120,
    answered_at: now - 60,
  });
  const { now } = await proof(providerBin, persons.ybyrai, permit);
  const right = await proof(providerBin, persons.ybyrai, permit, offer(now));
  const asked = await asking(right.jws);
  assert.equal(asked.status, 200, asked.text);
  const token = await redeemed(asked.json.auth_req_id, proactive);
  assert.equal(claims(token.id_token).acr, 'urn:kelisim:acr:proactive');
  const bySignature = await proof(providerBin, persons.ybyrai, permit, { ...offer(now), mcheck: 'Ds' });
  assertRefused(await asking(bySignature.jws), 403, 'proof_method_unknown');
  const unregistered = textSha256(`${offeredText} Сыйлық аласыз!`);
  const invented = await proof(providerBin, persons.ybyrai, permit, { ...offer(now), text_sha256: unregistered });
  assertRefused(await asking(invented.jws), 403, 'proof_text_unknown');
  const elsewhere = await proof(providerBin, persons.ybyrai, permit, { ...offer(now), campaign: 'other' });
  assertRefused(await asking(elsewhere.jws), 403, 'proof_campaign_unknown');
});

// KDP-7.4
test('logging: a ground of the connection opens without a question, another does not', async () => {
  const aid = details({ purpose: 'emergency-aid', uses_max: 1 });
  const options = { client: rescue, authorization_details: aid };
  const before = (await received(base, persons.tenth.phone)).length;
  assertRefused(await ask(base, persons.tenth, options), 400, 'request_ground_missing');
  assertRefused(await ask(base, persons.tenth, { ...options, ground: '94-V:9(1)' }), 403, 'request_ground_outside_connection');
  const asked = await ask(base, persons.tenth, { ...options, ground: '94-V:9(5)' });
  assert.equal(asked.status, 200, asked.text);
  const token = await redeemed(asked.json.auth_req_id, rescue);
  assert.equal((await call(base, token.access_token, { iin: persons.tenth.iin, key: 'aid' })).status, 200);
  assert.equal((await received(base, persons.tenth.phone)).length, before);
});

// KDP-3
test('a system that is exempt needs no connection, and another does not get its ground', async () => {
  const search = details({ purpose: undefined, term: 'P1D', uses_max: 1 });
  const options = { client: police, authorization_details: search };
  assertRefused(await ask(base, persons.tenth, options), 400, 'registry_no_connection');
  const asked = await ask(base, persons.tenth, { ...options, ground: '94-V:9(1)' });
  assert.equal(asked.status, 200, asked.text);
  const token = await redeemed(asked.json.auth_req_id, police);
  assert.equal((await call(base, token.access_token, { iin: persons.tenth.iin, key: 'search' })).status, 200);
  assertRefused(await ask(base, persons.tenth, { ground: '94-V:9(1)' }), 400, 'request_ground_not_for_channel');
});

// KDP-7.5
test('SMS code: only the code says yes, from the registered number', async () => {
  const contract = details({ purpose: 'insurance-contract', uses_max: 1 });
  const options = { client: insurer, authorization_details: contract };
  const { requestId, yes: code, check } = await askAndDeliver(base, persons.eleventh, options);
  assert.match(code, /^\d{6}$/);
  await reply(base, persons.abai.phone, code);
  assert.match(await replyAndHear(base, persons.eleventh.phone, 'иә'), /түсініксіз/);
  assert.match(await replyAndHear(base, persons.eleventh.phone, check), /Бұл SMS-ті біз жібердік/);
  const wrong = code === '111111' ? '222222' : '111111';
  assert.match(await replyAndHear(base, persons.eleventh.phone, wrong), /Код қате/);
  assert.match(await replyAndHear(base, persons.eleventh.phone, ` ${code.slice(0, 3)}-${code.slice(3)} `), /келісім бердіңіз/);
  await advance(base, 'PT6S');
  assert.equal(claims((await redeemed(requestId, insurer)).id_token).acr, 'urn:kelisim:acr:sms-code');
});

// LAW-36.2
test('a child is asked through the parent', async () => {
  const { requestId, question, yes } = await askAndDeliver(base, { ...persons.daughter, phone: persons.eighth.phone });
  assert.match(question, /Дочь/);
  await replyAndHear(base, persons.eighth.phone, yes);
  await advance(base, 'PT6S');
  const token = await redeemed(requestId, bank);
  assert.equal(claims(token.access_token).sub, persons.daughter.iin);
  assert.equal((await call(base, token.access_token, { iin: persons.daughter.iin, key: 'child' })).status, 200);
  assertRefused(await call(base, token.access_token, { iin: persons.eighth.iin, key: 'parent' }), 403, 'use_person_differs');
});

// KDP-2.3: the first answer wins, and only one.
test('two answers at once from two channels: one counts, and the request says the same to everybody', async () => {
  const seen = new Set();
  for (let round = 0; round < 6; round += 1) {
    const { requestId, no, check } = await askAndDeliver(base, persons.twelfth);
    const cabinet = await Cabinet.signIn(base, persons.twelfth);
    const [waiting] = (await cabinet.read('/requests?state=waiting')).items;
    assert.equal(waiting.check, check, 'the code of the SMS stands in the cabinet');
    const path = `/requests/${waiting.id}`;
    const code = await cabinet.codeFor(path);
    // The SMS goes a way through the outbox: the later the cabinet, the likelier it comes second.
    const inCabinet = setTimeout(round * 4).then(() => cabinet.post(`${path}/answer`, { answer: 'yes', code }));
    const [answered] = await Promise.all([inCabinet, reply(base, persons.twelfth.phone, no)]);
    const state = await eventually(async () => {
      const { state: now } = await cabinet.read(path);
      return now === 'asked' || now === 'recorded' ? undefined : now;
    }, 'an answer');
    assert.ok(['granted', 'refused'].includes(state), state);
    assert.equal(answered.status, state === 'granted' ? 200 : 409, answered.text);
    await advance(base, 'PT6S');
    const polled = await poll(base, requestId);
    assert.equal(polled.status === 200, state === 'granted', polled.text);
    seen.add(state);
  }
  console.log(`# answered first: ${[...seen]}`);
});

test('a thousand uses at once against a cap of three: three pass', async () => {
  const { access_token: token } = await consent(base, persons.abai, { authorization_details: details({ uses_max: 3 }) });
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, number) => call(base, token, { iin: persons.abai.iin, key: `cap-${number}` })),
  );
  const count = (status) => answers.filter((answer) => answer.status === status).length;
  assert.equal(count(200), 3);
  assert.equal(count(403), 997, `others: ${answers.map(({ status }) => status).filter((s) => s !== 200 && s !== 403)}`);
});

test('on a server with its own defaults the fourth question of a day is stopped, and none is lost silently', async () => {
  const strict = await Kelisim.start({ config: null });
  try {
    for (let number = 0; number < 3; number += 1) {
      const { yes } = await askAndDeliver(strict.base, persons.abai);
      await replyAndHear(strict.base, persons.abai.phone, yes);
    }
    assertRefused(await ask(strict.base, persons.abai), 403, 'question_too_many_of_asker');
    const [stopped] = (await (await Cabinet.signIn(strict.base, persons.abai)).read('/requests')).items;
    assert.equal(stopped.state, 'stopped');
    assert.deepEqual(stopped.stopped_for.map(({ code }) => code), ['question_too_many_of_asker'], 'the person sees why');
    const { no } = await askAndDeliver(strict.base, persons.ybyrai);
    await replyAndHear(strict.base, persons.ybyrai.phone, no);
    assertRefused(await ask(strict.base, persons.ybyrai), 403, 'question_too_soon');
    await advance(strict.base, 'PT5M');
    assert.equal((await ask(strict.base, persons.ybyrai)).status, 200);
  } finally {
    await strict.stop();
  }
});
