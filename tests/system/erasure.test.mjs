// SPDX-License-Identifier: Apache-2.0
// What is left of a person whose data were erased: nothing that names them, and a ledger that still agrees.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { issueEds, sign } from '../support/eds.mjs';
import { send } from '../support/http.mjs';
import { binary, command, Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { ask, askAndDeliver, call, consent, poll, refresh } from '../support/oauth.mjs';
import { backUp, restore, storeOptions } from '../support/store.mjs';
import { details, persons } from '../support/world.mjs';

async function erase(data, iin) {
  const words = ['person', 'erase', '--data', data, ...(await storeOptions(data))];
  return new Promise((resolve) => {
    const child = spawn(binary, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => resolve({ code, output }));
    child.stdin.end(`${iin}\n`);
  });
}

async function isErased(base, { tokens, waiting }) {
  const { abai } = persons;
  assert.equal((await call(base, tokens.access_token, { iin: abai.iin })).status, 401);
  assert.equal((await refresh(base, tokens.refresh_token)).json.error, 'invalid_grant');
  assert.equal((await poll(base, tokens.requestId)).json.error, 'invalid_grant');
  assert.equal((await poll(base, waiting)).json.error, 'invalid_grant');
  assert.equal((await ask(base, abai)).json.error, 'unknown_user_id');
}

async function serve(data, work) {
  const server = await Kelisim.start({ data });
  try {
    return await work(server.base);
  } finally {
    await server.stop();
  }
}

// LAW-56, LAW-40.2: personal data end, records of access do not; a restored backup brings nothing back.
test('an erased person is unknown, also after a restore, and the ledger agrees', async () => {
  const root = await temporaryDirectory();
  const data = path.join(root, 'data');
  const backup = path.join(root, 'backup'); // of files, where the database is some
  const { abai, ybyrai } = persons;
  try {
    const story = await serve(data, async (base) => {
      const tokens = await consent(base, abai);
      assert.equal((await call(base, tokens.access_token, { iin: abai.iin, key: 'erasure-1' })).status, 200);
      const other = await consent(base, ybyrai);
      return { tokens, other, waiting: (await askAndDeliver(base, abai)).requestId };
    });
    await backUp(data, backup);

    const erased = await erase(data, abai.iin);
    assert.equal(erased.code, 0, erased.output);
    assert.ok(!erased.output.includes(abai.iin));
    await command('ledger', 'verify', '--data', data);
    await serve(data, async (base) => {
      await isErased(base, story);
      assert.equal((await call(base, story.other.access_token, { iin: ybyrai.iin })).status, 200, 'others stay');
    });

    // The database of the backup, beside the list of erasures that is kept apart from it.
    await restore(data, backup);
    await serve(data, (base) => isErased(base, story));
    await command('ledger', 'verify', '--data', data);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

// LAW-56: an answer about several persons is kept for repeats, and no part of it outlives any of them.
test('a kept answer about several persons is gone with one of them', async () => {
  const data = await temporaryDirectory();
  const { abai, ybyrai } = persons;
  const authorization_details = details({
    services: ['GbdulReport3007_KDP'],
    purpose: 'business-loan',
    fields: ['iin', 'surname', 'name', 'position', 'share'],
  });
  const post = async (base, key, message) => {
    const headers = { 'content-type': 'text/xml; charset=utf-8' };
    return send(base, 'POST', '/bip-sync-wss-gost/', { headers, body: await sign(key, 'soap', message) });
  };
  try {
    let key;
    const message = await serve(data, async (base) => {
      key = await issueEds(data, ybyrai.iin, { bin: '000140000353', organisation: 'БАНК', role: 'system' });
      const tokens = [];
      for (const person of [abai, ybyrai]) tokens.push((await consent(base, person, { authorization_details })).access_token);
      const entries = tokens.map((token) => `<tokens><Code>${token}</Code></tokens>`).join('');
      const content =
        '<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>erased-1</messageId>' +
        `<serviceId>GbdulReport3007_KDP</serviceId><messageDate>${new Date().toISOString()}</messageDate><sender><senderId>DEMOBANK</senderId>` +
        '</sender></requestInfo><requestData><data><request><requestNumber>n</requestNumber><businessData><BIN>000140003106</BIN>' +
        `<InfoAbtToken>${entries}</InfoAbtToken></businessData></request></data></requestData></request></t:SendMessage>`;
      for (const each of ['first', 'again']) {
        const answer = await post(base, key, content);
        assert.ok(answer.text.includes(abai.surname) && answer.text.includes(ybyrai.surname), `${each}: ${answer.text}`);
      }
      return content;
    });
    await serve(data, async (base) => assert.equal((await post(base, key, message)).status, 200, 'after a restart'));
    assert.equal((await erase(data, abai.iin)).code, 0);
    await serve(data, async (base) => {
      const answer = await post(base, key, message);
      assert.equal(answer.status, 500, answer.text);
      assert.ok(!answer.text.includes(abai.surname) && !answer.text.includes(ybyrai.surname));
    });
    await command('ledger', 'verify', '--data', data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

test('nobody is erased by a mistake', async () => {
  const data = await temporaryDirectory();
  try {
    await serve(data, async () => {});
    assert.notEqual((await erase(data, '450810100014')).code, 0, 'a wrong check digit');
    assert.notEqual((await erase(data, persons.unknown.iin)).code, 0, 'an unknown person');
    assert.notEqual((await erase(data, '')).code, 0);
    await serve(data, async (base) => {
      assert.notEqual((await erase(data, persons.abai.iin)).code, 0, 'while the server has the directory');
      assert.equal((await ask(base, persons.abai)).status, 200);
    });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
