// SPDX-License-Identifier: Apache-2.0
// One person's way from the question to the revocation, and what the client was told on it. `pending` names the step
// whose answer never came: it may have happened or not, and nothing else may be in doubt.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ask, call, introspect, poll, revoke } from '../support/oauth.mjs';
import { message, reply } from '../support/sandbox.mjs';

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
    await message(base, this.person.phone, 0);
    await this.#step('answer', () => this.#answer(base));
    if (this.random.oneIn(6)) return;
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

  async #answer(base) {
    this.answering = this.random.oneIn(5) ? 'no' : 'yes';
    await reply(base, this.person.phone, this.answering === 'yes' ? '1' : '2');
    this.answered = this.answering;
  }

  async #redeem(base) {
    const answer = await poll(base, this.requestId);
    if (this.answered === 'no') {
      assert.equal(answer.json.error, 'access_denied', answer.text);
    } else {
      assert.equal(answer.status, 200, answer.text);
      this.#keep(answer.json);
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

  // Which polls are right: what was told, and what the step in doubt may have made of it.
  #expected() {
    const byAnswer = { yes: 'token', no: 'access_denied' };
    if (!this.answered) {
      return ['authorization_pending', ...(this.pending === 'answer' ? [byAnswer[this.answering]] : [])];
    }
    // A token whose delivery broke off was issued once, and is not issued again.
    const redeemed = this.pending === 'token' && this.answered === 'yes' ? ['invalid_grant'] : [];
    return [byAnswer[this.answered], ...redeemed];
  }

  async #verifyRequest(base) {
    const answer = await this.#pollInTime(base);
    const outcome = answer.status === 200 ? 'token' : answer.json?.error;
    assert.ok(this.#expected().includes(outcome), this.#doubt(`poll says ${outcome}`, answer));
    if (outcome !== 'authorization_pending') this.pending = undefined;
    if (outcome === 'token') {
      this.answered = 'yes';
      this.#keep(answer.json);
    } else if (outcome === 'access_denied') {
      this.answered = 'no';
    }
  }

  async #pollInTime(base) {
    const answer = await poll(base, this.requestId);
    if (answer.json?.error !== 'slow_down') return answer;
    await new Promise((resolve) => setTimeout(resolve, 8_000)); // RFC 8628 section 3.5: the interval has grown by 5 s
    return poll(base, this.requestId);
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
    for (const { key, text } of this.uses) {
      const answer = await call(base, this.token, { iin: this.person.iin, key });
      assert.equal(answer.status, 200, this.#doubt('a use is gone', answer));
      assert.equal(answer.text, text, this.#doubt('a use has another answer'));
    }
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
