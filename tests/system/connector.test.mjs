// SPDX-License-Identifier: Apache-2.0
// The client connector (INT-2.14): a core that knows plain HTTP and nothing else asks for consent and gets data, whatever becomes of the
// question, of the gateway, or of the connector itself.
import assert from 'node:assert/strict';
import { chmod, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { Connector } from '../support/connector.mjs';
import { dpopKey, proof } from '../support/dpop.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { codes, send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { command, eventually, Kelisim } from '../support/kelisim.mjs';
import { advance, question, received, replyAndHear } from '../support/sandbox.mjs';
import { insurer, persons, service } from '../support/world.mjs';

const { abai, eighth, eleventh, tenth, twelfth, unknown, ybyrai } = persons;

let server, proxy, connector;

before(async () => {
  server = await Kelisim.start();
  proxy = await FaultProxy.start();
  proxy.target = Number(new URL(server.base).port);
  connector = await Connector.started(server, { gateway: `http://127.0.0.1:${proxy.port}` });
});
after(async () => {
  await connector.stop();
  await proxy.stop();
  await server.stop();
});

const seen = async (person) => (await received(server.base, person.phone)).length;
// Asks, and waits until the question is on the phone.
async function asked(person, more) {
  const count = await seen(person);
  const answer = await connector.ask(person, more);
  assert.equal(answer.status, 202, answer.text);
  assert.equal(answer.json.state, 'waiting', answer.text);
  return { id: answer.json.id, ...(await question(server.base, person.phone, count)) };
}
async function granted(person, more) {
  const { id, yes } = await asked(person, more);
  await replyAndHear(server.base, person.phone, yes);
  const answer = await connector.look(id);
  assert.equal(answer.json.state, 'granted', answer.text);
  return id;
}
// A poll waits for the pace of the gateway.
const became = (id, state) => eventually(async () => {
  const { json } = await connector.look(id);
  return json.state === state ? json : undefined;
}, `state ${state}`, 20_000);
function refusedWith(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(answer.codes.includes(code), answer.text);
  for (const reason of answer.json.reasons) assert.ok(reason.kk && reason.ru && reason.en, answer.text);
}

test('a person who agrees: the data, as agreed, and a repeat that is no second use', async () => {
  const { id, yes } = await asked(abai, { uses_max: 3 });
  refusedWith(await connector.data(id), 409, 'connector_not_answered');
  assert.equal((await connector.look(id)).json.state, 'waiting');
  await replyAndHear(server.base, abai.phone, yes);
  assert.deepEqual((await became(id, 'granted')).reasons, []);

  const whole = await connector.data(id);
  assert.equal(whole.status, 200, whole.text);
  assert.deepEqual(Object.keys(whole.json).sort(), ['name', 'surname']);
  assert.equal(whole.json.surname, abai.surname);
  const first = await connector.data(id, { fields: ['surname'], key: 'case-1' });
  assert.deepEqual(first.json, { surname: abai.surname });
  assert.equal(first.headers.get('idempotency-replayed'), null);
  const again = await connector.data(id, { fields: ['surname'], key: 'case-1' });
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(again.json, first.json);
  refusedWith(await connector.data(id, { fields: ['name'], key: 'case-1' }), 409, 'use_key_reused');
  refusedWith(await connector.data(id, { fields: ['surname', 'birthDate'] }), 403, 'use_fields_outside');
  assert.equal((await connector.data(id)).status, 200);
  refusedWith(await connector.data(id), 403, 'use_consent_exhausted');
  // What was answered stays answered.
  assert.equal((await connector.data(id, { fields: ['surname'], key: 'case-1' })).status, 200);
});

test('a person who refuses, with the reason in three languages', async () => {
  const { id, no } = await asked(ybyrai);
  await replyAndHear(server.base, ybyrai.phone, no);
  const { json } = await connector.look(id);
  assert.equal(json.state, 'refused');
  assert.equal(json.reasons[0].code, 'oauth_refused');
  assert.equal(json.reasons[0].kk, 'Адам бас тартты.');
  assert.equal(json.reasons[0].ru, 'Человек отказал.');
  refusedWith(await connector.data(id), 403, 'oauth_refused');
});

test('a person who never answers', async () => {
  const { id } = await asked(tenth, { answer_within: 60 });
  await advance(server.base, 'PT2M');
  const { json } = await connector.look(id);
  assert.equal(json.state, 'expired');
  assert.equal(json.reasons[0].code, 'oauth_expired');
  refusedWith(await connector.data(id), 403, 'oauth_expired');
});

test('a person who withdraws meanwhile, and one who pauses and goes on', async () => {
  const id = await granted(eleventh);
  assert.equal((await connector.data(id)).status, 200);
  const cabinet = await Cabinet.signIn(server.base, eleventh);
  const { items } = await cabinet.read('/consents');
  const [consent] = items;
  const act = async (what) => {
    const done = await cabinet.post(`/consents/${consent.id}/${what}`);
    assert.equal(done.status, 200, done.text);
  };
  await act('pause');
  refusedWith(await connector.data(id), 403, 'oauth_consent_ended');
  assert.equal((await connector.look(id)).json.state, 'ended');
  await act('resume');
  assert.equal((await connector.data(id)).status, 200);
  assert.equal((await connector.look(id)).json.state, 'granted');
  await act('withdraw');
  refusedWith(await connector.data(id), 403, 'oauth_consent_ended');
  assert.equal((await connector.look(id)).json.reasons[0].code, 'oauth_consent_ended');
});

// RFC 9449: who reads along has token and proof, and can do nothing with either.
test('a token that was stolen on its way opens nothing', async () => {
  const id = await granted(ybyrai, { uses_max: 2 });
  proxy.heard = '';
  assert.equal((await connector.data(id)).status, 200);
  const header = (name) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(proxy.heard)?.[1];
  const [scheme, token] = header('authorization').split(' ');
  const shown = header('dpop');
  proxy.heard = null;
  assert.equal(scheme, 'DPoP');
  const { now } = await (await fetch(`${server.base}/sandbox/clock`)).json();
  assert.equal(claims(shown).htu, `${claims(token).iss}/gateway/${service}/person`);

  const thief = dpopKey();
  const use = async (authorization, headers = {}, path = 'person') => {
    const answer = await send(server.base, 'POST', `/gateway/${service}/${path}`, {
      headers: { 'content-type': 'application/json', authorization, ...headers },
      body: JSON.stringify({ iin: ybyrai.iin, fields: ['surname'] }),
    });
    assert.equal(answer.status, 401, answer.text);
    assert.ok(!answer.text.includes(ybyrai.surname));
    return codes(answer.json);
  };
  assert.deepEqual(await use(`Bearer ${token}`), ['token_proof_missing']);
  assert.deepEqual(await use(`DPoP ${token}`), ['dpop_proof_invalid']);
  assert.deepEqual(await use(`DPoP ${token}`, { dpop: shown }), ['dpop_proof_replayed']);
  assert.deepEqual(await use(`DPoP ${token}`, { dpop: shown }, 'other'), ['dpop_proof_invalid']);
  const own = proof(thief, 'POST', claims(shown).htu, { token, now: Date.parse(now) / 1000 });
  assert.deepEqual(await use(`DPoP ${token}`, { dpop: own }), ['token_proof_missing']);
  // None of it was a use.
  assert.equal((await connector.data(id)).status, 200);
  refusedWith(await connector.data(id), 403, 'use_consent_exhausted');
});

test('a token that anybody could use is not used', async () => {
  const { id, yes } = await asked(tenth);
  await proxy.become('unbound');
  await replyAndHear(server.base, tenth.phone, yes);
  const answer = await eventually(async () => {
    const seen = await connector.look(id);
    return seen.codes.length ? seen : undefined;
  }, 'a token without its key', 20_000);
  assert.deepEqual(answer.codes, ['connector_token_unbound']);
  assert.equal(answer.json.state, 'waiting');
  await proxy.become('none');
  await became(id, 'granted');
  assert.equal((await connector.data(id)).status, 200);
});

test('each start has another key, so that there is none to be stolen', async () => {
  const id = await granted(eighth);
  const key = async () => {
    proxy.heard = '';
    const answer = await connector.data(id, { fields: ['surname'], key: 'same-case' });
    assert.equal(answer.status, 200, answer.text);
    const { jwk } = JSON.parse(Buffer.from(/^dpop: ([^.]*)/im.exec(proxy.heard)[1], 'base64url'));
    proxy.heard = null;
    return { jwk, replayed: answer.headers.get('idempotency-replayed') };
  };
  const before = await key();
  assert.equal(before.replayed, null);
  await connector.kill();
  await connector.start();
  const after = await key();
  assert.notDeepEqual(after.jwk, before.jwk);
  assert.equal(after.replayed, 'true', 'no second use under another token');
});

test('a token that is over is fetched anew, until the consent is over', async () => {
  const id = await granted(twelfth, { term: 'P1D' });
  await advance(server.base, 'PT1H');
  assert.equal((await connector.data(id)).status, 200);
  await advance(server.base, 'P1D');
  refusedWith(await connector.data(id), 403, 'oauth_consent_ended');
  assert.equal((await connector.look(id)).json.state, 'ended');
});

test('a gateway that is down and comes back: nobody is asked twice, nothing is lost', async () => {
  const count = await seen(eighth);
  await proxy.become('refused');
  const early = await connector.ask(eighth, {}, { 'idempotency-key': 'down-1' });
  assert.equal(early.status, 202, early.text);
  assert.equal(early.json.state, 'waiting');
  assert.equal(early.codes[0], 'connector_gateway_unreachable');
  assert.equal((await connector.call('GET', '/healthz', { secret: '' })).json.gateway, 'does not answer');
  refusedWith(await connector.data(early.json.id), 503, 'connector_gateway_unreachable');
  await proxy.become('elsewhere');
  assert.equal((await connector.look(early.json.id)).json.state, 'waiting', 'a 404 decides nothing');
  // Answered, and the answer lost on its way: the gateway knows of the question, the connector not yet.
  await proxy.become('cut');
  const lost = await connector.look(early.json.id);
  assert.equal(lost.codes[0], 'connector_gateway_silent');
  await proxy.become('none');
  const repeated = await connector.ask(eighth, {}, { 'idempotency-key': 'down-1' });
  assert.equal(repeated.json.id, early.json.id);
  assert.deepEqual(repeated.json.reasons, []);
  const { yes } = await question(server.base, eighth.phone, count);
  await replyAndHear(server.base, eighth.phone, yes);
  assert.equal((await connector.look(early.json.id)).json.state, 'granted');
  assert.equal(await seen(eighth), count + 2, 'one question and one receipt');

  await proxy.become('refused');
  const away = await connector.data(early.json.id);
  refusedWith(away, 503, 'connector_gateway_unreachable');
  assert.equal(away.headers.get('retry-after'), '5');
  await proxy.become('cut');
  refusedWith(await connector.data(early.json.id, { fields: ['surname'], key: 'down-2' }), 504, 'connector_gateway_silent');
  await proxy.become('garbage');
  refusedWith(await connector.data(early.json.id), 502, 'connector_gateway_unreadable');
  await proxy.become('stumbles');
  refusedWith(await connector.data(early.json.id), 502, 'connector_gateway_unreadable');
  await proxy.become('none');
  const heard = await connector.data(early.json.id, { fields: ['surname'], key: 'down-2' });
  assert.equal(heard.status, 200, heard.text);
  assert.equal(heard.headers.get('idempotency-replayed'), 'true', 'the lost answer, not another use');
});

test('a connector that dies in each state goes on where it was', async () => {
  const again = async () => {
    await connector.kill();
    await connector.start();
  };
  await proxy.become('refused');
  const count = await seen(abai);
  const asking = (await connector.ask(abai)).json.id;
  await again(); // the gateway is still away
  assert.equal((await connector.look(asking)).codes[0], 'connector_gateway_unreachable');
  await proxy.become('none');
  await again();
  assert.deepEqual((await connector.look(asking)).json.reasons, []);
  const { yes } = await question(server.base, abai.phone, count);
  await again();
  await replyAndHear(server.base, abai.phone, yes);
  assert.equal((await connector.look(asking)).json.state, 'granted');
  await again();
  assert.equal((await connector.look(asking)).json.state, 'granted');
  assert.equal((await connector.data(asking)).status, 200);
  assert.equal(await seen(abai), count + 2, 'asked once');

  const { id, no } = await asked(ybyrai);
  await replyAndHear(server.base, ybyrai.phone, no);
  assert.equal((await connector.look(id)).json.state, 'refused');
  await again();
  assert.equal((await connector.look(id)).json.reasons[0].code, 'oauth_refused');
});

test('what was never asked within two days is not asked any more', async () => {
  await proxy.become('refused');
  const { id } = (await connector.ask(tenth)).json;
  await proxy.become('none');
  await advance(server.base, 'P2D');
  const count = await seen(tenth);
  await connector.ask(unknown); // by which the connector learns how late it is
  const late = await connector.look(id);
  assert.equal(late.json.state, 'expired');
  assert.equal(late.json.reasons[0].code, 'connector_asked_too_late');
  assert.equal(await seen(tenth), count);
});

test('what the gateway objects to is refused with its reasons', async () => {
  const cases = [
    [unknown, {}, 'people_not_askable'],
    [abai, { purpose: 'nothing-known' }, 'registry_purpose_outside_connection'],
    [abai, { fields: ['shoeSize'] }, 'request_fields_outside_service'],
    [abai, { term: 'ten days' }, 'period_malformed'],
  ];
  for (const [person, more, code] of cases) {
    const answer = await connector.ask(person, more);
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.json.state, 'refused', answer.text);
    assert.ok(answer.codes.includes(code), answer.text);
    refusedWith(await connector.data(answer.json.id), 403, code);
  }
});

test('what cannot be read, and who may not ask', async () => {
  const post = (body, headers) => connector.call('POST', '/v1/consents', { body, headers });
  refusedWith(await post('{"iin":'), 400, 'json_malformed');
  refusedWith(await post(''), 400, 'json_malformed');
  refusedWith(await post({ iin: '450810100014', purpose: 'p', fields: ['name'] }), 400, 'iin_malformed');
  refusedWith(await post({ iin: abai.iin, purpose: 'p', fields: ['name'], surname: 'x' }), 400, 'json_member_unknown');
  refusedWith(await post('{}', { 'content-type': 'text/plain' }), 415, 'connector_media_type');
  refusedWith(await post('x'.repeat(200_000)), 413, 'body_too_large');
  refusedWith(await connector.ask(abai, {}, { 'idempotency-key': 'k'.repeat(5000) }), 400, 'connector_repeat_key_malformed');
  const first = await connector.ask(unknown, {}, { 'idempotency-key': 'same' });
  assert.equal((await connector.ask(unknown, {}, { 'idempotency-key': 'same' })).json.id, first.json.id);
  refusedWith(await connector.ask(unknown, { fields: ['name'] }, { 'idempotency-key': 'same' }), 409, 'connector_repeat_key_taken');
  for (const secret of ['', 'wrong', connector.secret.slice(1), `${connector.secret}x`]) {
    const answer = await connector.call('GET', `/v1/consents/${first.json.id}`, { secret });
    refusedWith(answer, 401, 'connector_secret_wrong');
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }
  for (const id of ['', 'x', '0190b5a4-0000-7000-8000-000000000000', first.json.id.toUpperCase()]) {
    assert.equal((await connector.look(id)).status, 404, id);
    assert.equal((await connector.data(id)).status, 404, id);
  }
  refusedWith(await connector.call('PUT', '/v1/consents'), 405, 'method_not_allowed');
  assert.equal((await connector.call('DELETE', `/v1/consents/${first.json.id}`)).status, 204);
  assert.equal((await connector.look(first.json.id)).status, 404);
  refusedWith(await connector.call('DELETE', `/v1/consents/${first.json.id}`), 404, 'connector_consent_unknown');
});

test('a connector that is set wrongly says so and does not start', async () => {
  const other = await Connector.prepared(server);
  const files = await readdir(other.directory);
  assert.deepEqual(files.sort(), ['client.jwks.json', 'client.pem', 'connector.toml', 'data.key', 'secret']);
  for (const name of files) assert.equal((await stat(path.join(other.directory, name))).mode & 0o077, 0, name);
  const said = async (from, to, words) => {
    const text = await readFile(other.config, 'utf8');
    await other.set(from, to);
    assert.match(await other.refusal(), words);
    await writeFile(other.config, text);
  };
  await said(server.base, 'http://10.0.0.1:80', /gateway\.url must begin with https/);
  await said(server.base, 'http://127.example.kz', /gateway\.url must begin with https/);
  await said(server.base, 'nonsense', /gateway\.url must be https:\/\/host:port/);
  await said('"127.0.0.1"', '"0.0.0.0"', /core\.address is not of this machine/);
  await said('"127.0.0.1"', '"127.0.0.1"\naddres = "x"', /core\.addres is not a key/);
  await said('port = 0', 'port = 70000', /core\.port must be 0 to 65535/);
  await said('path = "person"', 'path = "/a/../b"', /service\.path must be/);
  await said('"secret"', '"nowhere"', /there is no .*nowhere/);
  await said('"client.pem"', '"secret"', /is no private key/);
  await said('"data.key"', '"client.pem"', /is no key/);
  await said('tls_key = ""', 'tls_key = "x"', /given together/);
  assert.match(await other.refusal('ANOTHER'), /is for the service GBDFLUniversal_token, not ANOTHER/);
  await chmod(path.join(other.directory, 'secret'), 0o644);
  assert.match(await other.refusal(), /others can read it; make it yours alone with chmod 600/);
  await chmod(path.join(other.directory, 'secret'), 0o600);
  await writeFile(path.join(other.directory, 'secret'), 'short\n');
  assert.match(await other.refusal(), /fewer than 32 characters/);
  await assert.rejects(command('connect', 'init', other.directory, '--gateway', server.base, '--service', 'A', '--client', 'b'), /is not empty/);
  await assert.rejects(command('connect'), /SERVICE and --config FILE, or init/);
});

test('a connector whom the gateway does not know, or that another process serves, does not start', async () => {
  const stranger = await Connector.prepared(server, { client: 'nobody' });
  assert.match(await stranger.refusal(), /the gateway does not take nobody with this key/);
  // The key of another client.
  const foreign = await Connector.prepared(server, { client: insurer.id });
  await foreign.set('id = "demo-insurer"', 'id = "demo-bank"');
  assert.match(await foreign.refusal(), /The client is not authenticated/);
  const elsewhere = await Connector.prepared(server, { service: 'NO_SUCH_SERVICE' });
  assert.match(await elsewhere.refusal(), /No connection of this system has such a service/);
  assert.match(await connector.refusal(), /another process/);
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const late = await Connector.prepared(server);
  await late.set('port = 0', `port = ${taken.address().port}`);
  assert.match(await late.refusal(), /in use/);
  taken.close();
});

test('no log line and no file names a person', async () => {
  assert.ok(connector.output.length > 0);
  for (const { iin } of [abai, ybyrai, eighth, tenth]) assert.ok(!connector.output.includes(iin));
  for (const name of await readdir(path.join(connector.directory, 'data'))) {
    const bytes = await readFile(path.join(connector.directory, 'data', name), 'latin1');
    for (const { iin } of [abai, ybyrai, eighth, tenth]) assert.ok(!bytes.includes(iin), name);
  }
});
