// SPDX-License-Identifier: Apache-2.0
// Messages of the SOAP wire by hand (wire.md A3), and what their answers say.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { send } from './http.mjs';

export const signedPath = '/bip-sync-wss-gost/';
export const insidePath = '/bip-sync/';

const property = ([key, value]) => `<properties><key>${key}</key><value>${value}</value></properties>`;

// The content of a body; `data`: of the element of that name, `type`: of its xsi:type.
export function sendMessage({ id = randomUUID(), serviceId, sender = 'DEMOBANK', password, date = new Date(), data = '', chain, route, properties = {} } = {}) {
  return `<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>${id}</messageId>` +
    `${chain ? `<correlationId>${chain}</correlationId>` : ''}` +
    `<serviceId>${serviceId}</serviceId><messageDate>${date.toISOString()}</messageDate>` +
    `${route ? `<routeId>${route}</routeId>` : ''}<sender><senderId>${sender}</senderId>` +
    `${password === undefined ? '' : `<password>${password}</password>`}</sender>${Object.entries(properties).map(property).join('')}` +
    `</requestInfo><requestData><data>${data}</data></requestData></request></t:SendMessage>`;
}

// Of the asynchronous channel (wire.md A4); `from`: the element `sender`.
export function asyncMessage({ type = 'REQUEST', serviceId, from = '<sender><senderId>DEMOBANK</senderId></sender>', correlationId, id, data = '', date = new Date(), properties = {} } = {}) {
  return '<a:sendMessage xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request><messageInfo>' +
    `${id ? `<messageId>${id}</messageId>` : ''}${correlationId ? `<correlationId>${correlationId}</correlationId>` : ''}` +
    `<serviceId>${serviceId}</serviceId><messageType>${type}</messageType><messageDate>${date.toISOString()}</messageDate>${from}` +
    Object.entries(properties).map(property).join('') +
    `</messageInfo><messageData><data>${data}</data></messageData></request></a:sendMessage>`;
}

export const envelope = (content, ns = 'http://schemas.xmlsoap.org/soap/envelope/') =>
  `<s:Envelope xmlns:s="${ns}"><s:Body>${content}</s:Body></s:Envelope>`;

// The text of the first element of this name, whichever its prefix.
export const one = (name, xml) => new RegExp(`<(?:\\w+:)?${name}>([^<]*)</`).exec(xml)?.[1];

export async function post(base, to, body, headers = {}) {
  const answer = await send(base, 'POST', to, { headers: { 'content-type': 'text/xml; charset=utf-8', ...headers }, body });
  return {
    ...answer,
    code: one('errorCode', answer.text) ?? one('code', answer.text),
    why: one('errorData', answer.text),
    session: one('sessionId', answer.text),
  };
}

export function assertFault(answer, code, why) {
  assert.equal(answer.status, 500, answer.text);
  assert.equal(answer.code, code, answer.text);
  if (why) assert.match(answer.why, new RegExp(why));
  assert.match(answer.headers['content-type'], /^text\/xml/);
}
