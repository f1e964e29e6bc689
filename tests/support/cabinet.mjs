// SPDX-License-Identifier: Apache-2.0
// The cabinet as a browser speaks to it: a cookie, and a token against forged requests with whatever changes something.
import assert from 'node:assert/strict';
import { get, postJson, send } from './http.mjs';
import { eventually } from './kelisim.mjs';
import { basic } from './oauth.mjs';
import { advance, received } from './sandbox.mjs';
import { bank } from './world.mjs';

// Longer than the pause before any code of a day.
const codePause = 'PT31M';
const sixDigits = /(?<!\d)\d{6}(?!\d)/;

// The code in the first SMS with one, from this number of messages on.
export function code(base, msisdn, number) {
  return eventually(async () => {
    const texts = (await received(base, msisdn)).slice(number).map(({ text }) => text);
    return texts.map((text) => sixDigits.exec(text)?.[0]).find(Boolean);
  }, `a code on ${msisdn}`);
}

export const beginSignIn = (base, iin, headers) => postJson(base, '/api/v1/sign-in', { iin }, headers);
export const finishSignIn = (base, id, text) => postJson(base, `/api/v1/sign-in/${id}`, { code: text });

export class Cabinet {
  constructor(base, cookie, csrf) {
    Object.assign(this, { base, cookie, csrf });
  }

  // `pause` moves the clock first; sessions of others that it outlasts end.
  static async signIn(base, person, pause = codePause) {
    await advance(base, pause);
    const before = (await received(base, person.phone)).length;
    const begun = await beginSignIn(base, person.iin);
    assert.equal(begun.status, 202, begun.text);
    const finished = await finishSignIn(base, begun.json.sign_in, await code(base, person.phone, before));
    assert.equal(finished.status, 200, finished.text);
    const [setCookie, device] = finished.headers['set-cookie'];
    const cabinet = new Cabinet(base, setCookie.split(';')[0], finished.json.csrf_token);
    return Object.assign(cabinet, {
      person,
      setCookie,
      device: device.split(';')[0],
      session: finished.json.session,
    });
  }

  get(path, headers = {}) {
    return get(this.base, `/api/v1/me${path}`, { cookie: this.cookie, ...headers });
  }

  // For an answer that has to be there.
  async read(path) {
    const answer = await this.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  post(path, value = {}) {
    return postJson(this.base, `/api/v1/me${path}`, value, { cookie: this.cookie, 'x-csrf-token': this.csrf });
  }

  send(method, path, value) {
    const headers = { cookie: this.cookie, 'x-csrf-token': this.csrf };
    if (value === undefined) return send(this.base, method, `/api/v1/me${path}`, { headers });
    headers['content-type'] = 'application/json';
    return send(this.base, method, `/api/v1/me${path}`, { headers, body: JSON.stringify(value) });
  }

  // The fresh code that this path sends to the phone of the one who acts; the first of the day needs no pause.
  async codeFor(path, msisdn = this.person.phone) {
    const before = (await received(this.base, msisdn)).length;
    const sent = await this.post(`${path}/codes`);
    assert.equal(sent.status, 202, sent.text);
    return code(this.base, msisdn, before);
  }
}

export const initiatorGet = (base, path, client = bank) => get(base, `/api/v1/initiator${path}`, basic(client));
export const initiatorPost = (base, path, value = {}, client = bank) =>
  postJson(base, `/api/v1/initiator${path}`, value, basic(client));
