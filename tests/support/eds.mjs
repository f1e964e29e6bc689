// SPDX-License-Identifier: Apache-2.0
// Electronic digital signatures of the sandbox's own authority, as NCALayer would make them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { binary } from './kelisim.mjs';

// Gives the program what it reads from standard input; resolves with what it printed.
async function run(words, input) {
  const child = spawn(binary, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return Buffer.concat(chunks).toString();
}

// An EDS for a person of the sandbox that keeps its data in this directory; with a BIN one of that organisation, where the
// role is first_head unless another is named. It is valid for this many days from yesterday.
export async function issueEds(data, iin, { bin, organisation, role = 'first_head', days = 365 } = {}) {
  const file = path.join(data, `eds-${iin}-${bin ? `${bin}-${role}` : 'person'}-${days}.p12`);
  const words = ['sandbox', 'eds', '--data', data, '--out', file, '--days', days];
  if (bin) words.push('--bin', bin, '--organisation', organisation, '--role', role);
  await run(words, `${iin}\n`);
  return file;
}

export const sign = (key, form, content) => run(['sandbox', 'sign', '--key', key, '--form', form], content);
