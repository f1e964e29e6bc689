// SPDX-License-Identifier: Apache-2.0
// npm's openid-client, unmodified, with DPoP (RFC 9449) and with a certificate (RFC 8705).
import assert from 'node:assert/strict';
import https from 'node:https';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import * as client from 'openid-client';
import { claims } from '../support/jwt.mjs';
import { trust } from '../support/http.mjs';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { Authority } from '../support/pki.mjs';
import { question, received, reply } from '../support/sandbox.mjs';
import { bank, details, persons, service } from '../support/world.mjs';

// Asks, answers yes on the phone, and polls.
async function tokensOf(config, base, person, options) {
  const before = (await received(base, person.phone)).length;
  const asked = await client.initiateBackchannelAuthentication(config, {
    scope: 'openid', login_hint: `iin:${person.iin}`, authorization_details: JSON.stringify(details()) });
  const { yes } = await question(base, person.phone, before);
  await reply(base, person.phone, yes);
  return client.pollBackchannelAuthenticationGrant(config, asked, undefined, options);
}

const callHeaders = () => new Headers({ 'content-type': 'application/json' });
const callBody = (person) => JSON.stringify({ iin: person.iin, fields: ['surname'] });

test('DPoP: from the poll to the call of an owner, and a refresh under the same key', async () => {
  const server = await Kelisim.start();
  try {
    const config = await client.discovery(new URL(server.base), bank.id, bank.secret, undefined, {
      execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] });
    for (const alg of ['ES256', 'RS256', 'PS256']) {
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(alg));
      const tokens = await tokensOf(config, server.base, persons.abai, { DPoP });
      assert.equal(tokens.token_type, 'dpop');
      assert.equal(claims(tokens.access_token).cnf.jkt, await DPoP.calculateThumbprint());
      const url = new URL(`${server.base}/gateway/${service}/person`);
      const call = (token, options) =>
        client.fetchProtectedResource(config, token, url, 'POST', callBody(persons.abai), callHeaders(), options);
      const answer = await call(tokens.access_token, { DPoP });
      assert.deepEqual(await answer.json(), { surname: 'Құнанбаев' });
      await assert.rejects(call(tokens.access_token), (error) => error.status === 401);
      const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
      assert.equal(renewed.token_type, 'dpop');
      assert.equal((await call(renewed.access_token, { DPoP })).status, 200);
      const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair(alg));
      await assert.rejects(call(renewed.access_token, { DPoP: other }), (error) => error.status === 401);
    }
  } finally {
    await server.stop();
  }
});

// fetch as openid-client wants it, over connections that show a certificate.
const fetchWith = (tls) => (url, { method, headers, body } = {}) =>
  new Promise((resolve, reject) => {
    const request = https.request(url, { method, headers: Object.fromEntries(new Headers(headers)), agent: false, ...tls }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () => {
        const given = Object.entries(response.headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
        resolve(new Response(response.statusCode === 204 ? null : Buffer.concat(chunks), { status: response.statusCode, headers: given }));
      });
    });
    request.once('error', reject);
    request.end(body instanceof URLSearchParams ? body.toString() : (body ?? undefined));
  });

test('tls_client_auth at the aliases of the metadata, and a token bound to the certificate', async () => {
  const folder = await temporaryDirectory();
  const root = await Authority.make(folder, 'root');
  const { files } = await root.issue('server');
  const config = path.join(folder, 'kelisim.toml');
  await writeFile(config, `${await readFile(new URL('../support/patient.toml', import.meta.url), 'utf8')}
[server]
tls_certificate = "${files.chain}"
tls_key = "${files.key}"
[systems]
anchors = "${root.file}"
port = 0
`);
  trust(root.pem);
  const server = await Kelisim.start({ config });
  try {
    const shown = await root.issue('bank', { subject: '/C=KZ/OU=BIN000140000353/CN=demo-bank', usage: 'clientAuth' });
    const discovered = await client.discovery(new URL(server.base), bank.id, { use_mtls_endpoint_aliases: true }, client.TlsClientAuth(), {
      [client.customFetch]: fetchWith({ ca: root.pem, cert: shown.cert, key: shown.key }) });
    const tokens = await tokensOf(discovered, server.base, persons.ybyrai);
    assert.ok(claims(tokens.access_token).cnf['x5t#S256']);
    const systems = await server.systems();
    const answer = await client.fetchProtectedResource(discovered, tokens.access_token, new URL(`${systems}/gateway/${service}/person`),
      'POST', callBody(persons.ybyrai), callHeaders());
    assert.deepEqual(await answer.json(), { surname: 'Алтынсарин' });
    assert.equal((await client.tokenIntrospection(discovered, tokens.access_token)).active, true);
    await client.tokenRevocation(discovered, tokens.access_token);
    assert.equal((await client.tokenIntrospection(discovered, tokens.access_token)).active, false);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
