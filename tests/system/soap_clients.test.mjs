// SPDX-License-Identifier: Apache-2.0
// A SOAP client that was not written here: zeep, of Debian, unmodified, built from the WSDL that the running server hands out
// (INT-2.6).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Kelisim, temporaryDirectory } from '../support/kelisim.mjs';
import { consent } from '../support/oauth.mjs';
import { bank, details, persons, service } from '../support/world.mjs';

const fields = ['iin', 'surname', 'name', 'patronymic', 'birthDate', 'gender', 'citizenship', 'lifeStatus', 'imprisonedStatus',
  'regAddress', 'personCapableStatus', 'missingStatus', 'documents', 'addresses'];

// Debian's own Python has Debian's zeep.
const client = `
import json, sys, zeep
asked = json.load(sys.stdin)
client = zeep.Client(asked["wsdl"])
try:
    answer = client.service.SendMessage(request={
        "requestInfo": {"messageId": asked["id"], "serviceId": asked["service"], "messageDate": asked["date"],
                        "sender": {"senderId": "DEMOBANK", "password": asked["password"]}},
        "requestData": {"data": asked["data"]}})
    print(json.dumps({"code": answer.responseInfo.status.code, "session": answer.responseInfo.sessionId,
                      "correlation": answer.responseInfo.correlationId, "data": str(answer.responseData.data)}))
except zeep.exceptions.Fault as fault:
    info = client.wsdl.types.deserialize(fault.detail[0])
    print(json.dumps({"fault": info.errorCode, "why": info.errorData, "session": info.sessionId}))
`;

let server;
before(async () => {
  // The bank inside the state network, for once: without a signature nothing comes from outside.
  const world = await readFile(path.resolve(import.meta.dirname, '../../sandbox/world.toml'), 'utf8');
  const moved = world.replace(/(key = "DEMOBANK"\norganisation = "\d+"\ncontour = )"external"/, '$1"ets"');
  assert.notEqual(moved, world);
  const file = path.join(await temporaryDirectory(), 'world.toml');
  await writeFile(file, moved);
  server = await Kelisim.start({ options: ['--sandbox-data', file] });
});
after(() => server.stop());

async function zeep(asked) {
  const run = promisify(execFile)('/usr/bin/python3', ['-c', client]);
  const whole = { wsdl: `${server.base}/bip-sync/?wsdl`, id: 'z-1', service, date: new Date().toISOString(), password: bank.secret, ...asked };
  run.child.stdin.end(JSON.stringify(whole));
  return JSON.parse((await run).stdout);
}

test('zeep, built from our WSDL, sends a message and reads the answer', async () => {
  const { access_token } = await consent(server.base, persons.abai, { authorization_details: details({ fields }) });
  const data = `<r:Request xmlns:r="http://message.persistence.interactive.nat"><messageId>m</messageId><messageDate>2026-01-15T10:00:00+05:00</messageDate><senderCode/><iin>${persons.abai.iin}</iin><kdpToken>${access_token}</kdpToken></r:Request>`;
  const answer = await zeep({ data });
  assert.equal(answer.code, 'SCSS001', JSON.stringify(answer));
  assert.match(answer.session, /^\{[0-9a-f-]{36}\}$/);
  assert.ok(answer.data.includes(`<surname>${persons.abai.surname}</surname>`), answer.data);
});

test('zeep reads our faults as its own', async () => {
  const refused = await zeep({ id: 'z-2', data: `<Request><iin>${persons.abai.iin}</iin><b/></Request>` });
  assert.equal(refused.fault, 'KLS403', JSON.stringify(refused));
  assert.equal(refused.why, 'gateway_token_missing');
  assert.equal((await zeep({ id: 'z-3', service: 'NOBODY', data: '<a/>' })).fault, 'SCE004');
  assert.equal((await zeep({ id: 'z-4', password: 'wrong', data: '<a/>' })).fault, 'KLS401');
});
