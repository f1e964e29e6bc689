// SPDX-License-Identifier: Apache-2.0
// Stands in for NCALayer, the program on people's computers that signs with their EDS: the same socket, the same messages, and
// real signatures with keys of the sandbox's own authority. The person at the screen is `answer`: "sign" or "cancel".
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';
import { binary } from '../support/kelisim.mjs';

// Gives the program what it reads from standard input; resolves with what it printed.
async function run(words, input) {
  const child = spawn(binary, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return Buffer.concat(chunks).toString();
}

// An EDS for a person of the sandbox that keeps its data in this directory; with a BIN that of an organisation's head.
export async function issueEds(data, iin, { bin, organisation } = {}) {
  const file = path.join(data, `eds-${iin}-${bin ?? 'person'}.p12`);
  const words = ['sandbox', 'eds', '--data', data, '--out', file];
  if (bin) words.push('--bin', bin, '--organisation', organisation);
  await run(words, `${iin}\n`);
  return file;
}

export const sign = (key, form, content) => run(['sandbox', 'sign', '--key', key, '--form', form], content);

const pem = (base64) => `-----BEGIN CMS-----\n${base64.trim().replace(/(.{64})/g, '$1\n')}\n-----END CMS-----\n`;

export class NcaLayer {
  answer = 'sign';
  asked = [];

  constructor(server, key) {
    Object.assign(this, { server, key, url: `ws://127.0.0.1:${server.address().port}` });
    server.on('connection', (socket) => {
      // It says its version before anybody asks.
      socket.send(JSON.stringify({ result: { version: '1.4' } }));
      socket.on('message', async (message) => socket.send(JSON.stringify(await this.#reply(JSON.parse(message)))));
    });
  }

  static async start(key) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new NcaLayer(server, key);
  }

  async #reply({ module, method, args }) {
    if (module !== 'kz.gov.pki.knca.basics' || method !== 'sign') return { success: false, errorCode: 'MODULE_NOT_FOUND' };
    this.asked.push(args);
    if (this.answer === 'cancel') return { status: true, body: {} };
    try {
      return { status: true, body: { result: await this.#signed(args) } };
    } catch (error) {
      return { status: false, code: '500', message: 'signing failed', details: error.message };
    }
  }

  async #signed({ format, data, signingParams }) {
    const documents = Array.isArray(data) ? data : [data];
    if (format === 'xml') {
      const results = await Promise.all(documents.map((one) => sign(this.key, 'xml', one)));
      return Array.isArray(data) ? results : results[0];
    }
    if (!signingParams.decode || !signingParams.encapsulate) throw new Error('only attached CMS over base64 here');
    return Promise.all(documents.map(async (one) => pem(await sign(this.key, 'cms', Buffer.from(one, 'base64')))));
  }

  async stop() {
    for (const socket of this.server.clients) socket.terminate();
    await promisify(this.server.close.bind(this.server))();
  }
}
