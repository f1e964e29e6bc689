// SPDX-License-Identifier: Apache-2.0
// A witness (C2SP tlog-witness) that a test can tell to refuse, to be silent or to lie. It checks what a witness has to:
// the log's signature, its own memory of the size, and the consistency proof, with the independent verifier.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';
import { verifier } from './ledger.mjs';

const emDash = '\u2014';

export class Witness {
  #keys = generateKeyPairSync('ed25519');
  #server;
  seen = []; // { old, size, status } of each submission
  behaviour = 'honest'; // or 'silent', 'lying'
  size = 0;
  #checkpoint;

  static async start(name) {
    const witness = new Witness();
    witness.name = name;
    witness.#server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => witness.#answer(request, Buffer.concat(chunks).toString(), response));
    });
    await new Promise((resolve) => witness.#server.listen(0, '127.0.0.1', resolve));
    return witness;
  }

  get #raw() {
    return this.#keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  }
  get #material() {
    return Buffer.concat([Buffer.of(4), this.#raw]);
  }
  get #id() {
    return createHash('sha256').update(`${this.name}\n`).update(this.#material).digest().subarray(0, 4);
  }
  get vkey() {
    return `${this.name}+${this.#id.toString('hex')}+${this.#material.toString('base64')}`;
  }
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/witness/`;
  }

  // Its line under a note, when it is there and right.
  hasSigned(note) {
    const [text, lines] = [note.slice(0, note.lastIndexOf('\n\n') + 1), note.split('\n')];
    const line = lines.find((each) => each.startsWith(`${emDash} ${this.name} `));
    if (!line) return false;
    const bytes = Buffer.from(line.split(' ')[2], 'base64');
    return bytes.equals(this.#cosign(text, bytes.readBigUInt64BE(4)));
  }

  // C2SP tlog-cosignature: Ed25519 is deterministic, so that making it again verifies it.
  #cosign(text, seconds) {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(seconds);
    const message = `cosignature/v1\ntime ${seconds}\n${text}`;
    return Buffer.concat([this.#id, time, sign(null, Buffer.from(message), this.#keys.privateKey)]);
  }

  async #answer(request, body, response) {
    if (this.behaviour === 'silent') return; // until the other side gives up
    const end = (status, text = '', type = 'text/plain') => {
      this.seen.push({ ...this.submitted, status });
      response.writeHead(status, { 'content-type': type });
      response.end(text);
    };
    const blank = body.indexOf('\n\n');
    const [first, ...proof] = body.slice(0, blank).split('\n');
    const note = body.slice(blank + 2);
    const old = Number(/^old (0|[1-9][0-9]*)$/.exec(first)?.[1]);
    this.submitted = { old };
    if (request.method !== 'POST' || request.url !== '/witness/add-checkpoint') return end(404);
    let checkpoint;
    try {
      checkpoint = await verifier.openCheckpoint(note, this.logKey);
    } catch {
      return end(403);
    }
    this.submitted = { old, size: checkpoint.size };
    if (old > checkpoint.size) return end(400);
    if (old !== this.size) return end(409, `${this.size}\n`, 'text/x.tlog.size');
    try {
      const hashes = proof.map((line) => new Uint8Array(Buffer.from(line, 'base64')));
      if (old === 0 && hashes.length > 0) throw new Error('a proof where none is due');
      if (old > 0) await verifier.verifyConsistency(this.#checkpoint, checkpoint, hashes);
    } catch {
      return end(422);
    }
    const seconds = BigInt(Math.floor(Date.now() / 1000));
    if (this.behaviour === 'lying') {
      const wrong = this.#cosign(`${checkpoint.text}?`, seconds);
      return end(200, `${emDash} ${this.name} ${wrong.toString('base64')}\n`);
    }
    this.size = checkpoint.size;
    this.#checkpoint = checkpoint;
    return end(200, `${emDash} ${this.name} ${this.#cosign(checkpoint.text, seconds).toString('base64')}\n`);
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
