// SPDX-License-Identifier: Apache-2.0
// Stands in for NCALayer, the program on people's computers that signs with their EDS: the same socket, the same messages, and
// real signatures with keys of the sandbox's own authority. The person at the screen is `answer`: "sign" or "cancel".
import { once } from 'node:events';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';
import { sign } from '../support/eds.mjs';

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
