// SPDX-License-Identifier: Apache-2.0
// One person's way from the question to the revocation, and what the client was told on it. `pending` names the step
// whose answer never came: it may have happened or not, and nothing else may be in doubt.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { codes } from '../support/http.mjs';
import { ask, call, introspect, poll, revoke } from '../support/oauth.mjs';
import { message, question, reply } from '../support/sandbox.mjs';

const pollsMax = 6;
const pollPauseMilliseconds = 2_200; // above the interval that the server names

export class Flow {
  requestId;
  answered; // 'yes' or 'no', once the phone's message was taken
  token;
  tokenEnds = 0; // by this machine's clock, in ms
  uses = []; // {key, text}: calls that were answered with data
  revoked = false;
  pending;

  constructor(person, random) {
    this.person = person;
    this.random = random;
    this.askId = randomUUID();
  }

  async #step(name, work) {
    this.pending = name;
    await work();
    this.pending = undefined;
  }

  // Ends early by chance, so that facts of every kind are left open when the server dies.
  async run(base) {
    await this.#step('ask', () => this.#ask(base));
    if (this.random.oneIn(6)) return;
    const choices = await question(base, this.person.phone);
    await this.#step('answer', () => this.#answer(base, choices));
    if (this.random.oneIn(6)) return;
    await message(base, this.person.phone, 1); // the receipt: the answer is carried out
    await this.#step('token', () => this.#redeem(base));
    if (this.answered === 'no') return;
    for (let use = this.random.below(3); use > 0; --use) await this.#step('use', () => this.#use(base));
    if (this.random.oneIn(2)) await this.#step('revoke', () => this.#revoke(base));
  }

  async #ask(base) {
    const answer = await ask(base, this.person, { client_request_id: this.askId });
    assert.equal(answer.status, 200, answer.text);
    this.requestId = answer.json.auth_req_id;
  }

  async #answer(base, choices) {
    this.answering = this.random.oneIn(5) ? 'no' : 'yes';
    await reply(base, this.person.phone, choices[this.answering]);
    this.answered = this.answering;
  }

  async #redeem(base) {
    const answer = await this.#pollToTheEnd(base);
    if (this.answered === 'no') {
      assert.equal(answer.json.error, 'access_denied', answer.text);
    } else {
      assert.equal(answer.status, 200, answer.text);
      this.#keep(answer.json);
    }
  }

  // An answer that was taken is carried out a moment later; a poll in between is told to come again.
  async #pollToTheEnd(base) {
    const again = this.answered ? ['slow_down', 'authorization_pending'] : ['slow_down'];
    for (let tries = pollsMax; ; --tries) {
      const answer = await poll(base, this.requestId);
      if (!again.includes(answer.json?.error) || tries === 0) return answer;
      await new Promise((resolve) => setTimeout(resolve, pollPauseMilliseconds));
    }
  }

  #keep({ access_token: token, expires_in: seconds }) {
    this.token = token;
    this.tokenEnds = Date.now() + (seconds - 5) * 1000;
  }

  async #use(base) {
    const key = randomUUID();
    const answer = await call(base, this.token, { iin: this.person.iin, key });
    assert.equal(answer.status, 200, answer.text);
    this.uses.push({ key, text: answer.text });
  }

  async #revoke(base) {
    assert.equal((await revoke(base, this.token)).status, 200);
    this.revoked = true;
  }

  // Compares what was told with what the server says now.
  async verify(base) {
    if (!this.requestId) return;
    if (!this.token) await this.#verifyRequest(base);
    if (this.token && Date.now() < this.tokenEnds) await this.#verifyToken(base);
  }

  // Which polls are right: what was told, and what the step in doubt may have made of it. A token whose delivery broke
  // off can be had again, so that the person's answer is not lost.
  #expected() {
    const byAnswer = { yes: 'token', no: 'access_denied' };
    if (this.answered) return [byAnswer[this.answered]];
    return ['authorization_pending', ...(this.pending === 'answer' ? [byAnswer[this.answering]] : [])];
  }

  async #verifyRequest(base) {
    const answer = await this.#pollToTheEnd(base);
    const outcome = answer.status === 200 ? 'token' : answer.json?.error;
    assert.ok(this.#expected().includes(outcome), this.#doubt(`poll says ${outcome}`, answer));
    if (outcome === 'authorization_pending') return; // an answer in doubt may still be on its way
    this.answered = outcome === 'token' ? 'yes' : 'no';
    this.pending = undefined;
    if (outcome === 'token') this.#keep(answer.json);
  }

  async #verifyToken(base) {
    const { json } = await introspect(base, this.token);
    if (this.pending !== 'revoke') {
      assert.equal(json.active, !this.revoked, this.#doubt(`introspection says active ${json.active}`));
    } else {
      this.revoked = !json.active;
      this.pending = undefined;
    }
    if (this.revoked) return this.#verifyRevoked(base);
    for (const use of this.uses) await this.#verifyUse(base, use);
  }

  // The same call gets the stored answer, or is told that it was recorded and its outcome, which nobody waits for, was
  // not. Another call under its key is refused: a use that is gone would pass as a new one.
  async #verifyUse(base, { key, text }) {
    const { iin } = this.person;
    const again = await call(base, this.token, { iin, key });
    if (again.status === 200) {
      assert.equal(again.text, text, this.#doubt('a use has another answer'));
    } else {
      const recorded = codes(again.json).some((code) => /^use_(in_progress|outcome_unknown)$/.test(code));
      assert.ok(again.status === 409 && recorded, this.#doubt('a use is gone', again));
    }
    const other = await call(base, this.token, { iin, key, fields: ['surname'] });
    assert.ok(other.status === 409 && codes(other.json).includes('use_key_reused'), this.#doubt('a use is gone', other));
  }

  async #verifyRevoked(base) {
    const answer = await call(base, this.token, { iin: this.person.iin, key: randomUUID() });
    assert.ok([401, 403].includes(answer.status), this.#doubt('a revoked token opened the gateway', answer));
  }

  #doubt(what, answer) {
    const { requestId, answered, pending, revoked } = this;
    const told = JSON.stringify({ requestId, answered, pending, revoked, uses: this.uses.length });
    return `${what}; told: ${told} ${answer?.text ?? ''}`;
  }
}
