// SPDX-License-Identifier: Apache-2.0
// SIGKILL at random moments under load; after each restart on the same directory, everything that a client was told is
// true: requests, answers, tokens, uses, revocations. At the end the ledger agrees with the store.
//
// On PostgreSQL its server is killed too, in one round of five, and the process has to live on.
//
// KELISIM_KILLS: how many kills (50). KELISIM_SEED: repeats the moments and choices of a printed run.
// SIGKILL cannot show a missing fsync, since the kernel survives: the fault tests of the store do that.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { get } from '../support/http.mjs';
import { command, eventually, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { engine, postgresServer } from '../support/store.mjs';
import { Flow } from './flow.mjs';
import { Random } from './random.mjs';

const kills = Number(process.env.KELISIM_KILLS ?? 50);
const seed = Number(process.env.KELISIM_SEED ?? Date.now() % 2 ** 31);
const workers = 8;
const personsCount = 10_000;
const longestRoundMilliseconds = 900;

test(`${kills} kills, seed ${seed}: nothing acknowledged is lost`, { timeout: 15 * 60_000 }, async (context) => {
  const random = new Random(seed);
  const place = await temporaryDirectory();
  try {
    const world = await makeWorld(place);
    const start = () => Kelisim.start({ data: path.join(place, 'data'), options: ['--sandbox-data', world.file] });
    const told = new Told();
    for (let round = 0; round < kills; ++round) {
      await withServer(start, async (server) => {
        await told.verify(server.base);
        const alsoDatabase = engine === 'postgres' && round % 5 === 2;
        await loadUntilKilled(server, world.share(round), told, random, alsoDatabase);
      });
    }
    await withServer(start, async (server) => {
      await told.verify(server.base, { everything: true });
      await server.stop();
    });
    await command('ledger', 'verify', '--data', path.join(place, 'data'));
    context.diagnostic(`seed ${seed}: ${told.summary()}`);
    told.assertWorthwhile(kills);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

async function withServer(start, work) {
  const server = await start();
  try {
    await work(server);
  } finally {
    await server.kill();
  }
}

// Persons enough that each is asked once: an SMS then answers one open question only.
async function makeWorld(place) {
  const { stdout } = await command('sandbox', 'generate', '--persons', String(personsCount));
  const file = path.join(place, 'world.toml');
  await writeFile(file, stdout);
  const persons = stdout
    .split('[[person]]')
    .slice(1)
    .filter((text) => !/life_status|missing|minor|capable/.test(text))
    .map((text) => ({ iin: /iin = "(\d{12})"/.exec(text)?.[1], phone: /phone = "(\+\d+)"/.exec(text)?.[1] }))
    .filter(({ iin, phone }) => iin && phone);
  assert.ok(persons.length > personsCount / 2, `${persons.length} persons can be asked`);
  const each = Math.floor(persons.length / kills);
  return { file, share: (round) => persons.slice(round * each, (round + 1) * each) };
}

// Runs flows side by side and kills the server at a random moment of them, or when a worker has run out of persons
// while the others are still at it.
async function loadUntilKilled(server, persons, told, random, alsoDatabase) {
  const before = told.flows.length;
  let killed = false;
  const work = async () => {
    for (let person = persons.pop(); person && !killed; person = persons.pop()) {
      const flow = new Flow(person, random.fork());
      told.flows.push(flow);
      await flow.run(server.base).catch((error) => {
        if (!killed) throw error;
      });
    }
  };
  const all = Array.from({ length: workers }, work);
  const moment = new Promise((resolve) => setTimeout(resolve, random.below(longestRoundMilliseconds)));
  await Promise.race([moment, ...all]); // an error of the load fails the test at once
  killed = true;
  if (alsoDatabase) {
    const database = await postgresServer();
    await database.kill();
    await database.start();
    await eventually(async () => ((await get(server.base, '/readyz')).status === 200 ? true : undefined), 'ready again');
    await Promise.all(all);
    await Promise.all(told.flows.slice(before).map((flow) => flow.verify(server.base)));
  }
  await server.kill();
  await Promise.all(all);
}

class Told {
  flows = [];
  #verified = 0;

  // Each flow of the last round; with `everything` also those of every round before.
  async verify(base, { everything = false } = {}) {
    const flows = everything ? this.flows : this.flows.slice(this.#verified);
    this.#verified = this.flows.length;
    for (let start = 0; start < flows.length; start += workers) {
      await Promise.all(flows.slice(start, start + workers).map((flow) => flow.verify(base)));
    }
  }

  #count(what) {
    return this.flows.reduce((sum, flow) => sum + what(flow), 0);
  }

  counts() {
    return {
      requests: this.#count((flow) => (flow.requestId ? 1 : 0)),
      answers: this.#count((flow) => (flow.answered ? 1 : 0)),
      tokens: this.#count((flow) => (flow.token ? 1 : 0)),
      uses: this.#count((flow) => flow.uses.length),
      revocations: this.#count((flow) => (flow.revoked ? 1 : 0)),
      cutOff: this.#count((flow) => (flow.pending ? 1 : 0)),
    };
  }

  summary() {
    return Object.entries(this.counts()).map(([name, count]) => `${count} ${name}`).join(', ');
  }

  // A load that never got anywhere would prove nothing.
  assertWorthwhile(rounds) {
    for (const [name, count] of Object.entries(this.counts())) {
      assert.ok(count >= rounds / 5, `only ${count} ${name} in ${rounds} rounds`);
    }
  }
}
