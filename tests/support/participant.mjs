// SPDX-License-Identifier: Apache-2.0
// A participant of the asynchronous channel that lets itself be called (IAsyncChannelClient) and answers as it is told to.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const one = (text, name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
const envelope = (content) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
const id = () => `{${randomUUID()}}`;

export const taken = (call, messageId = call.messageId) => ({
  status: 200,
  body: envelope(call.operation === 'sendMessage'
    ? `<a:sendMessageResponse xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><response><messageId>${messageId}</messageId>` +
      `<correlationId>${call.correlationId}</correlationId><responseDate>${new Date().toISOString()}</responseDate></response></a:sendMessageResponse>`
    : '<c:changeMassageStatusNotificationResponse xmlns:c="http://bip.bee.kz/AsyncChannel/v10/Types/Client"><response><responseDate>' +
      `${new Date().toISOString()}</responseDate><sessionId>${id()}</sessionId></response></c:changeMassageStatusNotificationResponse>`),
});
export const fault = (code) => ({
  status: 500,
  body: envelope(`<s:Fault><faultcode>${code}</faultcode><faultstring>no</faultstring></s:Fault>`),
});
export const garbage = { status: 200, body: 'garbage' };
export const cut = 'cut';  // mid-answer

export class Participant {
  // `answer`: a function of a call.
  static async start(answer = taken, port = 0) {
    const participant = Object.assign(new Participant(), { answer, calls: [], sockets: new Set() });
    participant.http = createServer((request, response) => participant.#hear(request, response));
    participant.http.on('connection', (socket) => participant.sockets.add(socket));
    await new Promise((resolve) => participant.http.listen(port, '127.0.0.1', resolve));
    participant.port = participant.http.address().port;
    participant.url = `http://127.0.0.1:${participant.port}/async`;
    return participant;
  }

  #hear(request, response) {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const operation = text.includes('changeMassageStatusNotification') ? 'changeMassageStatusNotification' : 'sendMessage';
      const call = { operation, text, headers: request.headers, messageId: one(text, 'messageId'), state: one(text, 'messageState'),
        correlationId: one(text, 'correlationId'), type: one(text, 'messageType'), said: one(text, 'said') };
      const answer = this.answer(call);
      this.calls.push({ ...call, well: answer?.status === 200 && answer !== garbage });
      if (answer === cut) {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('<s:Envelope');
        setImmediate(() => request.socket.destroy());
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'text/xml; charset=utf-8' });
      response.end(answer.body);
    });
  }

  messages() {
    return this.calls.filter(({ operation }) => operation === 'sendMessage');
  }
  notices() {
    return this.calls.filter(({ operation }) => operation !== 'sendMessage');
  }

  async stop() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
