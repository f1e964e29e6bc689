// SPDX-License-Identifier: Apache-2.0
// The database behind a data directory: embedded in it, or with KELISIM_ENGINE=postgres one on a PostgreSQL server that
// this process starts for itself, with everything that makes it durable.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export const engine = process.env.KELISIM_ENGINE ?? 'sqlite';
if (!['sqlite', 'postgres'].includes(engine)) throw new Error(`KELISIM_ENGINE is ${engine}`);
const script = path.join(import.meta.dirname, 'temporary_postgres');

// See tests/support/temporary_postgres. It ends with this process, and keeps it from ending only while it is waited for.
export class PostgresServer {
  #child;
  #lines;
  #last = Promise.resolve();

  static async start() {
    const server = new PostgresServer();
    server.#child = spawn(script, { stdio: ['pipe', 'pipe', 'inherit'] });
    server.#lines = createInterface({ input: server.#child.stdout })[Symbol.asyncIterator]();
    server.place = /^host=(\S+)/.exec(await server.#line())[1];
    return server;
  }

  kill() {
    return this.#command('kill');
  }
  start() {
    return this.#command('start');
  }
  // Empty, or a copy of another that nobody uses; in place of one of that name.
  database(name, like = '') {
    return this.#command(`database ${name} ${like}`);
  }

  #command(text) {
    this.#last = this.#last.then(async () => {
      this.#child.stdin.write(`${text}\n`);
      const answer = await this.#line();
      if (answer !== 'ok') throw new Error(`${text}: ${answer}`);
    });
    return this.#last;
  }

  async #line() {
    this.#hold('ref');
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the temporary PostgreSQL server ended');
    this.#hold('unref');
    return value;
  }

  #hold(how) {
    for (const one of [this.#child, this.#child.stdin, this.#child.stdout]) one[how]();
  }
}

let configurations; // promise of a directory of this process
function configurationsDirectory() {
  configurations ??= mkdtemp(path.join(tmpdir(), 'kelisim-config-')).then((directory) => {
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    return directory;
  });
  return configurations;
}

let server;
export function postgresServer() {
  server ??= PostgresServer.start();
  return server;
}

const databases = new Map(); // data directory -> promise of the name
function databaseOf(data) {
  if (!databases.has(data)) {
    const name = `data_${databases.size + 1}`;
    databases.set(data, postgresServer().then((postgres) => postgres.database(name)).then(() => name));
  }
  return databases.get(data);
}

// A configuration without [store], with the one that this engine needs.
export async function onEngine(data, configuration) {
  if (engine === 'sqlite') return configuration;
  const database = await databaseOf(data);
  const { place } = await postgresServer();
  return `${configuration}\n[store]\nengine = "postgres"\npostgres = "host=${place} user=kelisim dbname=${database}"\n`;
}

let files = 0;
// The file that commands are to be given with a data directory. `config`: one without [store], or null for the defaults.
export async function configurationFile(data, config = null) {
  if (engine === 'sqlite') return config;
  const file = path.join(await configurationsDirectory(), `${++files}.toml`);
  await writeFile(file, await onEngine(data, config ? await readFile(config, 'utf8') : ''));
  return file;
}

// Options of the commands that name a data directory.
export async function storeOptions(data, config = null) {
  const file = await configurationFile(data, config);
  return file ? ['--config', file] : [];
}

const embedded = ['kelisim.db', 'kelisim.db-wal', 'kelisim.db-shm'];
async function copyFiles(from, to) {
  for (const name of embedded) {
    await rm(path.join(to, name), { force: true });
    await cp(path.join(from, name), path.join(to, name)).catch(() => {}); // a log that is not there
  }
}

// The database alone, while nobody serves it: a copy in `backup`, and back.
export async function backUp(data, backup) {
  if (engine === 'sqlite') return copyFiles(data, backup);
  const database = await databaseOf(data);
  return (await postgresServer()).database(`${database}_backup`, database);
}
export async function restore(data, backup) {
  if (engine === 'sqlite') return copyFiles(backup, data);
  const database = await databaseOf(data);
  return (await postgresServer()).database(database, `${database}_backup`);
}

async function psql(data, options, sql) {
  const { place } = await postgresServer();
  const program = path.join(process.env.KELISIM_POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin', 'psql');
  const target = `host=${place} user=kelisim dbname=${await databaseOf(data)}`;
  return promisify(execFile)(program, [...options, '-v', 'ON_ERROR_STOP=1', '-c', sql, target]);
}
const python = (script, data, sql) =>
  promisify(execFile)('python3', ['-c', `import sqlite3, sys\n${script}`, path.join(data, 'kelisim.db'), sql]);

// Changes rows behind the service's back, while nobody serves them.
export async function tamper(data, sql) {
  if (engine === 'sqlite') await python('with sqlite3.connect(sys.argv[1]) as c: c.executescript(sys.argv[2])', data, sql);
  else await psql(data, ['-qX'], sql);
}

// The first column of what a SELECT finds, as text; also while the rows are served.
export async function column(data, sql) {
  const { stdout } = engine === 'sqlite'
    ? await python('for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(row[0])', data, sql)
    : await psql(data, ['-qAtX'], sql);
  return stdout.split('\n').slice(0, -1);
}
