// SPDX-License-Identifier: Apache-2.0
// The real server as a child process, and the place where it keeps its data.
import { spawn, execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { configurationFile, onEngine, storeOptions } from './store.mjs';

const root = path.resolve(import.meta.dirname, '../..');
// Another build, such as one under a sanitizer, can be tested by naming it.
export const binary = process.env.KELISIM_BINARY ?? path.join(root, 'build/release/kelisim');
export const patient = path.join(import.meta.dirname, 'patient.toml');
// A build that is slower by design says how many times (tools/test-long, sanitizers).
const slower = Number(process.env.KELISIM_SLOWER ?? 1);
const startMilliseconds = 30_000 * slower;
const stopMilliseconds = 20_000 * slower;
const logCharactersKept = 4 * 1024 * 1024;

export async function temporaryDirectory() {
  return mkdtemp(path.join(tmpdir(), 'kelisim-test-'));
}

// Runs a subcommand to its end, on the database of the data directory that it names; throws with its output when it exits
// non-zero.
export async function command(...words) {
  const data = words.indexOf('--data');
  const options = data < 0 ? [] : await storeOptions(words[data + 1]);
  return promisify(execFile)(binary, [...words, ...options], { maxBuffer: 256 * 1024 * 1024 });
}

export class Kelisim {
  #child;
  #exited;
  #output = '';
  #file;

  // `data`: a directory that the caller keeps and removes; without it the server's own, removed by stop().
  // `config`: a file, or null for the defaults.
  static async start({ data, options = [], config = patient } = {}) {
    const server = new Kelisim();
    server.ownsData = data === undefined;
    server.data = data ?? (await temporaryDirectory());
    const words = ['serve', '--sandbox', '--data', server.data, '--port', '0', ...options];
    server.#file = await configurationFile(server.data, config);
    server.#child = spawn(binary, [...words, ...(server.#file ? ['--config', server.#file] : [])], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server.#exited = new Promise((resolve) => server.#child.once('exit', (code, signal) => resolve({ code, signal })));
    // A test that fails half-way leaves no server behind.
    const endWithUs = () => server.#child.kill('SIGKILL');
    process.once('exit', endWithUs);
    server.#exited.then(() => process.off('exit', endWithUs));
    server.#child.stderr.on('data', (chunk) => server.#keep(chunk));
    server.base = await server.#listening();
    return server;
  }

  get pid() {
    return this.#child.pid;
  }

  // Everything that the server wrote so far, up to a bound from the end.
  get output() {
    return this.#output;
  }

  #keep(chunk) {
    this.#output = (this.#output + chunk).slice(-logCharactersKept);
  }

  // What it reads from now on at SIGHUP, which is sent, and at no other time. For a server that was started with a file.
  async reconfigure(configuration) {
    await writeFile(this.#file, await onEngine(this.data, configuration));
    this.#child.kill('SIGHUP');
  }

  // Where callers show certificates; undefined without such a listener. It is printed in one piece with what comes first.
  systems() {
    return eventually(async () => /^systems with certificates on (\S+)$/m.exec(this.#output)?.[1], 'the address for systems');
  }

  // Has the files of certificates read anew; what was logged of it. Those of receivers of events come last.
  async reload() {
    const told = () => this.#output.split('\n').filter((line) => line.includes('"TLS_RELOAD')).map((line) => JSON.parse(line));
    const before = told().length;
    this.#child.kill('SIGHUP');
    return eventually(async () => {
      const lines = told().slice(before);
      return lines.at(-1)?.what === 'events' ? lines : undefined;
    }, 'the reload');
  }

  async #listening() {
    const lines = createInterface({ input: this.#child.stdout });
    const first = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      lines.on('line', (line) => {
        this.#keep(`${line}\n`);
        resolve(line);
      });
      this.#exited.then((how) => reject(new Error(`exited before it listened: ${JSON.stringify(how)}\n${this.#output}`)));
    });
    const line = await deadline(first, startMilliseconds, 'the server did not start').catch((error) => {
      this.#child.kill('SIGKILL');
      throw error;
    });
    const match = /^listening on (https?:\/\/127\.0\.0\.1:\d+)$/.exec(line);
    if (!match) {
      this.#child.kill('SIGKILL');
      throw new Error(`first line of stdout is "${line}"`);
    }
    return match[1];
  }

  // SIGTERM, and the exit that follows: a server that stops in order exits with 0.
  async stop() {
    this.#child.kill('SIGTERM');
    const how = await deadline(this.#exited, stopMilliseconds, 'the server did not stop').catch((error) => {
      this.#child.kill('SIGKILL');
      throw error;
    });
    await this.discard();
    if (how.code !== 0) throw new Error(`stopped with ${JSON.stringify(how)}\n${this.#output.slice(-4000)}`);
  }

  async kill() {
    this.#child.kill('SIGKILL');
    return this.#exited;
  }

  async discard() {
    if (this.ownsData) await rm(this.data, { recursive: true, force: true });
  }
}

async function deadline(promise, milliseconds, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// The first value that is neither undefined nor false. For what HTTP cannot tell when it happens; bounded.
export async function eventually(probe, what, milliseconds = 10_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
