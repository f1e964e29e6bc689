// SPDX-License-Identifier: Apache-2.0
// The independent verifier of web/ledger, type-checked and compiled as it stands, and copies of a log to give it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');
const typescript = createRequire(path.join(root, 'tests/clients/package.json'))('typescript');

// Node that tests run on may not take types away itself, and none checks them: so the compiler does both.
async function compiled(folder) {
  const { config } = typescript.readConfigFile(path.join(folder, 'tsconfig.json'), typescript.sys.readFile);
  const { options, fileNames } = typescript.parseJsonConfigFileContent(config, typescript.sys, folder);
  const outDir = await mkdtemp(path.join(tmpdir(), 'kelisim-web-'));
  try {
    const program = typescript.createProgram(fileNames, { ...options, outDir });
    const { diagnostics } = program.emit();
    const problems = [...typescript.getPreEmitDiagnostics(program), ...diagnostics];
    assert.deepEqual(problems.map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, '\n')), []);
    await writeFile(path.join(outDir, 'package.json'), '{"type":"module"}');
    const modules = await Promise.all(
      ['verify.js', 'vrf.js', 'history.js'].map((file) => import(pathToFileURL(path.join(outDir, file)).href)));
    return Object.assign({}, ...modules);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

export const verifier = await compiled(path.join(root, 'web/ledger'));

// The bytes that stand at an address of the log; rejects for anything but 200.
export function logOf(base) {
  return async (address) => {
    const answer = await fetch(`${base}/ledger/${address}`);
    if (answer.status !== 200) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
}

export const textOf = async (base, address) => new TextDecoder().decode(await logOf(base)(address));
export const vkeyOf = async (base) => (await textOf(base, 'vkey')).trimEnd();
export const sizeOf = (note) => Number(note.split('\n')[1]);

// The newest checkpoint and every tile and bundle that it speaks of: a Map from address to bytes.
export async function copyOf(base) {
  const fetchFile = logOf(base);
  const files = new Map([['checkpoint', await fetchFile('checkpoint')], ['vkey', await fetchFile('vkey')]]);
  const size = sizeOf(new TextDecoder().decode(files.get('checkpoint')));
  const addresses = [];
  for (let level = 0, hashes = size; hashes > 0; ++level, hashes = Math.floor(hashes / 256)) {
    for (let n = 0; n * 256 < hashes; ++n) {
      const width = Math.min(256, hashes - n * 256);
      addresses.push(verifier.tilePath(level, n, width));
      if (level === 0) addresses.push(verifier.tilePath('entries', n, width));
    }
  }
  for (const address of addresses) files.set(address, await fetchFile(address));
  return files;
}

// A copy as the verifier reads it.
export const from = (files) => async (address) => {
  if (!files.has(address)) throw new Error(`${address} is not there`);
  return files.get(address);
};

export async function writeCopy(files, directory) {
  for (const [address, bytes] of files) {
    await mkdir(path.dirname(path.join(directory, address)), { recursive: true });
    await writeFile(path.join(directory, address), bytes);
  }
}

