// SPDX-License-Identifier: Apache-2.0
// JWTs made by hand, so that they can be wrong in one way at a time; and the keys that the sandbox made for its clients.
import { createHmac, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
export const header = (jwt) => decode(jwt.split('.')[0]);
export const claims = (jwt) => decode(jwt.split('.')[1]);

// The private key of a client under DATA/sandbox, PEM or JWK, with the kid that a JWK names.
export async function clientKey(data, clientId) {
  const folder = path.join(data, 'sandbox');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.includes(clientId));
  for (const name of names) {
    const text = await readFile(path.join(folder, name), 'utf8');
    if (/PRIVATE KEY-----/.test(text)) return { key: createPrivateKey(text) };
    if (text.trimStart().startsWith('{')) {
      const jwk = JSON.parse(text);
      if (jwk.d) return { key: createPrivateKey({ key: jwk, format: 'jwk' }), kid: jwk.kid };
    }
  }
  throw new Error(`no private key of ${clientId} in ${folder}: ${names.join(' ')}`);
}

// alg "none" leaves the signature empty; HS256 takes any bytes as the key; else ES256 over P-256.
export function jwt({ header: head, payload, key }) {
  const input = `${encode(head)}.${encode(payload)}`;
  return `${input}.${signature(head.alg, input, key)}`;
}

function signature(alg, input, key) {
  if (alg === 'none') return '';
  if (alg === 'HS256') return createHmac('sha256', key).update(input).digest('base64url');
  return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

// A client assertion (RFC 7523 section 3) as the sandbox's clock sees it; parts can be replaced or, by undefined, dropped.
export function assertion({ key, kid, clientId, audience, head = {}, payload = {}, now = Date.now() / 1000 }) {
  return jwt({
    header: { alg: 'ES256', ...(kid && { kid }), ...head },
    payload: {
      iss: clientId,
      sub: clientId,
      aud: audience,
      jti: randomUUID(),
      iat: Math.floor(now),
      exp: Math.floor(now) + 60,
      ...payload,
    },
    key,
  });
}

export const assertionParameters = (clientAssertion) => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: clientAssertion,
});
