// SPDX-License-Identifier: Apache-2.0
// npm's openid-client, unmodified: CIBA in poll mode from discovery to revocation, id_token signatures checked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { clientKey } from '../support/jwt.mjs';
import { Kelisim } from '../support/kelisim.mjs';
import { advance, question, received, reply } from '../support/sandbox.mjs';
import { bank, details, gbdfl, persons, service } from '../support/world.mjs';

let server;
before(async () => (server = await Kelisim.start()));
after(() => server.stop());

function discover({ id, secret }, authentication, options) {
  return client.discovery(new URL(server.base), id, secret, authentication, {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
    ...options,
  });
}

async function ask(config, person) {
  const before = (await received(server.base, person.phone)).length;
  const asked = await client.initiateBackchannelAuthentication(config, {
    scope: 'openid',
    login_hint: `iin:${person.iin}`,
    authorization_details: JSON.stringify(details()),
  });
  return { asked, ...(await question(server.base, person.phone, before)) };
}

// Answers while the client polls, as a person would.
async function askAndAnswer(config, person, word) {
  const { asked, [word]: digit } = await ask(config, person);
  await reply(server.base, person.phone, digit);
  return client.pollBackchannelAuthenticationGrant(config, asked);
}

const oauthError = (status, error) => (thrown) => {
  assert.equal(thrown.error, error, thrown.stack);
  assert.equal(thrown.status, status);
  return true;
};

test('both metadata documents are discovered and agree', async () => {
  const oidc = (await discover(bank)).serverMetadata();
  const oauth = (await discover(bank, undefined, { algorithm: 'oauth2' })).serverMetadata();
  for (const metadata of [oidc, oauth]) {
    assert.equal(metadata.issuer, server.base);
    assert.ok(metadata.id_token_signing_alg_values_supported.includes('ES256'));
    assert.deepEqual(metadata.backchannel_token_delivery_modes_supported, ['poll']);
    assert.equal(metadata.backchannel_user_code_parameter_supported ?? false, false);
    assert.ok(metadata.grant_types_supported.includes('urn:openid:params:grant-type:ciba'));
    assert.ok(metadata.authorization_details_types_supported.includes('kz_personal_data'));
    for (const endpoint of ['token', 'backchannel_authentication', 'introspection', 'revocation']) {
      assert.ok(metadata[`${endpoint}_endpoint`].startsWith(`${server.base}/`), endpoint);
    }
  }
  assert.deepEqual(oidc, oauth);
});

// KDP-2.3, KDP-2.8, KDP-7.1
test('ask, answer, token, refresh, introspect, revoke', async () => {
  const config = await discover(bank);
  const tokens = await askAndAnswer(config, persons.abai, 'yes');
  assert.equal(tokens.token_type, 'bearer');
  assert.ok(tokens.expires_in > 0);
  assert.equal(tokens.authorization_details[0].type, 'kz_personal_data');
  assert.deepEqual(tokens.authorization_details[0].services, [service]);
  assert.equal(tokens.claims().sub, persons.abai.iin);
  assert.equal(tokens.claims().aud, bank.id);
  assert.ok(tokens.claims().acr, 'acr says how the person answered');

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(refreshed.access_token, tokens.access_token);

  const seen = await client.tokenIntrospection(config, refreshed.access_token);
  assert.equal(seen.active, true);
  assert.equal(seen.client_id, bank.id);
  assert.ok(seen.as_of !== undefined, 'says as of when');
  const owner = await discover(gbdfl);
  assert.equal((await client.tokenIntrospection(owner, refreshed.access_token)).active, true);

  await client.tokenRevocation(config, refreshed.access_token);
  assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);
  assert.equal((await client.tokenIntrospection(owner, refreshed.access_token)).active, false);
});

test('the person may answer long after the client began to poll', async () => {
  const config = await discover(bank);
  const { asked } = await ask(config, persons.eighth);
  const polling = client.pollBackchannelAuthenticationGrant(config, asked);
  // The first poll comes after one interval: the answer after it meets a client that waits.
  await new Promise((resolve) => setTimeout(resolve, asked.interval * 1000 + 300));
  await reply(server.base, persons.eighth.phone, 'иә');
  assert.ok((await polling).access_token);
});

test('no is access_denied', async () => {
  const config = await discover(bank);
  await assert.rejects(askAndAnswer(config, persons.ybyrai, 'no'), oauthError(400, 'access_denied'));
});

test('silence is expired_token', async () => {
  const config = await discover(bank);
  const { asked } = await ask(config, persons.tenth);
  await advance(server.base, 'PT73H');
  await assert.rejects(client.pollBackchannelAuthenticationGrant(config, asked), oauthError(400, 'expired_token'));
});

const methods = {
  client_secret_basic: () => client.ClientSecretBasic(bank.secret),
  client_secret_post: () => client.ClientSecretPost(bank.secret),
  private_key_jwt: async (data) => client.PrivateKeyJwt(await signingKey(data)),
};

for (const [name, authentication] of Object.entries(methods)) {
  test(`${name} authenticates the client`, async () => {
    // The other server's clock has been moved: assertions are of this one's time.
    const fresh = await Kelisim.start();
    try {
      const config = await client.discovery(new URL(fresh.base), bank.id, undefined, await authentication(fresh.data), {
        execute: [client.allowInsecureRequests],
      });
      assert.deepEqual({ ...(await client.tokenIntrospection(config, 'no-such-token')) }, { active: false });
    } finally {
      await fresh.stop();
    }
  });
}

async function signingKey(data) {
  const { key, kid } = await clientKey(data, bank.id);
  const imported = await crypto.subtle.importKey(
    'jwk', key.export({ format: 'jwk' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return kid ? { key: imported, kid } : imported;
}

test('a wrong secret is invalid_client', async () => {
  const config = await discover({ id: bank.id, secret: 'wrong' });
  await assert.rejects(
    client.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: `iin:${persons.abai.iin}` }),
    (thrown) => thrown.status === 401 || thrown.error === 'invalid_client',
  );
});
