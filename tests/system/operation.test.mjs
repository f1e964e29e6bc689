// SPDX-License-Identifier: Apache-2.0
// What an operator relies on: health, metrics, logs without personal data, restarts, one process per directory,
// commands that tell what is wrong.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { beginSignIn, code, finishSignIn } from '../support/cabinet.mjs';
import { get, postJson } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { command, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, askAndDeliver, call, consent, introspect, poll, revoke } from '../support/oauth.mjs';
import { received, replyAndHear } from '../support/sandbox.mjs';
import { bank, details, gbdfl, insurer, persons } from '../support/world.mjs';

async function withDirectory(work) {
  const data = await temporaryDirectory();
  try {
    await work(data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function withServer(options, work) {
  const server = await Kelisim.start(options);
  let ended = false;
  try {
    await work(server);
    ended = true;
  } finally {
    await (ended ? server.stop() : server.kill());
  }
}

test('health, readiness and metrics', async () => {
  await withServer({}, async ({ base }) => {
    assert.equal((await get(base, '/healthz')).status, 200);
    assert.equal((await get(base, '/readyz')).status, 200);
    const metrics = await get(base, '/metrics');
    assert.equal(metrics.status, 200);
    assert.match(metrics.headers['content-type'], /^(application\/openmetrics-text|text\/plain)/);
    assert.match(metrics.text, /^# EOF$/m);
  });
});

// LAW-53: nothing that names a person or opens a door is in logs, metrics or error texts.
test('logs and metrics hold no IIN, phone, code, name, secret or token', async () => {
  await withServer({}, async (server) => {
    const { base } = server;
    const { codes, words: used } = await walkEverything(base);
    const places = { log: server.output, metrics: (await get(base, '/metrics')).text };
    assert.ok(places.log.length > 0, 'there are logs to search');
    for (const [place, text] of Object.entries(places)) {
      for (const word of used) assert.ok(!text.includes(word), `${place} holds "${word.slice(0, 12)}..."`);
    }
    // Six digits can stand in the fraction of a second as well; nothing else in a log line has so many.
    const withoutTimes = places.log.replaceAll(/"at":"[^"]*"/g, '');
    for (const code of codes) assert.ok(!withoutTimes.includes(code), `log holds the code ${code}`);
  });
});

// Goes through grants, refusals and errors; returns every word that must stay inside.
async function walkEverything(base) {
  const { abai, ybyrai, tenth } = persons;
  const tokens = await consent(base, abai);
  await call(base, tokens.access_token, { iin: abai.iin, key: 'grep-1' });
  await call(base, tokens.access_token, { iin: ybyrai.iin, key: 'grep-2' });
  await introspect(base, tokens.access_token, gbdfl);
  await revoke(base, tokens.access_token);
  await call(base, tokens.access_token, { iin: abai.iin, key: 'grep-3' });
  const { requestId, no } = await askAndDeliver(base, ybyrai);
  await replyAndHear(base, ybyrai.phone, no);
  await poll(base, requestId);
  await ask(base, persons.dead);
  const contract = { client: insurer, authorization_details: details({ purpose: 'insurance-contract', uses_max: 1 }) };
  const byCode = await askAndDeliver(base, tenth, contract);
  await replyAndHear(base, tenth.phone, byCode.check);
  await replyAndHear(base, tenth.phone, byCode.yes);
  const cabinet = await walkCabinet(base, abai);
  const phones = Object.values(persons).flatMap(({ phone }) => (phone ? [phone, phone.slice(1)] : []));
  const words = [
    ...Object.values(persons).map(({ iin }) => iin), ...phones, 'Құнанбаев', 'Алтынсарин',
    bank.secret, insurer.secret, tokens.access_token, tokens.access_token.split('.')[2], tokens.refresh_token,
    tokens.id_token.split('.')[2], tokens.requestId, requestId, byCode.check, ...cabinet.secrets,
  ];
  return { words, codes: [byCode.yes, cabinet.code] };
}

// Signs in, with a wrong code first, reads, and is refused; returns what opens the session.
async function walkCabinet(base, person) {
  const before = (await received(base, person.phone)).length;
  const { sign_in: id } = (await beginSignIn(base, person.iin)).json;
  const text = await code(base, person.phone, before);
  await finishSignIn(base, id, text === '000000' ? '111111' : '000000');
  const opened = await finishSignIn(base, id, text);
  assert.equal(opened.status, 200, opened.text);
  const [cookie] = opened.headers['set-cookie'][0].split(';');
  for (const path of ['', '/uses', '/consents', '/requests']) {
    assert.equal((await get(base, `/api/v1/me${path}`, { cookie })).status, 200);
  }
  await postJson(base, '/api/v1/me/sign-out', {}, { cookie });
  return { code: text, secrets: [cookie.split('=')[1], opened.json.csrf_token] };
}

test('a restart keeps requests, tokens, revocations and the issuer, and undone work goes on', async () => {
  await withDirectory(async (data) => {
    const facts = {};
    await withServer({ data }, async ({ base }) => {
      facts.issuer = (await get(base, '/.well-known/openid-configuration')).json.issuer;
      facts.alive = await consent(base, persons.abai);
      facts.dead = await consent(base, persons.eighth);
      await revoke(base, facts.dead.access_token);
      facts.open = await askAndDeliver(base, persons.ybyrai);
      facts.keys = (await get(base, '/jwks')).json;
    });
    await withServer({ data }, async ({ base }) => {
      assert.equal((await get(base, '/.well-known/openid-configuration')).json.issuer, facts.issuer);
      assert.deepEqual((await get(base, '/jwks')).json, facts.keys);
      assert.equal(claims(facts.alive.access_token).iss, facts.issuer);
      assert.equal((await introspect(base, facts.alive.access_token)).json.active, true);
      assert.equal((await introspect(base, facts.dead.access_token)).json.active, false);
      await replyAndHear(base, persons.ybyrai.phone, facts.open.yes);
      const answer = await poll(base, facts.open.requestId);
      assert.equal(answer.status, 200, answer.text);
    });
  });
});

test('a second process on the same directory is refused, the first goes on', async () => {
  await withServer({}, async (server) => {
    await assert.rejects(Kelisim.start({ data: server.data }), /exited before it listened/);
    assert.equal((await get(server.base, '/healthz')).status, 200);
  });
});

test('the ledger verifies against the store', async () => {
  await withDirectory(async (data) => {
    await withServer({ data }, async ({ base }) => {
      const { access_token: token } = await consent(base, persons.abai);
      assert.equal((await call(base, token, { iin: persons.abai.iin, key: 'ledger-1' })).status, 200);
    });
    const { stdout } = await command('ledger', 'verify', '--data', data);
    assert.match(stdout, /\d/, 'says how much it checked');
  });
});

test('db status names the schema version', async () => {
  await withDirectory(async (data) => {
    await command('db', 'init', '--data', data);
    const { stdout } = await command('db', 'status', '--data', data);
    assert.match(stdout, /\d/);
  });
});

test('config check shows all errors at once, unknown keys among them', async () => {
  await withDirectory(async (data) => {
    await mkdir(data, { recursive: true });
    const file = path.join(data, 'kelisim.toml');
    await writeFile(file, 'no_such_key = 1\nport = "not a number"\n');
    await assert.rejects(command('config', 'check', file), (thrown) => {
      const output = thrown.stdout + thrown.stderr;
      assert.match(output, /no_such_key/);
      assert.match(output, /port/);
      return true;
    });
  });
});

test('the sandbox has a page with its phones', async () => {
  await withServer({}, async ({ base }) => {
    const page = await get(base, '/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.match(page.headers['content-security-policy'], /default-src 'none'/);
    assert.doesNotMatch(page.text, /https?:\/\/(?!127\.0\.0\.1)/, 'nothing is fetched from elsewhere');
  });
});
