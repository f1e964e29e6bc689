// SPDX-License-Identifier: Apache-2.0
// HTTP as tests need it: any status is an answer, bodies are at hand as text and JSON, malformed bytes can be sent.
// Every answer but that to raw bytes is held against contracts/openapi.json: what is not documented rejects.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { hold } from './openapi.mjs';

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const answerMilliseconds = 30_000;

// Whose certificates servers over https have, where a call does not say it.
let anchors;
export const trust = (pem) => (anchors = pem);

// Another system on loopback, as it is played by a test.
export async function listening(handler) {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  return { port, base: `http://127.0.0.1:${port}`, stop };
}

// headers: an object, or a flat list [name, value, name, value] where a name may repeat.
// tls: what Node's https takes for an https base: ca, and cert and key of who calls; each call has a connection of its own.
export function send(base, method, path, { headers = {}, body, tls } = {}) {
  return new Promise((resolve, reject) => {
    const [client, options] = base.startsWith('https:') ? [https, { agent: false, ca: anchors, ...tls }] : [http, { agent }];
    const request = client.request(new URL(base + path), { method, headers, timeout: answerMilliseconds, ...options });
    request.once('timeout', () => request.destroy(new Error(`${method} ${path}: no answer`)));
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('aborted', () => reject(new Error(`${method} ${path}: the answer broke off`)));
      response.once('end', () => {
        try {
          const whole = answer(response, Buffer.concat(chunks).toString());
          hold(method, path, whole, { headers, body });
          resolve(whole);
        } catch (error) {
          reject(error);
        }
      });
    });
    request.end(body);
  });
}

function answer(response, text) {
  let json;
  if (/json/.test(response.headers['content-type'] ?? '')) json = JSON.parse(text);
  return { status: response.statusCode, headers: response.headers, text, json };
}

export const get = (base, path, headers, tls) => send(base, 'GET', path, { headers, tls });

export function postJson(base, path, value, headers = {}) {
  return send(base, 'POST', path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value),
  });
}

// parameters: an object or a list of pairs, which may repeat a name.
export function postForm(base, path, parameters, headers = {}, tls = undefined) {
  return send(base, 'POST', path, {
    tls,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString(),
  });
}

// Bytes as they are; everything that came back until the server closed, or until a whole answer's head is there.
export function sendBytes(base, bytes) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(Number(port), hostname, () => socket.end(bytes));
    socket.setTimeout(answerMilliseconds, () => socket.destroy(new Error('no answer to raw bytes')));
    socket.on('data', (chunk) => (received += chunk));
    socket.once('error', (error) => (received ? resolve(received) : reject(error)));
    socket.once('close', () => resolve(received));
  });
}

// The codes of a problem (RFC 9457) with its further reasons.
export function codes(problem) {
  const reasons = (problem?.reasons ?? []).map((reason) => reason.code ?? reason);
  return [...new Set([problem?.code, ...reasons].filter(Boolean))];
}

// A problem of this status, with this reason among its own.
export function assertProblem(answer, status, reason) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(codes(answer.json).includes(reason), answer.text);
}
