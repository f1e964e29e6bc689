// SPDX-License-Identifier: Apache-2.0
// Authorities and certificates of a test, made by the openssl command in a directory of the test.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = (...words) => promisify(execFile)('openssl', words);

export class Authority {
  static async make(folder, name) {
    const made = Object.assign(new Authority(), { folder, name, file: path.join(folder, `${name}.pem`) });
    await run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-keyout', made.key, '-out', made.file);
    made.pem = await readFile(made.file, 'utf8');
    return made;
  }

  get key() {
    return path.join(this.folder, `${this.name}.key`);
  }

  // A pair of files and their texts. `days`: how long it is valid; -1: it has expired. `more`: lines of further extensions.
  async issue(name, { subject = `/CN=${name}`, names = 'IP:127.0.0.1,DNS:localhost', usage = 'serverAuth,clientAuth', days = 1, serial, more = '' } = {}) {
    const [chain, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((kind) => path.join(this.folder, `${name}.${kind}`));
    await writeFile(extensions, `subjectAltName=${names}\nextendedKeyUsage=${usage}\nbasicConstraints=CA:FALSE\n${more}\n`);
    await run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8', '-subj', subject, '-keyout', key, '-out', request);
    const numbered = serial ? ['-set_serial', serial] : ['-CAcreateserial'];
    await run('x509', '-req', '-in', request, '-CA', this.file, '-CAkey', this.key, ...numbered, '-days', String(days),
      '-extfile', extensions, '-out', chain);
    return { files: { chain, key }, cert: await readFile(chain, 'utf8'), key: await readFile(key, 'utf8') };
  }
}
