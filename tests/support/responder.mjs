// SPDX-License-Identifier: Apache-2.0
// The machine of an authority that says whether certificates were taken back: OpenSSL's responder and its list, over HTTP.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Responder {
  asked = [];
  // What it answers a request with; undefined: it is broken. `list`: the bytes of /list.crl.
  answer = (request) => this.respond(request);
  list = undefined;
  #standings = new Map();
  #last = Promise.resolve();

  // Of this authority (pki.mjs), in its directory. What it issues names it by `addresses`.
  static async start(authority) {
    const made = Object.assign(new Responder(), { authority });
    made.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      made.asked.push(request.url);
      const body = request.url === '/ocsp' ? await made.answer?.(Buffer.concat(chunks)) : made.list;
      response.writeHead(body ? 200 : 500).end(body);
    });
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    const base = `http://127.0.0.1:${made.server.address().port}`;
    made.addresses = `authorityInfoAccess=OCSP;URI:${base}/ocsp\ncrlDistributionPoints=URI:${base}/list.crl`;
    await authority.issue('responder', { usage: 'OCSPSigning', more: 'noCheck=ignored' });
    return made;
  }

  #file(name) {
    return path.join(this.authority.folder, name);
  }

  #openssl(...words) {
    return run('openssl', words, { cwd: this.authority.folder });
  }

  // Of the certificate of this serial number, in hexadecimal: good, revoked or held; nothing: it has never heard of it.
  async stands(serial, standing) {
    this.#standings.set(serial, standing);
    const row = {
      good: 'V\t360101000000Z\t',
      revoked: 'R\t360101000000Z\t261101000000Z,keyCompromise',
      held: 'R\t360101000000Z\t261101000000Z,certificateHold',
    };
    const rows = [...this.#standings].filter(([, each]) => each).map(([number, each]) => `${row[each]}\t${number}\tunknown\t/CN=${number}\n`);
    await writeFile(this.#file('index.txt'), rows.join(''));
  }

  // Its files are the same for each request: one at a time.
  respond(request) {
    this.#last = this.#last.catch(() => {}).then(async () => {
      await writeFile(this.#file('request.der'), request);
      const { name } = this.authority;
      const signer = ['-CA', `${name}.pem`, '-rsigner', 'responder.pem', '-rkey', 'responder.key'];
      await this.#openssl('ocsp', '-index', 'index.txt', ...signer, '-reqin', 'request.der', '-respout', 'response.der');
      return readFile(this.#file('response.der'));
    });
    return this.#last;
  }

  // A new list of what stands now.
  async makeList() {
    const { name } = this.authority;
    await writeFile(this.#file('ca.cnf'), '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=ext\n[ext]\nauthorityKeyIdentifier=keyid\n');
    await writeFile(this.#file('crlnumber'), '01\n');
    await this.#openssl('ca', '-config', 'ca.cnf', '-gencrl', '-keyfile', `${name}.key`, '-cert', `${name}.pem`, '-out', 'list.pem');
    await this.#openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.der');
    return readFile(this.#file('list.der'));
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
