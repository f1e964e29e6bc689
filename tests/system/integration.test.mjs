// SPDX-License-Identifier: Apache-2.0
// What the guides for integrators tell them to type is typed here: every block of shell, in order, in one shell.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { binary, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { persons, service } from '../support/world.mjs';

const guides = path.resolve(import.meta.dirname, '../../docs/integration');

// Stops at the first command that fails, and says which. Guides in the order in which they build on each other.
async function type(names, environment, cwd) {
  const texts = await Promise.all(names.map((name) => readFile(path.join(guides, name), 'utf8')));
  const blocks = texts.flatMap((text) => [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block));
  assert.ok(blocks.length > 2, `${names} have blocks of shell`);
  const script = `set -euo pipefail\ntrap 'echo "failed: $BASH_COMMAND" >&2' ERR\n${blocks.join('\n')}`;
  return promisify(execFile)('bash', ['-c', script], { env: environment, timeout: 60_000, cwd });
}

test('every request of docs/integration/oauth.md does what the guide says', async () => {
  const server = await Kelisim.start({ config: null });
  try {
    const node = path.dirname(process.execPath);
    const environment = { ...process.env, SERVICE: server.base, DATA: server.data, PATH: `${node}:${process.env.PATH}` };
    const { stdout } = await type(['oauth.md'], environment);
    assert.match(stdout, /authorization_details/);
    assert.match(stdout, /Құнанбаев/, 'the data themselves');
  } finally {
    await server.stop();
  }
});

test('every step of docs/integration/signed.md does what the guide says', async () => {
  const folder = await temporaryDirectory();
  const owner = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"surname":"Құнанбаев"}');
  });
  await new Promise((resolve) => owner.listen(0, '127.0.0.1', resolve));
  const config = path.join(folder, 'kelisim.toml');
  await writeFile(config, `[gateway]\nupstreams = ["${service}=http://127.0.0.1:${owner.address().port} signed-requests"]\n`);
  const server = await Kelisim.start({ config });
  try {
    const { access_token: token } = await consent(server.base, persons.abai);
    const environment = { ...process.env, SERVICE: server.base, TOKEN: token, ABAI: persons.abai.iin,
      KEY: path.join(server.data, 'sandbox/demo-bank.pem'), PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
    const { stdout, stderr } = await type(['signed.md'], environment, folder);
    assert.match(stdout, /Құнанбаев/, 'the data themselves');
    assert.match(stderr, /"signature";req/, 'the answer is signed');
  } finally {
    await server.stop();
    owner.closeAllConnections();
    await new Promise((resolve) => owner.close(resolve));
    await rm(folder, { recursive: true, force: true });
  }
});

test('every step of docs/integration/keys.md does what the guide says', async () => {
  const server = await Kelisim.start({ config: null });
  const folder = await temporaryDirectory();
  try {
    await symlink(binary, path.join(folder, 'kelisim'));
    const environment = { ...process.env, SERVICE: server.base, DATA: server.data, PATH: `${folder}:${process.env.PATH}` };
    await type(['keys.md'], environment, folder);
    assert.ok((await readFile(path.join(folder, 'evidence.cms'))).length > 1000);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test('every step of docs/integration/kdp.md and soap.md does what the guides say', async () => {
  const server = await Kelisim.start({ config: null });
  const folder = await temporaryDirectory();
  try {
    await symlink(binary, path.join(folder, 'kelisim'));
    const environment = { ...process.env, SERVICE: server.base, DATA: server.data, PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await type(['kdp.md', 'soap.md'], environment, folder);
    assert.match(stdout, /Құнанбаев/, 'the data themselves');
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test('every step of docs/integration/connector.md does what the guide says', async () => {
  const server = await Kelisim.start({ config: null });
  const folder = await temporaryDirectory();
  try {
    await symlink(binary, path.join(folder, 'kelisim'));
    const environment = { ...process.env, SERVICE: server.base, DATA: server.data, PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await type(['connector.md'], environment, folder);
    assert.match(stdout, /Құнанбаев/, 'the data themselves');
    assert.match(stdout, /403: outside the consent/);
    assert.match(stdout, /<surname>Құнанбаев<\/surname>/, 'the data over SOAP');
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test('every step of docs/integration/publish.md does what the guide says', async () => {
  const server = await Kelisim.start({ config: null });
  const folder = await temporaryDirectory();
  try {
    await symlink(binary, path.join(folder, 'kelisim'));
    const environment = { ...process.env, SERVICE: server.base, DATA: server.data, PATH: `${folder}:${process.env.PATH}` };
    const { stdout, stderr } = await type(['publish.md'], environment, folder);
    assert.match(stdout, /VEHICLES is registered since /);
    assert.match(stderr, /Задайте ключ сервиса через --key/);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
