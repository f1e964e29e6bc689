// SPDX-License-Identifier: Apache-2.0
// A time-stamping authority: OpenSSL's, over HTTP (RFC 3161 section 3.4).
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';

export const policy = '1.2.398.3.3.2.6.4';

export class TimeStamper {
  asked = 0;
  broken = false;
  #last = Promise.resolve();

  // Of this authority (pki.mjs), in its directory.
  static async start(authority) {
    const made = Object.assign(new TimeStamper(), { authority });
    await authority.issue('stamper', { usage: 'critical,timeStamping', more: 'keyUsage=critical,digitalSignature,nonRepudiation' });
    await writeFile(made.file('serial'), '01\n');
    await writeFile(made.file('ts.cnf'), `[tsa]\ndefault_tsa=own\n[own]\nserial=serial\nsigner_cert=stamper.pem\nsigner_key=stamper.key\nsigner_digest=sha256\n` +
      `default_policy=${policy}\ndigests=sha256\ness_cert_id_alg=sha256\n`);
    made.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      made.asked++;
      if (made.broken) return response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(await made.reply(Buffer.concat(chunks)));
    });
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    made.url = `http://127.0.0.1:${made.server.address().port}/tsp`;
    return made;
  }

  file(name) {
    return path.join(this.authority.folder, name);
  }

  // Its files are the same for each request: one at a time.
  reply(query) {
    this.#last = this.#last.catch(() => {}).then(async () => {
      await writeFile(this.file('query.tsq'), query);
      await promisify(execFile)('openssl', ['ts', '-reply', '-config', 'ts.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr'],
        { cwd: this.authority.folder });
      return readFile(this.file('reply.tsr'));
    });
    return this.#last;
  }

  // A directory that names the authority as trusted (docs/operating/trust.md).
  async trusted() {
    const { stdout } = await promisify(execFile)('openssl', ['x509', '-in', this.authority.file, '-outform', 'DER'], { encoding: 'buffer' });
    await writeFile(this.file('authorities.toml'), `contour = "test"\n[[authority]]\nname = "${this.authority.name}"\nfile = "${path.basename(this.authority.file)}"\n` +
      `sha256 = "${createHash('sha256').update(stdout).digest('hex')}"\nanchor = true\n`);
    return this.authority.folder;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
