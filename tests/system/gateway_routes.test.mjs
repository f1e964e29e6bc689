// SPDX-License-Identifier: Apache-2.0
// The operator changes where ten thousand services lead while calls go on: each call goes where it began to go, and none fails. A
// table that is wrong changes nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { get } from '../support/http.mjs';
import { eventually, Kelisim, patient, temporaryDirectory } from '../support/kelisim.mjs';
import { basic, call, consent } from '../support/oauth.mjs';
import { bank, details, persons, service } from '../support/world.mjs';

const { abai } = persons;
const services = 10_000;
const fields = ['surname'];
let world;
let owners;
let server;
let token;

// An owner that says which one it is, after a moment.
async function owner(name) {
  const http = createServer((request, response) =>
    request.resume().on('end', () => setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ surname: name }));
    }, 5)));
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { name, http, url: `http://127.0.0.1:${http.address().port}` };
}

const table = (to, words = '') =>
  [service, ...Array.from({ length: services - 1 }, (_, n) => `S${n}`)].map((key) => `"${key}=${to}${words}"`);
const configuration = async (upstreams, more = '') =>
  `${await readFile(patient, 'utf8')}\n[gateway]\nupstreams = [\n${upstreams.join(',\n')}]\n${more}`;
const told = (id) => server.output.split('\n').filter((line) => line.includes(`"${id}"`)).map((line) => JSON.parse(line));

async function change(upstreams, id = 'GATEWAY_ROUTES_CHANGED', more = '') {
  const before = told(id).length;
  await server.reconfigure(await configuration(upstreams, more));
  return eventually(async () => told(id)[before], id);
}
const ask = async () => call(server.base, token, { iin: abai.iin, fields });
async function answeredBy({ name }) {
  const answer = await ask();
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.surname, name);
}

before(async () => {
  const directory = await temporaryDirectory();
  const config = path.join(directory, 'kelisim.toml');
  world = path.join(directory, 'world.toml');
  const first = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  await writeFile(world, first.replace('uses_max = 3\n', 'uses_max = 100000\n'));
  owners = [await owner('ALPHA'), await owner('BETA')];
  await writeFile(config, await configuration(table(owners[0].url)));
  server = await Kelisim.start({ config, options: ['--sandbox-data', world] });
  token = (await consent(server.base, abai, { authorization_details: details({ fields, uses_max: 100_000 }) })).access_token;
});
after(async () => {
  await server?.stop();
  for (const { http } of owners) http.close().closeAllConnections();
});

test('all routes change while calls go on, and no call fails', async () => {
  const taken = [];
  const wrong = [];
  let going = true;
  const callers = Array.from({ length: 8 }, async () => {
    while (going) {
      const began = performance.now();
      const answer = await ask();
      taken.push(performance.now() - began);
      if (answer.status !== 200) wrong.push(answer.text);
    }
  });
  const changes = 6;
  for (let i = 1; i <= changes; ++i) {
    const to = owners[i % 2];
    const line = await change(table(to.url));
    assert.equal(line.rest, services);
    await answeredBy(to);
  }
  going = false;
  await Promise.all(callers);
  assert.deepEqual(wrong, []);
  taken.sort((a, b) => a - b);
  const at = (share) => taken[Math.floor(share * (taken.length - 1))].toFixed(1);
  console.log(`${changes} changes of ${services} routes, ${taken.length} calls: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
  assert.ok(taken.length > 100);
});

test('a table with a mistake changes nothing, and says which', async () => {
  const [alpha, beta] = owners;
  await change(table(alpha.url));
  for (const [upstreams, why, more] of [
    [[...table(beta.url), '"S1"'], /gateway\.upstreams: not serviceKey=/],
    [[...table(beta.url), `"S1=${beta.url}"`], /gateway\.upstreams: a service is named twice: S1=/],
    [table(beta.url, ' repeatabel'), /gateway\.upstreams: not known: repeatabel/],
    [table(beta.url), /gateway\.soap_services: a service is named twice/, `soap_services = ["A=${beta.url}/", "A=${beta.url}/"]\n`],
    [table(beta.url), /gateway\.soap_routes: a route is named twice/, `soap_services = ["A=${beta.url}/"]\nsoap_routes = ["A/1=${beta.url}/", "A/1=${beta.url}/"]\n`],
    [table(beta.url), /no_such_key/, 'no_such_key = 1\n'],
    [[...table(beta.url), '"'], /\.toml:\d+: Error while parsing string/],
  ]) {
    const { why: said } = await change(upstreams, 'GATEWAY_ROUTES_REFUSED', more);
    assert.match(said, why);
    await answeredBy(alpha);
  }
  assert.equal((await change(table(beta.url))).rest, services, 'and the next right one counts');
  await answeredBy(beta);
});

test('what is known of an owner stays where its address stays', async () => {
  const [alpha, beta] = owners;
  const row = async () => (await get(server.base, '/api/v1/initiator/services', basic(bank))).json.items.find((item) => item.service === service && item.wire === 'rest');
  await change(table(alpha.url));
  const asked = async () => (await row()).steps.find(({ last_good }) => last_good !== null);
  assert.equal(await asked(), undefined, 'nothing is known of an address that is new');
  await answeredBy(alpha);
  const known = JSON.stringify(await row());
  assert.ok(await asked(), known);
  await change([`"${service}=${alpha.url}"`, `"S1=${beta.url}"`]);
  assert.equal(JSON.stringify(await row()), known);
  await change(table(beta.url));
  assert.equal(await asked(), undefined);
  await change([`"S1=${beta.url}"`]);
  assert.equal(await row(), undefined, 'a service that leads nowhere is not shown');
  const gone = await ask();
  assert.equal(gone.status, 404, gone.text);
});

test('a server whose file names no route yet learns of the first one at SIGHUP', async () => {
  const config = path.join(await temporaryDirectory(), 'bare.toml');
  await writeFile(config, await readFile(patient, 'utf8'));
  const bare = await Kelisim.start({ config });
  try {
    await bare.reconfigure(await configuration(table(owners[0].url)));
    await eventually(async () => bare.output.includes('"GATEWAY_ROUTES_CHANGED"'), 'the routes changed');
  } finally {
    await bare.stop();
  }
});
