// SPDX-License-Identifier: Apache-2.0
// Receipts as a person keeps them: given by the server, and checked by the command while the server is stopped.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { codes, get } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { binary, command, eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { sizeOf, textOf } from '../support/ledger.mjs';
import { ask, askAndDeliver, call, consent, poll, pollPause } from '../support/oauth.mjs';
import { advance, replyAndHear } from '../support/sandbox.mjs';
import { details, persons, rescue, service } from '../support/world.mjs';

const asFile = { accept: 'application/jose+json' };
const [proven, wrong, untold, promised] = [0, 1, 2, 3];
const consentOf = (tokens) => claims(tokens.access_token).authorization_details[0].consent;
const payloadOf = (file) => JSON.parse(Buffer.from(file.payload, 'base64url').toString());
const eventOf = (file) => {
  const record = payloadOf(file)['dpv:hasRecord'];
  return (record['dpv:hasConsentStatus'] ?? record['dpv:hasActivityStatus'])['kelisim:event'];
};

// The receipt at this path as a file, once it carries its proof.
function provenFile(cabinet, where) {
  return eventually(async () => {
    const answer = await cabinet.get(where, asFile);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^application\/jose\+json/);
    return answer.json.header ? answer.json : undefined;
  }, `a proof for ${where}`);
}

async function keysOf(base, directory) {
  await writeFile(path.join(directory, 'keys.json'), (await get(base, '/receipts/jwks')).text);
  await writeFile(path.join(directory, 'vkey'), await textOf(base, 'vkey'));
}

// Exit status and both outputs of `kelisim receipt verify`. The environment holds a language and nothing else.
async function verify(directory, file, { language = 'en', locale, keys = 'keys.json', vkey = 'vkey', more = [] } = {}) {
  const name = path.join(directory, 'receipt.json');
  await writeFile(name, typeof file === 'string' || Buffer.isBuffer(file) ? file : JSON.stringify(file));
  const words = ['receipt', 'verify', name, '--keys', path.join(directory, keys), '--ledger-key', path.join(directory, vkey), ...more];
  if (!locale) words.push('--language', language);
  const child = spawn(binary, words, { env: locale ? { LANG: locale } : {} });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => (output[stream] += chunk));
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, ...output };
}

// A server whose receipts are collected by name, and which is stopped before they are checked.
const files = {};
let home;
let server;
before(async () => {
  home = await temporaryDirectory();
  server = await Kelisim.start({ data: path.join(home, 'data') });
  const { base } = server;

  const refuser = persons.eleventh;
  const asked = await askAndDeliver(base, refuser);
  await replyAndHear(base, refuser.phone, asked.no);
  let cabinet = await Cabinet.signIn(base, refuser);
  const [refused] = (await cabinet.read('/requests?limit=1')).items;
  files.refusal = await provenFile(cabinet, `/requests/${refused.id}/receipt`);

  const person = persons.ybyrai;
  const tokens = await consent(base, person);
  const id = consentOf(tokens);
  assert.equal((await call(base, tokens.access_token, { iin: person.iin, key: 'one' })).status, 200);
  assert.equal((await call(base, tokens.access_token, { iin: persons.abai.iin, key: 'another person' })).status, 403);
  cabinet = await Cabinet.signIn(base, person);
  await cabinet.read(`/data/${service}`);
  const { request } = await cabinet.read(`/consents/${id}`);
  files.yes = await provenFile(cabinet, `/requests/${request}/receipt`);
  files.grant = await provenFile(cabinet, `/consents/${id}/receipt?number=0`);
  const uses = (await cabinet.read('/uses')).items;
  const of = (state, basis) => uses.find((use) => use.state === state && use.basis === basis).id;
  const delivered = of('delivered', 'consent');
  files.use = await provenFile(cabinet, `/uses/${delivered}/receipt`);
  files.admission = await provenFile(cabinet, `/uses/${delivered}/receipt?number=0`);
  files.refusedUse = await provenFile(cabinet, `/uses/${of('refused', 'consent')}/receipt`);
  files.ownLook = await provenFile(cabinet, `/uses/${of('delivered', 'own')}/receipt`);
  assert.equal((await cabinet.get(`/uses/${delivered}/receipt?number=2`)).status, 404);
  assert.equal((await cabinet.post(`/consents/${id}/withdraw`)).status, 200);
  files.withdrawal = await provenFile(cabinet, `/consents/${id}/receipt`);
  const stranger = await Cabinet.signIn(base, persons.tenth);
  for (const where of [`/uses/${delivered}/receipt`, `/consents/${id}/receipt`, `/requests/${request}/receipt`]) {
    const answer = await stranger.get(where, asFile);
    assert.equal(answer.status, 404);
    assert.ok(codes(answer.json).includes('cabinet_not_found'));
  }

  // One use alone, and then none: exhausted.
  const once = await consent(base, person, { authorization_details: details({ uses_max: 1 }) });
  assert.equal((await call(base, once.access_token, { iin: person.iin, key: 'the only one' })).status, 200);
  cabinet = await Cabinet.signIn(base, person);
  files.exhaustion = await eventually(async () => {
    const file = await provenFile(cabinet, `/consents/${consentOf(once)}/receipt`);
    return eventOf(file) === 'consent.exhausted' ? file : undefined;
  }, 'the exhaustion');

  // A ground of the law: nobody is asked, and a use without the person's consent has its receipt too.
  const helped = persons.eighth;
  const aid = details({ purpose: 'emergency-aid', uses_max: 2 });
  const logged = await ask(base, helped, { client: rescue, authorization_details: aid, ground: '94-V:9(5)' });
  assert.equal(logged.status, 200, logged.text);
  await advance(base, pollPause);
  const permit = await poll(base, logged.json.auth_req_id, rescue);
  assert.equal((await call(base, permit.json.access_token, { iin: helped.iin, key: 'aid' })).status, 200);
  cabinet = await Cabinet.signIn(base, helped);
  const [aided] = (await cabinet.read('/uses?limit=1')).items;
  assert.equal(aided.basis, 'ground');
  files.groundUse = await provenFile(cabinet, `/uses/${aided.id}/receipt`);
  files.ground = await provenFile(cabinet, `/consents/${consentOf(permit.json)}/receipt?number=0`);

  // Silence: the request ends by itself; and so does a consent when its term is over.
  const short = await consent(base, person, { authorization_details: details({ term: 'P1D' }) });
  await askAndDeliver(base, persons.twelfth);
  await advance(base, 'P4D');
  cabinet = await Cabinet.signIn(base, persons.twelfth);
  files.silence = await eventually(async () => {
    const [silent] = (await cabinet.read('/requests?limit=1')).items;
    const answer = await cabinet.get(`/requests/${silent.id}/receipt`);
    return answer.status === 200 ? provenFile(cabinet, `/requests/${silent.id}/receipt`) : undefined;
  }, 'the silent request ended');
  cabinet = await Cabinet.signIn(base, person);
  files.expiry = await eventually(async () => {
    const file = await provenFile(cabinet, `/consents/${consentOf(short)}/receipt`);
    return eventOf(file) === 'consent.expired' ? file : undefined;
  }, 'the consent expired');
  await keysOf(base, home);
  files.checkpoint = await textOf(base, 'checkpoint');
  await server.stop();
});
after(() => rm(home, { recursive: true, force: true }));

test('each kind of receipt is proven offline, and says who, what and when in three languages', async () => {
  const expected = {
    refusal: ['request.refused', /Access to the data was refused/, /В доступе к данным отказано/, /келісім берілмеді/],
    yes: ['request.granted', /Access to the data was agreed to/, /На доступ к данным дано согласие/, /келісім берілді/],
    grant: ['consent.granted', /Consent was given/, /Дано согласие/, /Келісім берілді/],
    use: ['use.delivered', /The data were passed on/, /Данные переданы/, /Деректер берілді/],
    admission: ['use.reserved', /A call for the data was admitted/, /Вызов данных допущен/, /рұқсат берілді/],
    refusedUse: ['use.refused', /A call for the data was refused/, /В вызове данных отказано/, /қабылданбады/],
    ownLook: ['own_look.reserved', /One's own data were looked at/, /Собственные данные/, /Өз деректері/],
    withdrawal: ['consent.withdrawn', /Consent was withdrawn/, /Согласие отозвано/, /кері қайтарып алынды/],
    ground: ['consent.granted', /Permitted by law, without a consent/, /по закону, без согласия/, /Заң негізінде/],
    groundUse: ['use.delivered', /The data were passed on/, /Основание в законе: Защита прав человека/, /Заң негізі: /],
    exhaustion: ['consent.exhausted', /All uses under the consent are made/, /использовано полностью/, /пайдалану аяқталды/],
    silence: ['request.expired', /closed without an answer/, /закрыт без ответа/, /жауапсыз жабылды/],
    expiry: ['consent.expired', /The term of the consent is over/, /Срок согласия истёк/, /мерзімі өтті/],
  };
  for (const [name, [event, ...texts]] of Object.entries(expected)) {
    assert.equal(eventOf(files[name]), event, name);
    for (const [at, language] of ['en', 'ru', 'kk'].entries()) {
      const told = await verify(home, files[name], { language });
      assert.equal(told.status, proven, `${name}: ${told.stdout}${told.stderr}`);
      assert.match(told.stdout, texts[at], name);
      assert.match(told.stdout, /\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d \(UTC\+05:00\)/);
      assert.equal(told.stderr, '');
    }
  }
  assert.match((await verify(home, files.refusedUse, { language: 'ru' })).stdout, /Причина: /);
  assert.match((await verify(home, files.grant, { language: 'ru' })).stdout, /Чьи данные, ИИН: 411020100014\n/);
});

test('without --language it is that of the environment', async () => {
  assert.match((await verify(home, files.refusal, { locale: 'kk_KZ.UTF-8' })).stdout, /Түбіртек шынайы/);
  assert.match((await verify(home, files.refusal, { locale: 'ru_RU.UTF-8' })).stdout, /Квитанция подлинная/);
  assert.match((await verify(home, files.refusal, { locale: 'C' })).stdout, /The receipt is genuine/);
});

test('the language of the person stands first', () => {
  for (const [name, language] of [['refusal', 'kk'], ['grant', 'ru']]) {
    const payload = payloadOf(files[name]);
    assert.equal(payload['dct:language'], language);
    assert.equal(payload['dct:description'][0]['@language'], language);
  }
});

test('without its proof a receipt is genuine and only promised', async () => {
  const { header, ...bare } = files.grant;
  for (const file of [bare, `${bare.protected}.${bare.payload}.${bare.signature}`]) {
    const told = await verify(home, file);
    assert.equal(told.status, promised, told.stdout);
    assert.match(told.stdout, /only the promise/);
    assert.match(told.stdout, /Consent was given/);
  }
});

test('a bit in any part is found, and what is not signed is not shown', async () => {
  const flipped = (text, at) => {
    const other = text[at] === 'A' ? 'B' : 'A';
    return text.slice(0, at) + other + text.slice(at + 1);
  };
  for (const part of ['payload', 'protected', 'signature']) {
    const told = await verify(home, { ...files.grant, [part]: flipped(files.grant[part], 20) });
    assert.equal(told.status, wrong, part);
    assert.doesNotMatch(told.stdout, /Consent was given/);
  }
  const { kelisim_ledger: proof } = files.grant.header;
  const withProof = (change) => ({ ...files.grant, header: { kelisim_ledger: { ...proof, ...change } } });
  for (const change of [
    { index: proof.index + 1 }, { size: proof.size - 1 }, { path: proof.path.slice(1) },
    { path: [flipped(proof.path[0], 3), ...proof.path.slice(1)] },
    { checkpoint: proof.checkpoint.replace(`\n${proof.size}\n`, `\n${proof.size + 1}\n`) },
    files.use.header.kelisim_ledger,
  ]) {
    const told = await verify(home, withProof(change));
    assert.equal(told.status, wrong, JSON.stringify(change));
    assert.match(told.stdout, /must NOT be relied on/);
  }
});

test('what is no receipt, other keys and missing files have their own exit status and no stack trace', async () => {
  const text = JSON.stringify(files.grant);
  for (const file of ['', '{', text.slice(0, -10), '['.repeat(100_000), Buffer.alloc(2_000_000, 0x41), Buffer.from([0xff, 0xfe, 0]),
    text.replace('{', '{"payload":"x",')]) {
    const told = await verify(home, file);
    assert.equal(told.status, wrong);
    assert.match(told.stdout, /no receipt, or is damaged/);
    assert.equal(told.stderr, '');
  }
  await writeFile(path.join(home, 'other-keys.json'), JSON.stringify({ keys: [JSON.parse(await readFile(path.join(home, 'keys.json'), 'utf8')).keys[0]].map((key) => ({ ...key, kid: 'other' })) }));
  assert.equal((await verify(home, files.grant, { keys: 'other-keys.json' })).status, wrong);
  assert.equal((await verify(home, files.grant, { keys: 'no-such-file' })).status, untold);
  assert.equal((await verify(home, files.grant, { vkey: 'keys.json' })).status, untold);
  const none = { ...files.grant, protected: Buffer.from('{"alg":"none","typ":"kelisim-receipt+jwt"}').toString('base64url'), signature: 'AA' };
  assert.equal((await verify(home, none)).status, wrong);
});

test('a checkpoint that the reader brings: of another size it takes a proof of that size', async () => {
  const later = path.join(home, 'checkpoint');
  await writeFile(later, files.checkpoint);
  const more = ['--checkpoint', later];
  const told = await verify(home, files.refusal, { more });
  assert.equal(told.status, promised, told.stdout);
  assert.match(told.stdout, /\?tree_size=/);

  const again = await Kelisim.start({ data: path.join(home, 'data') });
  let exact;
  try {
    const cabinet = await Cabinet.signIn(again.base, persons.eleventh);
    const [refused] = (await cabinet.read('/requests?limit=1')).items;
    const where = `/requests/${refused.id}/receipt?tree_size=`;
    exact = (await cabinet.get(where + sizeOf(files.checkpoint), asFile)).json;
    for (const size of [1, 1_000_000_000]) {
      const answer = await cabinet.get(where + size, asFile);
      assert.equal(answer.status, 404);
      assert.ok(codes(answer.json).includes('ledger_not_found'), answer.text);
    }
    assert.equal((await cabinet.get(`${where}0`, asFile)).status, 400);
    assert.equal(exact.payload, files.refusal.payload, 'the same bytes were signed once');
    assert.equal(exact.signature, files.refusal.signature);
  } finally {
    await again.stop();
  }
  assert.equal((await verify(home, exact, { more })).status, proven);
});

// Receipts are kept longer than keys.
test('a receipt outlives the key that signed it', async () => {
  const data = path.join(home, 'data');
  const { stdout } = await command('receipt', 'rotate-key', '--data', data);
  assert.match(stdout, /2 keys are published/);
  const again = await Kelisim.start({ data });
  const fresh = path.join(home, 'rotated');
  await mkdir(fresh);
  let later;
  try {
    await keysOf(again.base, fresh);
    const person = persons.tenth;
    const id = consentOf(await consent(again.base, person));
    later = await provenFile(await Cabinet.signIn(again.base, person), `/consents/${id}/receipt`);
  } finally {
    await again.stop();
  }
  const kid = (file) => JSON.parse(Buffer.from(file.protected, 'base64url')).kid;
  assert.notEqual(kid(later), kid(files.grant));
  assert.equal((await verify(fresh, files.grant)).status, proven, 'the old key is still published');
  assert.equal((await verify(fresh, later)).status, proven);
  assert.equal((await verify(home, later)).status, wrong, 'keys of before do not know the new one');
});
