// SPDX-License-Identifier: Apache-2.0
// A receiver of Security Event Tokens that answers as it is told to (RFC 8935).
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { eventually } from './kelisim.mjs';

export const accept = { status: 202 };

export class Receiver {
  // `answer`: what the next calls get, a value or a function of the number of the call. `tls`: cert and key of an https one.
  static async start(answer = accept, tls = undefined) {
    const receiver = Object.assign(new Receiver(), { answer, calls: [], sockets: new Set() });
    const hear = (request, response) => receiver.#hear(request, response);
    receiver.http = tls ? createTlsServer(tls, hear) : createServer(hear);
    receiver.http.on('connection', (socket) => receiver.sockets.add(socket));
    await new Promise((resolve) => receiver.http.listen(0, '127.0.0.1', resolve));
    receiver.port = receiver.http.address().port;
    receiver.url = `${tls ? 'https' : 'http'}://127.0.0.1:${receiver.port}/events?from=kelisim`;
    return receiver;
  }

  #hear(request, response) {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const answer = typeof this.answer === 'function' ? this.answer(this.calls.length) : this.answer;
      this.calls.push({ method: request.method, url: request.url, headers: request.headers, body, status: answer?.status });
      if (!answer) return; // silent
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.json ? JSON.stringify(answer.json) : undefined);
    });
  }

  // The call with this number, once it has come.
  call(number) {
    return eventually(async () => this.calls[number], `call ${number} of a receiver`);
  }

  async stop() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
