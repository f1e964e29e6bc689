// SPDX-License-Identifier: Apache-2.0
// The registries of the sandbox behind the channel: GBD UL and BMG beside GBD FL, and messages about several persons, each with a
// token of their own (INT-45-7, KDP-2.8, LAW-44).
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cabinet } from '../support/cabinet.mjs';
import { issueEds, sign } from '../support/eds.mjs';
import { send } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent, revoke } from '../support/oauth.mjs';
import { details, persons } from '../support/world.mjs';

const { abai, ybyrai, tenth, twelfth } = persons;
const mill = '000140003106';
const info = { service: 'GbdulInfoByBin_v2', purpose: 'business-loan', fields: ['firstHead'] };
const report = { service: 'GbdulReport3007_KDP', purpose: 'business-loan', fields: ['iin', 'surname', 'name', 'position', 'share'] };
const phone = { service: 'MCDB_SERVICE', purpose: 'phone-check', fields: ['phone'] };

let server;
let key;
before(async () => {
  server = await Kelisim.start();
  key = await bankKey(server);
});
after(() => server.stop());

const bankKey = (of) => issueEds(of.data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });

async function token(of, { service, purpose, fields }, more = {}, base = server.base) {
  const authorization_details = details({ services: [service], purpose, fields, ...more });
  return (await consent(base, of, { authorization_details })).access_token;
}

function content({ service, data, id = randomUUID(), date = new Date() }) {
  return `<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>${id}</messageId>` +
    `<serviceId>${service}</serviceId><messageDate>${date.toISOString()}</messageDate><sender><senderId>DEMOBANK</senderId></sender>` +
    `</requestInfo><requestData><data>${data}</data></requestData></request></t:SendMessage>`;
}
async function post(what, base = server.base, by = key) {
  const body = await sign(by, 'soap', what);
  const answer = await send(base, 'POST', '/bip-sync-wss-gost/', { headers: { 'content-type': 'text/xml; charset=utf-8' }, body });
  const all = (name) => [...answer.text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value);
  const status = /<status><code>([^<]*)<\/code><message>([^<]*)<\/message>/.exec(answer.text) ?? [];
  return { ...answer, fault: all('errorCode'), why: all('errorData'), code: status[1], message: status[2], iins: all('iin') };
}
const call = (service, data, more = {}) => post(content({ service, data, ...more }));

const fields = (of, kdpToken, more = '') => `<messageId>m</messageId><iin>${of.iin}</iin><kdpToken>${kdpToken}</kdpToken>${more}`;
const entry = (code, publicKey) => `<k:tokens><k:Code>${code}</k:Code>${publicKey ? `<k:PublicKey>${publicKey}</k:PublicKey>` : ''}</k:tokens>`;
const request = (tokens, { bin = mill, more = '' } = {}) =>
  '<k:request xmlns:k="http://kdp.3007.reports.egp.gbdul.tamur.kz"><k:requestNumber>n-1</k:requestNumber><k:declarantId>DEMOBANK</k:declarantId>' +
  `<k:businessData><k:BIN>${bin}</k:BIN><k:InfoAbtToken>${tokens.map((each) => entry(each)).join('')}</k:InfoAbtToken></k:businessData>${more}</k:request>`;

function assertFault(answer, code, ...why) {
  assert.equal(answer.status, 500, answer.text);
  assert.equal(answer.fault[0], code, answer.text);
  for (const [i, each] of why.entries()) assert.match(answer.why[i], new RegExp(each));
  for (const { iin, surname } of [abai, ybyrai]) assert.ok(!answer.text.includes(iin) && !answer.text.includes(surname), answer.text);
}
async function lastUse(of, base = server.base) {
  const cabinet = await Cabinet.signIn(base, of);
  return (await cabinet.read('/uses')).items[0];
}

test('GBD UL names the head of a legal entity under the head’s token', async () => {
  const kdpToken = await token(abai, info);
  const answer = await call(info.service, fields(abai, kdpToken, `<BIN>${mill}</BIN>`));
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.code, 'SCSS001');
  assert.ok(answer.text.includes('<nameKz>«Оқу диірмені» ЖШС</nameKz>'), answer.text);
  assert.ok(answer.text.includes(`<surname>${abai.surname}</surname>`));
  assert.equal((await lastUse(abai)).state, 'delivered');
  // Nothing found is nobody's use, as is a token of somebody who is not its head.
  const unknown = await call(info.service, fields(abai, await token(abai, info), '<BIN>000140003116</BIN>'));
  assert.equal(unknown.code, '404', unknown.text);
  assert.equal((await lastUse(abai)).state, 'not_sent');
  const founder = await call(info.service, fields(ybyrai, await token(ybyrai, info), `<BIN>${mill}</BIN>`));
  assert.equal(founder.code, 'SCSE002');
  assert.ok(founder.text.includes('<code>head_differs</code>') && !founder.text.includes('<legalEntity>'), founder.text);
  assertFault(await call(info.service, fields(ybyrai, await token(abai, info), `<BIN>${mill}</BIN>`)), 'KLS403', 'use_person');
  assertFault(await call(info.service, `<iin>${abai.iin}</iin><BIN>${mill}</BIN>`), 'KLS403', 'gateway_token_missing');
  assertFault(await call(info.service, fields(abai, await token(abai, phone), `<BIN>${mill}</BIN>`)), 'KLS403', 'use_service');
});

test('BMG tells the number that is registered to a person', async () => {
  const answer = await call(phone.service, fields(abai, await token(abai, phone)));
  assert.equal(answer.code, 'SCSS001', answer.text);
  assert.ok(answer.text.includes(`<phone>${abai.phone}</phone>`));
  // The person looks it up as well.
  const cabinet = await Cabinet.signIn(server.base, ybyrai);
  assert.ok(JSON.stringify(await cabinet.read(`/data/${phone.service}`)).includes(ybyrai.phone));
  assertFault(await call(phone.service, fields(ybyrai, await token(abai, phone))), 'KLS403', 'use_person');
  assertFault(await call(phone.service, fields(abai, 'a.b.c')), 'KLS403', 'use_token_ended');
});

test('both answer over REST too', async () => {
  const rest = (service, to, kdpToken, body) => send(server.base, 'POST', `/gateway/${service}/${to}`, {
    headers: { authorization: `Bearer ${kdpToken}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const number = await rest(phone.service, 'phone', await token(abai, phone), { iin: abai.iin, fields: ['phone'] });
  assert.deepEqual(number.json, { phone: abai.phone }, number.text);
  const kdpToken = await token(abai, info);
  const entity = await rest(info.service, 'entity', kdpToken, { iin: abai.iin, bin: mill, fields: ['firstHead'] });
  assert.equal(entity.json.firstHead.iin, abai.iin, entity.text);
  assert.equal((await rest(info.service, 'entity', kdpToken, { iin: ybyrai.iin, bin: mill, fields: ['firstHead'] })).status, 403);
  assert.equal((await rest(report.service, 'report', await token(abai, report), { iin: abai.iin, fields: ['iin'] })).status, 404);
});

test('a report with a token of each person concerned', async () => {
  const tokens = [await token(abai, report), await token(ybyrai, report), await token(tenth, report)];
  const answer = await call(report.service, request(tokens));
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.code, 'SCSS001');
  assert.doesNotMatch(answer.message, /Приняты не все/);
  assert.deepEqual(answer.iins, [abai.iin, ybyrai.iin, tenth.iin]);
  assert.ok(!answer.text.includes('<withheld>'));
  for (const of of [abai, ybyrai, tenth]) {
    const use = await lastUse(of);
    assert.equal(use.state, 'delivered');
    assert.equal(use.service.key, report.service);
  }
});

test('who has no good token is left out, and everybody hears of it', async () => {
  const cabinet = await Cabinet.signIn(server.base, ybyrai);
  const paused = await token(ybyrai, report);
  assert.equal((await cabinet.post(`/consents/${claims(paused).authorization_details[0].consent}/pause`)).status, 200);
  const good = await token(abai, report);
  const second = await token(abai, report);
  const narrow = await token(tenth, report, { fields: ['iin', 'surname'] });
  const answer = await call(report.service, request([paused, good, 'a.b.c', second, narrow]));
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.code, 'SCSS001');
  assert.equal(answer.message, 'Приняты не все токены: 1 use_token_ended; 3 use_token_ended; 4 token_person_twice; 5 use_fields_outside');
  assert.deepEqual(answer.iins, [abai.iin]);
  // The owner was given one token, at its place, and says so in its own words.
  assert.match(answer.text, /<number>1<\/number><result><code>token_missing<\/code>/);
  assert.match(answer.text, /<number>2<\/number><result><code>00000<\/code>/);
  assert.match(answer.text, /<withheld><person><position><code>founder<\/code>/);
  assert.equal((await lastUse(abai)).state, 'delivered');
  // The attempt under a consent is that person's to see.
  const [attempt] = (await (await Cabinet.signIn(server.base, tenth)).read('/uses')).items;
  assert.equal(attempt.state, 'refused');
  assert.deepEqual(attempt.refused_for.map((reason) => reason.code), ['use_fields_outside']);
});

test('when every token is refused, the fault has each of them', async () => {
  const ended = await token(abai, report);
  await revoke(server.base, ended);
  const other = await token(ybyrai, info);
  const answer = await call(report.service, request([ended, other, 'garbage']));
  assertFault(answer, 'KLS403', 'use_token_ended; use_service_outside', 'tokens 1: use_token_ended', 'tokens 2: use_service_outside', 'tokens 3: use_token_ended');
});

test('a signed document passes whole or not at all', async () => {
  const signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>';
  const refused = await call(report.service, request([await token(abai, report), 'a.b.c'], { more: signature }));
  assertFault(refused, 'KLS403', 'use_token_ended; data_signed', 'tokens 2: use_token_ended');
  assert.equal((await lastUse(abai)).state, 'not_sent');
  const whole = await call(report.service, request([await token(abai, report)], { more: signature }));
  assert.deepEqual(whole.iins, [abai.iin], whole.text);
});

// docs/decisions/0051
test('an identifier that ends in an IIN by chance names nobody, one that only looks so does', async () => {
  const ended = (uuid) => ({ more: `<reference>${uuid}${ybyrai.iin}</reference>` });
  const whole = await call(report.service, request([await token(abai, report)], ended('a8098c1a-f86e-41da-bd1a-')));
  assert.deepEqual(whole.iins, [abai.iin], whole.text);
  const refused = await call(report.service, request([await token(abai, report)], ended('00000000-0000-0000-0000-')));
  assertFault(refused, 'KLS403', 'use_person_differs');
});

test('nobody is named who brings no token, and no token stands elsewhere', async () => {
  const good = await token(abai, report);
  assertFault(await call(report.service, request([good], { more: `<note>${ybyrai.iin}</note>` })), 'KLS403', 'use_person_differs');
  assertFault(await call(report.service, request([good], { more: `<kdpToken>${good}</kdpToken>` })), 'SCE001', 'tokens_misplaced');
  assertFault(await call(report.service, request([good], { more: `<x><Code>${good}</Code></x>` })), 'SCE001', 'tokens_misplaced');
  assertFault(await call(report.service, request([])), 'KLS403', 'gateway_token_missing');
  assertFault(await call(report.service, request(Array.from({ length: 17 }, (_, i) => `t${i}`))), 'SCE001', 'tokens_many');
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const hinted = request([]).replace('<k:InfoAbtToken>', `<k:InfoAbtToken>${entry(good, foreign)}`);
  assertFault(await call(report.service, hinted), 'KLS403', 'gateway_public_key_foreign');
  // A service about one person takes one.
  const twice = fields(abai, await token(abai, phone), `<kdpToken>${await token(abai, phone)}</kdpToken>`);
  assertFault(await call(phone.service, twice), 'KLS403', 'tokens_many');
  // The person named has a token: nobody objects.
  const named = await call(report.service, request([good], { more: `<note>${abai.iin}</note>` }));
  assert.equal(named.status, 200, named.text);
});

test('a report that would tell of nobody is nobody’s use', async () => {
  const good = await token(twelfth, report);
  const answer = await call(report.service, request([good]));
  assert.equal(answer.code, 'SCSE002', answer.text);
  assert.ok(answer.text.includes('person_not_concerned'));
  assert.equal((await lastUse(twelfth)).state, 'not_sent');
});

test('a repeat gets the same answer and counts once, until one of its persons ends it', async () => {
  const tokens = [await token(abai, report, { uses_max: 1 }), await token(ybyrai, report, { uses_max: 1 })];
  const message = content({ service: report.service, data: request(tokens) });
  const first = await post(message);
  assert.deepEqual(first.iins, [abai.iin, ybyrai.iin], first.text);
  const again = await post(message);
  assert.equal(again.status, 200, again.text);
  const documentOf = (answer) => /<data>[\s\S]*<\/data>/.exec(answer.text)[0];
  assert.equal(documentOf(again), documentOf(first));
  assertFault(await call(report.service, request(tokens)), 'KLS403', 'use_consent_exhausted', 'tokens 1: use_consent_exhausted', 'tokens 2: use_consent_exhausted');
  const others = [await token(abai, report), await token(ybyrai, report)];
  const another = content({ service: report.service, data: request(others) });
  assert.equal((await post(another)).status, 200);
  await revoke(server.base, others[1]);
  // Who was left out the first time stays left out.
  const partial = content({ service: report.service, data: request(['a.b.c', await token(abai, report)]) });
  const told = await post(partial);
  assert.equal(told.message, 'Приняты не все токены: 1 use_token_ended');
  const toldAgain = await post(partial);
  assert.deepEqual([toldAgain.message, toldAgain.iins], [told.message, [abai.iin]]);
  assert.equal(documentOf(toldAgain), documentOf(told));
  // It is one answer: with the part of one person it is gone.
  assertFault(await post(another), 'KLS409', 'use_answered_before', 'tokens 2: use_token_ended');
});

test('an answer that names somebody else is not passed on', async () => {
  let named = abai;
  let data = () => `<r id="a8098c1af86e41dabd1a${ybyrai.iin}"><iin>${abai.iin}</iin><iin>${named.iin}</iin></r>`;
  const owner = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/xml' }).end(
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><t:SendMessageResponse xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types">' +
      '<response><responseInfo><messageId>1</messageId><responseDate>2026-01-15T10:00:01.000+05:00</responseDate><status><code>SCSS001</code>' +
      `<message>ok</message></status></responseInfo><responseData><data>${data()}</data></responseData></response>` +
      '</t:SendMessageResponse></s:Body></s:Envelope>'));
  });
  await new Promise((resolve) => owner.listen(0, '127.0.0.1', resolve));
  const place = await temporaryDirectory();
  const config = path.join(place, 'own.toml');
  await writeFile(config, `[gateway]\nsoap_services = ["${report.service}=http://127.0.0.1:${owner.address().port}/ several-persons"]\n`);
  const alone = await Kelisim.start({ config });
  try {
    const by = await bankKey(alone);
    const good = await token(abai, report, {}, alone.base);
    const ask = () => post(content({ service: report.service, data: request([good]) }), alone.base, by);
    assert.equal((await ask()).status, 200);
    named = ybyrai;
    const mixed = await ask();
    assertFault(mixed, 'KLS502', 'answer_of_another');
    data = () => `no document, and ИИН ${named.iin}`;
    assertFault(await ask(), 'KLS502', 'answer_of_another');
    assert.equal((await lastUse(abai, alone.base)).state, 'unknown');
  } finally {
    await alone.stop();
    owner.close();
    await writeFile(config, `[gateway]\nsoap_services = ["${report.service}=http://127.0.0.1:9/ several-people"]\n`);
    await assert.rejects(Kelisim.start({ config }));
    await rm(place, { recursive: true });
  }
});

test('a world of before has the registries too, and what it says of services counts', async () => {
  const world = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  const before = world
    .replace(/\[\[legal_entity\]\][\s\S]*?(?=# GBD UL: organisations that changed)/, '')
    .replace(/(key = "GbdulInfoByBin_v2"[\s\S]*?)personal_data = true/, '$1personal_data = false')
    .replace(/# Head and founders[\s\S]*?(?=\[\[integration_service\]\]\nkey = "MCDB)/, '')
    .replace('integration_services = ["GbdulInfoByBin_v2", "GbdulReport3007_KDP"]', 'integration_services = ["GbdulInfoByBin_v2"]');
  assert.ok(!before.includes('legal_entity') && !before.includes('3007'));
  const place = await temporaryDirectory();
  const file = path.join(place, 'world.toml');
  await writeFile(file, before);
  const old = await Kelisim.start({ options: ['--sandbox-data', file] });
  try {
    const by = await bankKey(old);
    // Without personal data to its registration, the gateway asks for no token; the registry does.
    const data = `<messageId>m</messageId><iin>${ybyrai.iin}</iin><BIN>000140000706</BIN>`;
    const answer = await post(content({ service: info.service, data }), old.base, by);
    assert.equal(answer.code, 'SCSE002', answer.text);
    assert.ok(answer.text.includes('token_missing') && !answer.text.includes(ybyrai.surname));
    const unregistered = await post(content({ service: report.service, data: request(['a']) }), old.base, by);
    assert.equal(unregistered.fault[0], 'SCE004', unregistered.text);
    const number = await post(content({ service: phone.service, data: fields(abai, await token(abai, phone, {}, old.base)) }), old.base, by);
    assert.ok(number.text.includes(abai.phone), number.text);
  } finally {
    await old.stop();
    await rm(place, { recursive: true });
  }
});

test('a legal entity that is none keeps the sandbox from starting', async () => {
  const world = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  const place = await temporaryDirectory();
  const file = path.join(place, 'world.toml');
  await writeFile(file, world.replace('share = 60', 'share = 160'));
  try {
    await assert.rejects(Kelisim.start({ options: ['--sandbox-data', file] }));
  } finally {
    await rm(place, { recursive: true });
  }
});
