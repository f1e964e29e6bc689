// SPDX-License-Identifier: Apache-2.0
// What only the sandbox offers: phones that can be read and answered, and a clock that can be moved.
import assert from 'node:assert/strict';
import { get, postJson } from './http.mjs';
import { eventually } from './kelisim.mjs';

const phonePath = (msisdn) => `/sandbox/phone/${encodeURIComponent(msisdn)}/messages`;

// Messages that came to the person, oldest first; what the person sent stands beside them there.
export async function received(base, msisdn) {
  const answer = await get(base, phonePath(msisdn));
  assert.equal(answer.status, 200, answer.text);
  return answer.json.messages.filter(({ direction }) => direction === 'received');
}

// The text of the message with this number, counted from 0, once it has come.
export function message(base, msisdn, number) {
  return eventually(async () => (await received(base, msisdn))[number]?.text, `message ${number} of ${msisdn}`);
}

// Each open question on a phone has digits of its own: 1 and 2, 3 and 4, ...; where a code says yes, it stands for the
// first. Nothing for a text that is no question.
export function choices(text) {
  const [, yes, no] = /(?<!\d)(\d|[0-9A-Z]{6})(?: кодымен)?, \S+(?: -)? (\d)(?!\d)/.exec(text ?? '') ?? [];
  return yes && { question: text, yes, no, check: /K[0-9A-Z]{5}/.exec(text)?.[0] };
}

// The first question among the messages from this number on, once it has come.
export function question(base, msisdn, number = 0) {
  return eventually(async () => {
    const texts = (await received(base, msisdn)).slice(number).map(({ text }) => text);
    return texts.map(choices).find(Boolean);
  }, `a question on ${msisdn}`);
}

export async function reply(base, msisdn, text) {
  const answer = await postJson(base, phonePath(msisdn), { text });
  assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`);
  return answer;
}

// Replies, and waits for what comes back: an answer is carried out when its receipt has come.
export async function replyAndHear(base, msisdn, text) {
  const before = (await received(base, msisdn)).length;
  await reply(base, msisdn, text);
  return message(base, msisdn, before);
}

export async function advance(base, period) {
  const answer = await postJson(base, '/sandbox/clock', { advance: period });
  assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`);
  return answer.json;
}
