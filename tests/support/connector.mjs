// SPDX-License-Identifier: Apache-2.0
// An access point beside an initiator's system: `kelisim connect`, as a process, and the system that calls it.
import { execFile, spawn } from 'node:child_process';
import { chmod, copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { binary, temporaryDirectory } from './kelisim.mjs';
import { bank, service as universal } from './world.mjs';

const startMilliseconds = 30_000;

export class Connector {
  #child;
  output = '';

  // What `connect init` makes, with the key that the sandbox made for the client; the port is a free one.
  static async prepared(server, { gateway = server.base, client = bank.id, service = universal } = {}) {
    const directory = path.join(await temporaryDirectory(), 'connector');
    await promisify(execFile)(binary, ['connect', 'init', directory, '--gateway', gateway, '--service', service, '--client', client]);
    const keys = path.join(server.data, 'sandbox');
    const [key] = (await readdir(keys)).filter((name) => name === `${client}.pem`);
    if (key) await copyFile(path.join(keys, key), path.join(directory, 'client.pem'));
    await chmod(path.join(directory, 'client.pem'), 0o600);
    const connector = Object.assign(new Connector(), { directory, service });
    await connector.set('port = 8090', 'port = 0');
    return connector;
  }

  static async started(server, options) {
    const connector = await Connector.prepared(server, options);
    await connector.start();
    return connector;
  }

  get config() {
    return path.join(this.directory, 'connector.toml');
  }

  async set(from, to) {
    const text = await readFile(this.config, 'utf8');
    if (!text.includes(from)) throw new Error(`${this.config} has no ${from}`);
    await writeFile(this.config, text.replace(from, to));
  }

  // What it says when it ends by itself.
  async refusal(service = this.service) {
    try {
      await promisify(execFile)(binary, ['connect', service, '--config', this.config], { timeout: startMilliseconds });
    } catch (error) {
      return error.stderr;
    }
    throw new Error('the connector started and stopped');
  }

  async start() {
    const child = spawn(binary, ['connect', this.service, '--config', this.config], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    const endWithUs = () => child.kill('SIGKILL');
    process.once('exit', endWithUs);
    this.exited.then(() => process.off('exit', endWithUs));
    child.stderr.on('data', (chunk) => (this.output += chunk));
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => (this.output += `${line}\n`));
    const first = new Promise((resolve) => lines.once('line', resolve));
    const line = await Promise.race([first, this.exited.then((code) => `ended with ${code}: ${this.output}`)]);
    this.base = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
    if (!this.base) throw new Error(line);
    this.secret = (await readFile(path.join(this.directory, 'secret'), 'utf8')).trim();
  }

  async stop() {
    this.#child.kill('SIGTERM');
    const code = await this.exited;
    if (code !== 0) throw new Error(`the connector stopped with ${code}\n${this.output}`);
  }
  async kill() {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  async call(method, target, { body, headers = {}, secret = this.secret } = {}) {
    const answer = await fetch(this.base + target, {
      method,
      headers: { ...(secret && { authorization: `Bearer ${secret}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, json, codes: json?.reasons?.map(({ code }) => code) };
  }

  ask(person, more = {}, headers = {}) {
    const body = { iin: person.iin, purpose: 'loan-application', fields: ['surname', 'name'], term: 'P10D', ...more };
    return this.call('POST', '/v1/consents', { body, headers });
  }
  look(id) {
    return this.call('GET', `/v1/consents/${id}`);
  }
  // `more`: members for the owner.
  data(id, { fields, key, more } = {}) {
    const headers = key ? { 'idempotency-key': key } : {};
    return this.call(fields ? 'POST' : 'GET', `/v1/data/${id}`, { body: fields && { fields, ...more }, headers });
  }
}
