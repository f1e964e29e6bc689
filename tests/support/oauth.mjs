// SPDX-License-Identifier: Apache-2.0
// The OAuth surface spoken by hand, so that a test sees every status and can send what no client library would.
import assert from 'node:assert/strict';
import { postForm, send } from './http.mjs';
import { advance, question, received, replyAndHear } from './sandbox.mjs';
import { bank, details, service } from './world.mjs';

export const ciba = 'urn:openid:params:grant-type:ciba';
// Longer than the interval that the server names, so that no poll comes too early.
export const pollPause = 'PT6S';

// RFC 6749 section 2.3.1: both parts form-encoded before the colon joins them.
export function basic({ id, secret }) {
  const joined = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(joined).toString('base64')}` };
}

export function ask(base, person, { client = bank, authorization_details = details(), ...rest } = {}) {
  const parameters = {
    scope: 'openid',
    login_hint: `iin:${person.iin}`,
    authorization_details: JSON.stringify(authorization_details),
    ...rest,
  };
  return postForm(base, '/bc-authorize', parameters, basic(client));
}

export function poll(base, requestId, client = bank) {
  return postForm(base, '/token', { grant_type: ciba, auth_req_id: requestId }, basic(client));
}

export function refresh(base, refreshToken, client = bank) {
  return postForm(base, '/token', { grant_type: 'refresh_token', refresh_token: refreshToken }, basic(client));
}

export function introspect(base, token, client = bank) {
  return postForm(base, '/introspect', { token }, basic(client));
}

export function revoke(base, token, client = bank) {
  return postForm(base, '/revoke', { token }, basic(client));
}

// A call of the gateway: who is meant stands in the body, where the service's locator looks.
export function call(base, token, { iin, service: name = service, path = 'person', key, fields } = {}) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  if (key) headers['idempotency-key'] = key;
  const body = JSON.stringify({ iin, ...(fields && { fields }) });
  return send(base, 'POST', `/gateway/${name}/${path}`, { headers, body });
}

// Asks, and waits until the question is on the phone: its text, and the digits that answer it.
export async function askAndDeliver(base, person, options) {
  const before = (await received(base, person.phone)).length;
  const asked = await ask(base, person, options);
  assert.equal(asked.status, 200, asked.text);
  return { requestId: asked.json.auth_req_id, asked: asked.json, ...(await question(base, person.phone, before)) };
}

// The whole way to a token: ask, answer yes, poll once.
export async function consent(base, person, options) {
  const { requestId, question: text, yes } = await askAndDeliver(base, person, options);
  await replyAndHear(base, person.phone, yes);
  await advance(base, pollPause);
  const answer = await poll(base, requestId, options?.client);
  assert.equal(answer.status, 200, answer.text);
  return { requestId, question: text, ...answer.json };
}
