// SPDX-License-Identifier: Apache-2.0
// Signed HTTP messages (RFC 9421) with digests of their bodies (RFC 9530), by node's own crypto: as a consumer's or an owner's
// programmer would write it.
import { createHash, randomUUID, sign as signBytes, verify as verifyBytes } from 'node:crypto';

const es256 = (key) => ({ key, dsaEncoding: 'ieee-p1363' });
export const digestOf = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

// What a component of a message is. `message`: { method, authority, target, headers } or { status, headers, request }.
function valueOf(component, message) {
  const { name, req } = /^"(?<name>[^"]+)"(?<req>;req)?$/.exec(component).groups;
  const of = req ? message.request : message;
  const query = of.target?.indexOf('?') ?? -1;
  switch (name) {
    case '@method': return of.method;
    case '@authority': return of.authority;
    case '@path': return query < 0 ? of.target : of.target.slice(0, query);
    case '@query': return query < 0 ? '?' : of.target.slice(query);
    case '@status': return String(of.status);
    default: return of.headers[name];
  }
}

const baseOf = (components, parameters, message) =>
  [...components.map((each) => `${each}: ${valueOf(each, message)}`), `"@signature-params": ${parameters}`].join('\n');

export const requestComponents = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"', '"content-type"', '"authorization"'];
export const answerComponents = ['"@status"', '"content-digest"', '"content-type"', '"@method";req', '"@path";req', '"@query";req', '"signature";req'];

// The two fields. `at`: a Date.
export function signatureFields(message, { key, kid, components, at = new Date(), nonce = randomUUID(), label = 'sig', alg = 'ecdsa-p256-sha256', more = '' }) {
  const created = at === null ? '' : `;created=${Math.floor(at.getTime() / 1000)}`;
  const parameters = `(${components.join(' ')})${created};keyid="${kid}"${alg ? `;alg="${alg}"` : ''}${nonce ? `;nonce="${nonce}"` : ''}${more}`;
  const value = signBytes('sha256', Buffer.from(baseOf(components, parameters, message)), es256(key)).toString('base64');
  return { 'signature-input': `${label}=${parameters}`, signature: `${label}=:${value}:` };
}

// What is signed in a message, when the signature and the digest of the body are right; throws when they are not.
export function verified(message, body, publicKey) {
  const { label, parameters } = /^(?<label>[a-z0-9]+)=(?<parameters>.*)$/s.exec(message.headers['signature-input']).groups;
  const components = /^\(([^)]*)\)/.exec(parameters)[1].split(' ');
  const value = new RegExp(`^${label}=:([^:]*):$`).exec(message.headers.signature)[1];
  if (!verifyBytes('sha256', Buffer.from(baseOf(components, parameters, message)), es256(publicKey), Buffer.from(value, 'base64')))
    throw new Error(`the signature is wrong: ${parameters}`);
  if (message.headers['content-digest'] !== digestOf(body)) throw new Error('the digest of the body is wrong');
  return { components, keyId: /;keyid="([^"]*)"/.exec(parameters)[1], nonce: /;nonce="([^"]*)"/.exec(parameters)[1] };
}
