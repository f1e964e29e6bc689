// SPDX-License-Identifier: Apache-2.0
// Stands between the gateway and an owner, and does to the bytes what networks do.
import net from 'node:net';
import { once } from 'node:events';

// What may happen to the answer of an owner; `bytes`: what came from it. Nothing passes of a connection after it is cut.
export const faults = {
  none: () => (bytes, to) => to.write(bytes),
  refused: null, // nobody listens
  silent: () => () => {}, // the owner did its part, and nobody hears of it
  cut: () => (bytes, to) => to.destroy(),
  cutOnce: (proxy) => (bytes, to) => {
    proxy.fault = 'none';
    to.destroy();
  },
  down: () => (bytes, to) => to.write('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
  stumbles: () => (bytes, to) => to.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n'),
  truncated: () => (bytes, to) => {
    to.write(bytes.subarray(0, Math.floor(bytes.length * 0.8)));
    to.end();
  },
  corrupted: () => (bytes, to) => {
    const text = bytes.toString('latin1');
    to.write(Buffer.from(text.replace(/<(\w+:)?response>/, '<$1response&'), 'latin1'));
  },
  garbage: () => (bytes, to) => to.write('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Type: text/xml\r\n\r\ngarbage'),
  // Something else stands at the address now.
  elsewhere: () => (bytes, to) => to.write('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}'),
  noHttp: () => (bytes, to) => to.end('no HTTP at all\r\n\r\n'),
  // A gateway that knows nothing of RFC 9449.
  unbound: () => (bytes, to) => to.write(Buffer.from(bytes.toString('latin1').replace('"token_type":"DPoP"', '"token_type":"None"'), 'latin1')),
  // Of signed answers (RFC 9421): somebody on the way who changes them, or gives one in place of another.
  altered: () => (bytes, to) => to.write(signedPart(bytes, (text) => text.replace('"surname":"', '"surname":"X').replace('x"}', '"}'))),
  unsigned: () => (bytes, to) => to.write(signedPart(bytes, (text) => text.replace(/\r\nSignature(-Input)?: [^\r]*/g, ''))),
  foreign: () => (bytes, to) => to.write(signedPart(bytes, (text) => text.replace(/keyid="[^"]*"/, 'keyid="of-somebody-else"'))),
  undigested: () => (bytes, to) => to.write(signedPart(bytes, (text) => text.replace(/sha-256=:[^:]*:/, 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'))),
  first: (proxy) => (bytes, to) => to.write(signedPart(bytes, (text) => (proxy.firstAnswer ??= text))),
  slow: () => (bytes, to) => setTimeout(() => to.write(bytes), 1500),
};

const signedPart = (bytes, change) => {
  const text = bytes.toString('latin1');
  return text.includes('\r\nSignature: ') ? Buffer.from(change(text), 'latin1') : bytes;
};

export class FaultProxy {
  fault = 'none';
  target = null; // port of the owner
  passed = 0; // requests that reached the owner
  heard = null; // what they were, from when a test sets it to ''

  static async start() {
    const proxy = new FaultProxy();
    proxy.server = net.createServer((from) => proxy.#serve(from));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.port = proxy.server.address().port;
    proxy.open = new Set();
    return proxy;
  }

  #serve(from) {
    this.open.add(from);
    from.on('close', () => this.open.delete(from));
    from.on('error', () => {});
    const to = net.connect(this.target, '127.0.0.1');
    to.on('error', () => from.destroy());
    from.on('data', (bytes) => {
      this.passed += 1;
      if (this.heard !== null) this.heard += bytes.toString('latin1');
      to.write(bytes);
    });
    from.on('close', () => to.destroy());
    to.on('data', (bytes) => faults[this.fault]?.(this)(bytes, from));
    to.on('close', () => from.end());
  }

  // Connections that the gateway keeps are from before a change.
  async become(fault) {
    await this.#close();
    this.fault = fault;
    if (fault === 'refused') return;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop() {
    await this.#close();
  }

  async #close() {
    for (const each of this.open) each.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }
}
