// SPDX-License-Identifier: Apache-2.0
// What the documents promise about a running server: metric families, and every command of README.md as it stands there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { get } from '../support/http.mjs';
import { Kelisim } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { message } from '../support/sandbox.mjs';
import { persons } from '../support/world.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name) => readFile(path.join(root, name), 'utf8');

let server;
before(async () => {
  server = await Kelisim.start();
});
after(() => server.stop());

// "name type label,label" of each family, in the order of the exposition.
function families(exposition) {
  const found = [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name, type }));
  return found.map(({ name, type }) => {
    const samples = exposition.matchAll(new RegExp(`^${name}(?:_\\w+)?\\{(.*)\\} `, 'gm'));
    const labels = new Set([...samples].flatMap(([, list]) => [...list.matchAll(/(\w+)="/g)].map(([, label]) => label)));
    labels.delete('le');
    return [name, type, [...labels].join(',')].join(' ').trimEnd();
  });
}

test('the metric families are those of contracts/metrics.txt', async () => {
  await consent(server.base, persons.twelfth);
  const promised = (await read('contracts/metrics.txt')).split('\n').filter((line) => line && !line.startsWith('#'));
  assert.deepEqual(families((await get(server.base, '/metrics')).text), promised);
});

// A shell that runs one block after another, and says what each printed.
class Shell {
  #child = spawn('bash', ['-eu'], { stdio: ['pipe', 'pipe', 'inherit'] });
  #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  async run(block) {
    this.#child.stdin.write(`${block}\necho; echo "== done"\n`);
    const printed = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      assert.ok(!done, `the shell ended in:\n${block}\n${printed.join('\n')}`);
      if (value === '== done') return printed.join('\n').trim();
      printed.push(value);
    }
  }

  end() {
    this.#child.stdin.end();
  }
}

test('the commands of README.md do what it says', async () => {
  const readme = await read('README.md');
  const [ask, question, reply, data, outside, revoke, ...more] = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text);
  assert.ok(revoke && more.length === 0, 'blocks were added or taken away: follow them here');
  const { phone, surname } = persons.abai;
  const shell = new Shell();
  try {
    await shell.run(ask.replace('http://127.0.0.1:8080', server.base));
    await message(server.base, phone, 0);
    assert.match(await shell.run(question), /000140000353.*1.*2/);
    await shell.run(reply);
    await message(server.base, phone, 1);
    assert.deepEqual(JSON.parse(await shell.run(data)), { surname, name: 'Абай' });
    const refused = JSON.parse(await shell.run(outside));
    assert.deepEqual(refused.reasons.map(({ code }) => code), ['use_person_differs', 'use_fields_outside']);
    assert.equal(JSON.parse(await shell.run(revoke)).status, 401);
  } finally {
    shell.end();
  }
});
