// SPDX-License-Identifier: Apache-2.0
// Changes of consents arrive at those who hold them: signed (RFC 8417), pushed (RFC 8935) or polled (RFC 8936), until they
// are confirmed. jose verifies what real receivers get.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { codes, get, postJson, send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { command, eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { basic, call, consent } from '../support/oauth.mjs';
import { accept, Receiver } from '../support/receiver.mjs';
import { advance } from '../support/sandbox.mjs';
import { bank, details, gbdfl, insurer, persons } from '../support/world.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { createRemoteJWKSet, jwtVerify } = createRequire(path.join(root, 'tests/clients/package.json'))('jose');

const [push, poll] = ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'];
const { abai, ybyrai } = persons;
const consentOf = (tokens) => tokens.authorization_details[0].consent;
const jti = (token) => claims(token).jti;

const settle = (base, system, delivery) =>
  send(base, 'PUT', '/api/v1/events/stream', {
    headers: { 'content-type': 'application/json', ...basic(system) },
    body: JSON.stringify({ delivery }),
  });
const stream = async (base, system) => (await get(base, '/api/v1/events/stream', basic(system))).json;
const ask = (base, system, body = {}) => postJson(base, '/events/poll', body, basic(system));
const setsOf = async (base, system, body) => Object.values((await ask(base, system, body)).json.sets);

async function registered(base, system, receiver) {
  const answer = await settle(base, system, { method: push, endpoint_url: receiver.url });
  assert.equal(answer.status, 200, answer.text);
}

// RFC 8417: typ, keys of the issuer, audience; and what is ours.
async function verify(base, set, system, issuer = base) {
  const { payload, protectedHeader } = await jwtVerify(set, createRemoteJWKSet(new URL(`${base}/jwks`)), {
    typ: 'secevent+jwt', algorithms: ['ES256'], issuer, audience: system.key,
    requiredClaims: ['jti', 'iat', 'toe', 'txn', 'sub_id', 'events'],
  });
  assert.equal(protectedHeader.typ, 'secevent+jwt');
  assert.equal(payload.sub, undefined, 'a SET passes for no other token');
  assert.equal(payload.exp, undefined);
  assert.equal(payload.sub_id.format, 'opaque');
  const [[uri, event]] = Object.entries(payload.events);
  for (const { iin, phone, surname } of Object.values(persons)) {
    const text = JSON.stringify(payload) + JSON.stringify(protectedHeader);
    for (const word of [iin, phone, surname].filter(Boolean)) assert.ok(!text.includes(word), 'nobody is named');
  }
  return { ...payload, uri, event };
}

// Events of one consent, oldest first, once there are so many.
function pushed(receiver, id, count) {
  return eventually(async () => {
    const mine = receiver.calls.filter(({ body }) => Object.values(claims(body).events)[0].consent === id);
    return mine.length >= count ? mine : undefined;
  }, `${count} events about ${id}`);
}

const receiversOf = async (cabinet, id) =>
  Object.fromEntries((await cabinet.read(`/consents/${id}`)).receivers.map((each) => [each.system, each]));

let server;
let base;
before(async () => {
  server = await Kelisim.start();
  ({ base } = server);
});
after(() => server.stop());

async function confirmed(cabinet, id, system, event) {
  return eventually(async () => {
    const receiver = (await receiversOf(cabinet, id))[system.key];
    return receiver?.event === event && receiver.state === 'confirmed' ? receiver : undefined;
  }, `${event} confirmed by ${system.key}`);
}

test('pause, resumption and withdrawal are pushed to the initiator and to the owner that saw a token', async () => {
  const initiator = await Receiver.start();
  const owner = await Receiver.start();
  await registered(base, bank, initiator);
  await registered(base, gbdfl, owner);
  const tokens = await consent(base, abai);
  const id = consentOf(tokens);
  assert.equal((await call(base, tokens.access_token, { iin: abai.iin })).status, 200);
  const cabinet = await Cabinet.signIn(base, abai);
  await eventually(async () => ((await cabinet.read('/uses')).items[0].state === 'delivered' ? true : undefined), 'the use');
  for (const step of ['pause', 'resume', 'withdraw']) await cabinet.post(`/consents/${id}/${step}`);

  for (const [receiver, system] of [[initiator, bank], [owner, gbdfl]]) {
    const calls = await pushed(receiver, id, 3);
    const sets = await Promise.all(calls.map(({ body }) => verify(base, body, system)));
    const states = sets.map(({ event }) => event.state);
    assert.deepEqual(states.toSorted(), ['active', 'paused', 'withdrawn']);
    assert.deepEqual(sets.toSorted((a, b) => (a.event.at < b.event.at ? -1 : 1)).map(({ uri }) => uri),
      ['paused', 'resumed', 'withdrawn'].map((word) => `urn:kelisim:event:consent:${word}`), 'their times tell the order');
    for (const set of sets) assert.equal(set.sub_id.id, jti(tokens.access_token));
    for (const { method, url, headers } of calls) {
      assert.equal(`${method} ${url}`, 'POST /events?from=kelisim');
      assert.equal(headers['content-type'], 'application/secevent+jwt');
      assert.equal(headers.accept, 'application/json');
    }
    const last = sets.find(({ event }) => event.state === 'withdrawn');
    assert.ok(last.event.object_by > last.event.at);
    const seen = await confirmed(cabinet, id, system, 'consent.withdrawn');
    assert.ok(seen.told_at && seen.confirmed_at >= seen.told_at);
    assert.equal(seen.waiting_since, null);
  }
  const txns = (calls) => calls.map(({ body }) => claims(body).txn).toSorted();
  assert.deepEqual(txns(await pushed(initiator, id, 3)), txns(await pushed(owner, id, 3)), 'one change, one txn');
  const jtis = [...initiator.calls, ...owner.calls].map(({ body }) => claims(body).jti);
  assert.equal(new Set(jtis).size, jtis.length, 'each told once');
  await Promise.all([initiator.stop(), owner.stop()]);
});

test('an owner that saw no token hears nothing, nor does an initiator that had none', async () => {
  await settle(base, bank, { method: poll });
  await settle(base, gbdfl, { method: poll });
  await setsOf(base, bank, {});
  const tokens = await consent(base, ybyrai);
  const cabinet = await Cabinet.signIn(base, ybyrai);
  await cabinet.post(`/consents/${consentOf(tokens)}/withdraw`);
  const about = async (system) =>
    (await setsOf(base, system)).filter((set) => Object.values(claims(set).events)[0].consent === consentOf(tokens));
  await eventually(async () => ((await about(bank)).length === 1 ? true : undefined), 'the event of the initiator');
  assert.equal((await about(gbdfl)).length, 0);
  assert.deepEqual(Object.keys(await receiversOf(cabinet, consentOf(tokens))), [bank.key]);
});

test('exhaustion and expiry are told as well', async () => {
  await settle(base, bank, { method: poll });
  await settle(base, gbdfl, { method: poll });
  const once = await consent(base, abai, { authorization_details: details({ uses_max: 1 }) });
  assert.equal((await call(base, once.access_token, { iin: abai.iin })).status, 200);
  const short = await consent(base, abai, { authorization_details: details({ term: 'P1D' }) });
  await advance(base, 'P2D');
  const states = async (system) =>
    Object.fromEntries((await setsOf(base, system)).map((set) => Object.values(claims(set).events)[0]).map(({ consent: id, state }) => [id, state]));
  await eventually(async () => ((await states(bank))[consentOf(short)] === 'expired' ? true : undefined), 'the expiry');
  assert.equal((await states(bank))[consentOf(once)], 'exhausted');
  assert.equal((await states(gbdfl))[consentOf(once)], 'exhausted');
  assert.equal((await states(gbdfl))[consentOf(short)], undefined);
});

test('a failing receiver gets the same SET again, after longer and longer, and a SET error ends it', async () => {
  const receiver = await Receiver.start((number) => (number < 3 ? { status: 500 } : accept));
  const tokens = await consent(base, abai);
  const id = consentOf(tokens);
  const drained = await setsOf(base, bank);
  await ask(base, bank, { ack: drained.map(jti), maxEvents: 0 });
  await registered(base, bank, receiver);
  const cabinet = await Cabinet.signIn(base, abai);
  await cabinet.post(`/consents/${id}/pause`);
  await receiver.call(0);
  const waiting = await eventually(async () => {
    const found = await stream(base, bank);
    return found.failures > 0 ? found : undefined;
  }, 'the failure');
  assert.ok(waiting.waiting >= 1 && waiting.next_attempt);
  const seen = (await receiversOf(cabinet, id))[bank.key];
  assert.ok(seen.told_at && seen.waiting_since && !seen.confirmed_at);
  await advance(base, 'PT5M');
  await receiver.call(1);
  await eventually(async () => ((await stream(base, bank)).failures === 2 ? true : undefined), 'the second failure');
  await advance(base, 'PT5M');
  await receiver.call(2);
  await eventually(async () => ((await stream(base, bank)).failures === 3 ? true : undefined), 'the third failure');
  await advance(base, 'PT5M');
  await receiver.call(3);
  await confirmed(cabinet, id, bank, 'consent.paused');
  assert.equal(new Set(receiver.calls.map(({ body }) => jti(body))).size, 1, 'the same jti each time');

  receiver.answer = { status: 400, json: { err: 'invalid_audience', description: `who is ${abai.iin}?` } };
  await cabinet.post(`/consents/${id}/resume`);
  await receiver.call(4);
  const refused = await eventually(async () => {
    const found = (await receiversOf(cabinet, id))[bank.key];
    return found.state === 'refused' ? found : undefined;
  }, 'the refusal');
  assert.equal(refused.confirmed_at, null);
  assert.ok(refused.waiting_since, 'a refusal is no confirmation');
  await advance(base, 'PT10M');
  receiver.answer = accept;
  await cabinet.post(`/consents/${id}/withdraw`);
  await confirmed(cabinet, id, bank, 'consent.withdrawn');
  assert.equal(receiver.calls.length, 6, 'what was refused does not come again');
  await receiver.stop();
});

test('one silent receiver delays no other', async () => {
  const silent = await Receiver.start(null);
  const owner = await Receiver.start();
  const tokens = await consent(base, abai);
  const id = consentOf(tokens);
  assert.equal((await call(base, tokens.access_token, { iin: abai.iin })).status, 200);
  await registered(base, bank, silent);
  await registered(base, gbdfl, owner);
  const cabinet = await Cabinet.signIn(base, abai);
  const begun = Date.now();
  await cabinet.post(`/consents/${id}/pause`);
  await silent.call(0);
  await cabinet.post(`/consents/${id}/resume`);
  await pushed(owner, id, 2);
  assert.ok(Date.now() - begun < 4_000, 'before the silence of the other was over');
  assert.equal(silent.calls.length, 1, 'and nobody is hammered');
  await Promise.all([silent.stop(), owner.stop()]);
  await settle(base, bank, { method: poll });
});

test('a receiver that polls acknowledges in parts', async () => {
  await settle(base, bank, { method: poll });
  const old = await setsOf(base, bank);
  await ask(base, bank, { ack: old.map(jti), maxEvents: 0 });
  const tokens = await consent(base, abai);
  const id = consentOf(tokens);
  const cabinet = await Cabinet.signIn(base, abai);
  for (const step of ['pause', 'resume', 'pause']) await cabinet.post(`/consents/${id}/${step}`);
  const all = await eventually(async () => {
    const sets = await setsOf(base, bank);
    return sets.length === 3 ? sets : undefined;
  }, 'three events');
  const [first, second, third] = await Promise.all(all.map((set) => verify(base, set, bank)));
  const one = await ask(base, bank, { maxEvents: 1, returnImmediately: true });
  assert.deepEqual(Object.keys(one.json.sets), [first.jti]);
  assert.equal(one.json.moreAvailable, true);
  const rest = await ask(base, bank, { ack: [first.jti, 'no such thing', third.txn], setErrs: { [second.jti]: { err: 'invalid_key' } } });
  assert.deepEqual(Object.keys(rest.json.sets), [third.jti]);
  assert.equal(rest.json.moreAvailable, undefined);
  assert.deepEqual((await ask(base, bank, { maxEvents: 0 })).json, { sets: {}, moreAvailable: true });
  assert.deepEqual((await ask(base, bank, { ack: [third.jti] })).json, { sets: {} });
  assert.deepEqual((await ask(base, bank, { ack: [third.jti, first.jti] })).json, { sets: {} }, 'again is no harm');
  await confirmed(cabinet, id, bank, 'consent.paused');
});

test('nobody acknowledges for another, and nobody unknown is told', async () => {
  const tokens = await consent(base, abai);
  const cabinet = await Cabinet.signIn(base, abai);
  await cabinet.post(`/consents/${consentOf(tokens)}/withdraw`);
  const [set] = await eventually(async () => {
    const sets = (await setsOf(base, bank)).filter((each) => Object.values(claims(each).events)[0].consent === consentOf(tokens));
    return sets.length > 0 ? sets : undefined;
  }, 'the event');
  assert.deepEqual((await ask(base, insurer, { ack: [jti(set)] })).json, { sets: {} });
  assert.ok((await setsOf(base, bank)).some((each) => jti(each) === jti(set)), 'it still waits');
  for (const [method, where] of [['POST', '/events/poll'], ['GET', '/api/v1/events/stream'], ['PUT', '/api/v1/events/stream']]) {
    assert.equal((await send(base, method, where)).status, 401);
  }
});

test('a stream that cannot be is refused and the old one stays', async () => {
  const before = await stream(base, insurer);
  assert.deepEqual(before.delivery, { method: poll, endpoint_url: `${before.iss}/events/poll` });
  for (const [delivery, code] of [
    [{ method: 'urn:ietf:rfc:0' }, 'event_method_unknown'],
    [{ method: push }, 'event_endpoint_malformed'],
    [{ method: poll, endpoint_url: 'http://bank.kz/' }, 'event_endpoint_malformed'],
    ...['ftp://bank.kz/', 'bank.kz', 'http://u:p@bank.kz/', 'http://bank.kz/#a', 'http://bank.kz/../a'].map((url) => [
      { method: push, endpoint_url: url }, 'event_endpoint_malformed']),
    [{ method: push, endpoint_url: `http://bank.kz/${'a'.repeat(1024)}` }, 'json_member_range'],
    [{ method: push, endpoint_url: 'http://bank.kz/', more: 1 }, 'json_member_unknown'],
  ]) {
    const answer = await settle(base, insurer, delivery);
    assert.equal(answer.status, 400, answer.text);
    assert.ok(codes(answer.json).includes(code), `${JSON.stringify(delivery)}: ${answer.text}`);
  }
  assert.deepEqual(await stream(base, insurer), before);
  const receiver = await Receiver.start();
  await registered(base, insurer, receiver);
  const polled = await ask(base, insurer);
  assert.equal(polled.status, 409);
  assert.deepEqual(codes(polled.json), ['event_stream_pushed']);
  for (const body of [{ ack: 'x' }, { ack: [1] }, { maxEvents: -1 }, { setErrs: { x: 1 } }, { setErrs: { x: {} } },
    { setErrs: { x: { err: '<b>' } } }, { more: 1 }, { ack: Array(1001).fill('x') }]) {
    assert.equal((await ask(base, bank, body)).status, 400, JSON.stringify(body).slice(0, 80));
  }
  await settle(base, insurer, { method: poll });
  await receiver.stop();
});

// Nothing lost, and nothing twice after it was acknowledged.
test('events outlive a kill; the operator lists and replays', async () => {
  const data = await temporaryDirectory();
  // Retry-After: nothing comes again before the clock is moved.
  const receiver = await Receiver.start({ status: 503, headers: { 'retry-after': '3500' } });
  try {
    const first = await Kelisim.start({ data });
    const issuer = first.base;
    const tokens = await consent(first.base, abai);
    const id = consentOf(tokens);
    await registered(first.base, bank, receiver);
    const cabinet = await Cabinet.signIn(first.base, abai);
    await cabinet.post(`/consents/${id}/pause`);
    await receiver.call(0);
    await eventually(async () => ((await stream(first.base, bank)).failures === 1 ? true : undefined), 'the failure');
    await cabinet.post(`/consents/${id}/resume`);
    await eventually(async () => ((await stream(first.base, bank)).waiting === 2 ? true : undefined), 'both events');
    await first.kill();
    const waiting = (await command('events', 'list', '--data', data)).stdout;
    assert.match(waiting, new RegExp(`waiting ${bank.key} \\S+ ${id} consent.paused .*attempts 1`));
    assert.ok(!waiting.includes(abai.iin));

    receiver.answer = (number) => (number === 1 ? { status: 400, json: { err: 'invalid_key' } } : accept);
    const begun = receiver.calls.length;
    assert.equal(begun, 1);
    const second = await Kelisim.start({ data });
    await advance(second.base, 'PT1H');
    await pushed(receiver, id, 3);
    await eventually(async () => ((await stream(second.base, bank)).waiting === 0 ? true : undefined), 'all told');
    const sets = await Promise.all(receiver.calls.map(({ body }) => verify(second.base, body, bank, issuer)));
    assert.deepEqual(sets.map(({ event }) => event.state), ['paused', 'active', 'paused'], 'what failed holds nothing up');
    assert.equal(sets[0].jti, sets[2].jti);
    await second.stop();

    const refused = (await command('events', 'list', '--data', data)).stdout;
    assert.match(refused, /refused DEMOBANK .*consent.resumed.*invalid_key/);
    assert.match(refused, /^1 events without/m);
    assert.match((await command('events', 'replay', '--data', data)).stdout, /^1 events wait again/);
    const third = await Kelisim.start({ data });
    await receiver.call(3);
    await eventually(async () => ((await stream(third.base, bank)).waiting === 0 ? true : undefined), 'the replay');
    assert.equal(jti(receiver.calls[3].body), sets[1].jti);
    await advance(third.base, 'P1D');
    await third.stop();
    assert.equal(receiver.calls.length, 4, 'nothing comes again after it was acknowledged');
    assert.match((await command('events', 'list', '--data', data)).stdout, /^0 events without/m);
  } finally {
    await receiver.stop();
    await rm(data, { recursive: true, force: true });
  }
});

// A receiver names its own endpoint, and might name one of ours.
test('outside the sandbox no endpoint lies in a private network, whatever its name says', async () => {
  const data = await temporaryDirectory();
  const receiver = await Receiver.start();
  try {
    const file = path.join(data, 'kelisim.toml');
    await writeFile(file, `${await readFile(patient, 'utf8')}\n[events]\nendpoints = "public"\n`);
    const strict = await Kelisim.start({ data: path.join(data, 'data'), config: file });
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '192.168.1.1', '169.254.169.254', 'localhost']) {
      const answer = await settle(strict.base, bank, { method: push, endpoint_url: `http://${host}:${receiver.port}/` });
      assert.equal(answer.status, 400, host);
      assert.deepEqual(codes(answer.json), ['event_endpoint_not_public'], host);
    }
    // A name that resolves to loopback is refused when it is called: nothing reaches the receiver.
    const named = await settle(strict.base, bank, { method: push, endpoint_url: `http://localhost.:${receiver.port}/` });
    const tokens = await consent(strict.base, abai);
    const cabinet = await Cabinet.signIn(strict.base, abai);
    await cabinet.post(`/consents/${consentOf(tokens)}/pause`);
    if (named.status === 200) {
      await eventually(async () => ((await stream(strict.base, bank)).failures > 0 ? true : undefined), 'a push that failed');
    }
    await strict.stop();
    assert.equal(receiver.calls.length, 0);
  } finally {
    await receiver.stop();
    await rm(data, { recursive: true, force: true });
  }
});
