// SPDX-License-Identifier: Apache-2.0
// DPoP proofs (RFC 9449) made by hand, so that they can be wrong in one way at a time.
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { jwt } from './jwt.mjs';

const hash = (text) => createHash('sha256').update(text).digest('base64url');

// A key pair with its thumbprint (RFC 7638: the required members in the order of their names).
export function dpopKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return { key: privateKey, jwk: { crv, kty, x, y }, thumbprint: hash(JSON.stringify({ crv, kty, x, y })) };
}

// `now`: seconds as the sandbox's clock has them; parts can be replaced or, by undefined, dropped.
export function proof({ key, jwk }, method, url, { token, now = Date.now() / 1000, head = {}, payload = {} } = {}) {
  return jwt({
    header: { typ: 'dpop+jwt', alg: 'ES256', jwk, ...head },
    payload: { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(now), ...(token && { ath: hash(token) }), ...payload },
    key,
  });
}
