// SPDX-License-Identifier: Apache-2.0
// A database server that goes away: an outage for everybody, and no restart of the service. With KELISIM_ENGINE=postgres.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../support/http.mjs';
import { eventually, Kelisim } from '../support/kelisim.mjs';
import { ask, call, consent, introspect } from '../support/oauth.mjs';
import { engine, postgresServer } from '../support/store.mjs';
import { persons } from '../support/world.mjs';

const skip = engine === 'postgres' ? false : 'the database is no server';

test('while the database server is away requests are answered 503, and afterwards all goes on', { skip }, async () => {
  const { abai, ybyrai } = persons;
  const database = await postgresServer();
  const server = await Kelisim.start();
  try {
    const { base } = server;
    const { access_token: token } = await consent(base, abai);
    await database.kill();
    const refused = await ask(base, ybyrai);
    assert.equal(refused.status, 503, refused.text);
    assert.ok(refused.headers['retry-after']);
    assert.equal((await call(base, token, { iin: abai.iin, key: 'away' })).status, 503, 'no use without its record');
    assert.equal((await get(base, '/readyz')).status, 503);
    assert.equal((await get(base, '/healthz')).status, 200, 'nobody has to restart it');
    await database.start();
    await eventually(async () => ((await get(base, '/readyz')).status === 200 ? true : undefined), 'ready again');
    assert.equal((await introspect(base, token)).json.active, true);
    assert.equal((await call(base, token, { iin: abai.iin, key: 'back' })).status, 200);
    await consent(base, ybyrai);
  } finally {
    await server.stop();
  }
});
