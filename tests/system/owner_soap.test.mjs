// SPDX-License-Identifier: Apache-2.0
// The owner behind SOAP, beside a real Kelisim: what a token opens, and everything that it does not (KDP-2.8, INT-45-7).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Cabinet } from '../support/cabinet.mjs';
import { get } from '../support/http.mjs';
import { claims } from '../support/jwt.mjs';
import { binary, eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent, refresh, revoke } from '../support/oauth.mjs';
import { message, Owner } from '../support/owner.mjs';
import { Authority } from '../support/pki.mjs';
import { advance } from '../support/sandbox.mjs';
import { allFields as fields, details, familyService, persons, service } from '../support/world.mjs';

const run = promisify(execFile);
const whole = () => details({ services: [service, familyService], fields: [...fields, 'spouse', 'children'] });
const person = persons.abai;

let server;
let owner;
before(async () => {
  server = await Kelisim.start();
  owner = await Owner.start(server.base);
});
after(async () => {
  await owner.stop();
  await server.stop();
});

async function tokens(of = person, authorization_details = whole()) {
  return consent(server.base, of, { authorization_details });
}
const token = async (...words) => (await tokens(...words)).access_token;

async function refused(asked, result, by = owner) {
  const answer = await by.ask(asked);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.result, result, answer.text);
  assert.equal(answer.code, result === 'person_unknown' ? 'SCSE001' : 'SCSE002');
  assert.ok(!answer.persons && !answer.text.includes(person.surname), 'nothing of the person');
}

async function faulted(body, code, why, by = owner) {
  const answer = await by.post(body);
  assert.equal(answer.status, 500, answer.text);
  assert.match(answer.text, new RegExp(`<errorCode>${code}</errorCode>`));
  if (why) assert.match(answer.text, new RegExp(`<errorData>[^<]*${why}`));
  assert.ok(!answer.text.includes(person.iin) && !answer.text.includes(person.surname), answer.text);
}

// An owner that has fetched nothing yet, and so sees what has changed at once.
async function withNewOwner(look, kelisim = server.base, options = {}) {
  const fresh = await Owner.start(kelisim, { issuer: server.base, ...options });
  try {
    await look(fresh);
  } finally {
    await fresh.stop();
  }
}

test('a token for all fields opens the person, in the form in which it was asked', async () => {
  const kdpToken = await token();
  for (const form of ['nodes', 'escaped', 'cdata']) {
    const answer = await owner.ask({ iin: person.iin, token: kdpToken, form, id: `m-${form}` });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.type, 'text/xml; charset=utf-8');
    assert.equal(answer.form, form);
    assert.equal(answer.code, 'SCSS001');
    assert.equal(answer.correlation, `m-${form}`);
    assert.equal(answer.result, '00000');
    assert.ok(answer.document.includes(`<surname>${person.surname}</surname>`));
    for (const field of fields) assert.ok(answer.document.includes(`<${field}>`), field);
  }
  // The same message again ends alike: it only reads.
  const again = await owner.ask({ iin: person.iin, token: kdpToken, id: 'm-nodes' });
  assert.equal(again.result, '00000');
});

test('a token opens the family as well, and only what its consent names', async () => {
  const mother = persons.eighth;
  const kdpToken = await token(mother);
  const answer = await owner.ask({ service: familyService, iin: mother.iin, token: kdpToken });
  assert.equal(answer.result, '00000', answer.text);
  assert.ok(answer.document.includes(`<iin>${persons.daughter.iin}</iin>`));
  assert.ok(!answer.document.includes('<regAddress>'));
  const narrow = await token(person, details({ fields }));
  assert.equal((await owner.ask({ iin: person.iin, token: narrow })).result, '00000');
  await refused({ service: familyService, iin: person.iin, token: narrow }, 'service_not_granted');
  await refused({ iin: person.iin, token: await token(person, details({ fields: fields.slice(1) })) }, 'field_not_granted');
});

test('publicKey is a hint that has to be a published key', async () => {
  const kdpToken = await token();
  const { keys } = (await get(server.base, '/jwks')).json;
  for (const key of keys) {
    const spki = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' }).toString('base64');
    const publicKey = spki.replace(/(.{64})/g, '$1\n');
    assert.equal((await owner.ask({ iin: person.iin, token: kdpToken, publicKey })).result, '00000');
  }
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
  await refused({ iin: person.iin, token: kdpToken, publicKey: foreign.toString('base64') }, 'public_key_foreign');
  await refused({ iin: person.iin, token: kdpToken, publicKey: 'garbage' }, 'public_key_foreign');
});

test('what is no token of that person opens nothing', async () => {
  const kdpToken = await token();
  await refused({ iin: person.iin }, 'token_missing');
  await refused({ iin: person.iin, token: 'garbage' }, 'jws_malformed');
  const [head, payload, signature] = kdpToken.split('.');
  const other = Buffer.from(JSON.stringify({ ...claims(kdpToken), sub: persons.ybyrai.iin })).toString('base64url');
  await refused({ iin: persons.ybyrai.iin, token: `${head}.${other}.${signature}` }, 'jws_bad_signature');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  await refused({ iin: person.iin, token: `${none}.${payload}.` }, 'jws_wrong_algorithm');
  await refused({ iin: persons.ybyrai.iin, token: kdpToken }, 'person_differs');
});

test('a revoked token is refused when the status list that was kept has had its time', async () => {
  const kdpToken = await token();
  assert.equal((await owner.ask({ iin: person.iin, token: kdpToken })).result, '00000');
  assert.equal((await revoke(server.base, kdpToken)).status, 200);
  await withNewOwner((fresh) => refused({ iin: person.iin, token: kdpToken }, 'token_inactive', fresh));
  const seen = async () => ((await owner.ask({ iin: person.iin, token: kdpToken })).result === '00000' ? undefined : true);
  await eventually(seen, 'the end of the token', 17_000);  // ttl 15 s
  await refused({ iin: person.iin, token: kdpToken }, 'token_inactive');
});

test('a paused consent opens nothing', async () => {
  const of = persons.eleventh;
  const granted = await tokens(of);
  const cabinet = await Cabinet.signIn(server.base, of);
  const kdpToken = (await refresh(server.base, granted.refresh_token)).json.access_token;
  await withNewOwner(async (fresh) => assert.equal((await fresh.ask({ iin: of.iin, token: kdpToken })).result, '00000'));
  const { consent: id } = claims(kdpToken).authorization_details[0];
  assert.equal((await cabinet.post(`/consents/${id}/pause`)).json.state, 'paused');
  await withNewOwner((fresh) => refused({ iin: of.iin, token: kdpToken }, 'token_suspended', fresh));
});

test('an expired token opens nothing, by the clock of the sandbox', async () => {
  const kdpToken = await token();
  const live = claims(kdpToken).exp - claims(kdpToken).iat;
  await advance(server.base, `PT${live + 1}S`);
  await withNewOwner((fresh) => refused({ iin: person.iin, token: kdpToken }, 'claims_expired', fresh));
});

test('without the status list nothing is decided', async () => {
  const kdpToken = await token();
  let answers = true;
  const between = createServer(async (request, response) => {
    if (!answers && request.url.startsWith('/status-lists')) return response.writeHead(503).end();
    const answer = await fetch(server.base + request.url);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') }).end(await answer.text());
  });
  await new Promise((resolve) => between.listen(0, '127.0.0.1', resolve));
  try {
    await withNewOwner(async (fresh) => {
      answers = false;
      await faulted(message({ iin: person.iin, token: kdpToken }), 'SCE909', 'service_unavailable', fresh);
      assert.match(fresh.output, /status list: status 503/);
      assert.ok(!fresh.output.includes(person.iin));
      answers = true;
      assert.equal((await fresh.ask({ iin: person.iin, token: kdpToken })).result, '00000');
    }, `http://127.0.0.1:${between.address().port}`);
  } finally {
    between.close();
  }
});

test('what cannot be read is a fault with its code', async () => {
  const kdpToken = await token();
  const good = message({ iin: person.iin, token: kdpToken });
  await faulted(message({ iin: person.iin, token: kdpToken, more: `<iin>${persons.ybyrai.iin}</iin>` }), 'SCE001', 'shep_field_twice');
  await faulted(message({ iin: person.iin, token: kdpToken, service: 'GbdulInfoByBin_v2' }), 'SCE004');
  await faulted(good.slice(0, -5), 'SCE001', 'xml_malformed');
  await faulted(`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${good}`, 'SCE001', 'xml_document_type');
  await faulted('', 'SCE001');
  assert.equal((await owner.post(good + ' '.repeat(64 * 1024))).status, 413);
  assert.equal((await owner.post(good, 'application/json')).status, 415);
  const get = await fetch(`${owner.base}/shep/`);
  assert.equal(get.status, 405);
});

test('with keys it takes signed messages alone, and signs what it answers', async () => {
  const folder = await temporaryDirectory();
  try {
    const authority = await Authority.make(folder, 'ca');
    const { files } = await authority.issue('owner', { usage: 'emailProtection' });
    const [p12, passphrase, anchors] = ['owner.p12', 'passphrase', 'anchors'].map((name) => path.join(folder, name));
    await writeFile(passphrase, 'secret\n');
    await run('openssl', ['pkcs12', '-export', '-in', files.chain, '-inkey', files.key, '-out', p12, '-passout', 'pass:secret']);
    const { stdout } = await run(binary, ['trust', 'show', authority.file, '--language', 'en']);
    const sha256 = /SHA-256: ([0-9a-f]{64})/.exec(stdout)[1];
    await mkdir(anchors);
    await writeFile(path.join(anchors, 'ca.pem'), await readFile(authority.file));
    await writeFile(path.join(anchors, 'authorities.toml'), `contour = "test"\n[[authority]]\nname = "own"\nfile = "ca.pem"\nsha256 = "${sha256}"\nanchor = true\n`);
    const keys = ['--key', p12, '--passphrase-file', passphrase];
    const kdpToken = await token();
    await withNewOwner(async (signing) => {
      await faulted(message({ iin: person.iin, token: kdpToken }), 'SCE007', 'soap_not_signed', signing);
    }, server.base, { options: [...keys, '--gateway-authorities', anchors] });
    await withNewOwner(async (signing) => {
      const answer = await signing.ask({ iin: person.iin, token: kdpToken });
      assert.equal(answer.result, '00000', answer.text);
      assert.match(answer.text, /<soap:Header><wsse:Security[^>]*><ds:Signature/);
      assert.match(answer.document, /<\/persons><ds:Signature[\s\S]*<\/ds:Signature><\/m:Response>$/);
    }, server.base, { options: keys });
    await writeFile(passphrase, 'wrong\n');
    await assert.rejects(Owner.start(server.base, { options: keys }), /the owner did not start: kelisim-gbdfl:/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
