// SPDX-License-Identifier: Apache-2.0
// A second verifier of the ledger, written apart from the one in libs/ledger: it shares no line with it, and follows the
// definitions of RFC 9162 2.1 by recursion where that one follows their loops. Nothing but WebCrypto, so that it runs in a
// browser and in Node 18 alike. To be read in ten minutes: a note, a tree, two proofs, a whole copy.

export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
  text: string; // what was signed
}

// What /ledger/proof/{entry} answers.
export interface InclusionProof {
  index: number;
  leaf: string;
  path: string[];
  checkpoint: string;
}

export interface Report {
  checkpoint: Checkpoint;
  entries: number;
  findings: string[]; // in words; empty when all holds
}

// Gives what stands at an address below the log's prefix ("tile/0/000"); rejects when nothing does.
export type Fetch = (path: string) => Promise<Uint8Array>;

export class Refused extends Error {}

export const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
// Node 18 has WebCrypto, but not under this name. The name of the module is a variable so that no bundler looks for it.
const nodeCrypto = 'node:crypto';
const webCrypto: Crypto = globalThis.crypto ?? ((await import(nodeCrypto)) as { webcrypto: Crypto }).webcrypto;

// ---- Bytes

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

export const sha256 = async (...parts: Uint8Array[]): Promise<Uint8Array> =>
  new Uint8Array(await webCrypto.subtle.digest('SHA-256', concat(...parts)));

export function base64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Refused('not base64');
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function hash(text: string): Uint8Array {
  const bytes = base64(text);
  if (bytes.length !== 32) throw new Refused('not a hash');
  return bytes;
}

// A decimal number without sign and leading zeros that this language counts exactly.
function count(text: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(Number(text))) throw new Refused('not a size');
  return Number(text);
}

// ---- Signed notes (C2SP signed-note)

// "<key name>+hex(32-bit key ID)+base64(signature type || public key)", with "key ID = SHA-256(key name || 0x0A ||
// signature type || public key)[:4]".
async function readKey(vkey: string, type: number): Promise<{ name: string; id: Uint8Array; key: Uint8Array }> {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey);
  if (!match) throw new Refused('not a verifier key');
  const [, name, idText, material] = match as unknown as [string, string, string, string];
  const bytes = base64(material);
  const id = (await sha256(encoder.encode(`${name}\n`), bytes)).subarray(0, 4);
  const hex = [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (bytes.length !== 33 || bytes[0] !== type || hex !== idText) throw new Refused('not a verifier key of Ed25519 for this');
  return { name, id, key: bytes.subarray(1) };
}

function readNote(note: string): { text: string; signatures: { name: string; bytes: Uint8Array }[] } {
  // "the text is separated from the signatures by the last empty line in the note"
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n')) throw new Refused('not a signed note');
  const signatures = note.slice(blank + 2, -1).split('\n').map((line) => {
    const match = /^\u2014 ([^\s+]+) (\S+)$/.exec(line);
    if (!match) throw new Refused('not a signature line');
    return { name: match[1]!, bytes: base64(match[2]!) };
  });
  return { text: note.slice(0, blank + 1), signatures };
}

// Whether the owner of this key has signed what `message` makes of the text and of the bytes before the signature, `ahead` of
// them. Throws Refused for a signature that is wrong.
async function signedBy(note: string, vkey: string, type: number, ahead: number, message: (text: string, bytes: Uint8Array) => string) {
  const { name, id, key } = await readKey(vkey, type);
  const { text, signatures } = readNote(note);
  let signed = false;
  for (const { name: by, bytes } of signatures) {
    if (by !== name || !equal(bytes.subarray(0, 4), id)) continue; // "MUST ignore signatures from unknown keys"
    const imported = await webCrypto.subtle.importKey('raw', concat(key), { name: 'Ed25519' }, false, ['verify']);
    const [own, signature] = [bytes.subarray(4, 4 + ahead), concat(bytes.subarray(4 + ahead))];
    const right = await webCrypto.subtle.verify({ name: 'Ed25519' }, imported, signature, encoder.encode(message(text, own)));
    if (!right) throw new Refused('the signature is wrong');
    signed = true;
  }
  return { name, text, signed };
}

// The checkpoint in a note that this key has signed; throws Refused for anything else.
export async function openCheckpoint(note: string, vkey: string): Promise<Checkpoint> {
  const { name, text, signed } = await signedBy(note, vkey, 1, 0, (text) => text);
  if (!signed) throw new Refused('the key has not signed this');
  return { ...readCheckpoint(text, name), text };
}

// Whether this witness has signed the note (C2SP tlog-cosignature: "cosignature/v1", a time in eight bytes, then the text).
// Throws Refused for a signature that is wrong.
export async function cosigned(note: string, vkey: string): Promise<boolean> {
  const { signed } = await signedBy(note, vkey, 4, 8, (text, time) => {
    if (time.length !== 8) throw new Refused('not a cosignature');
    return `cosignature/v1\ntime ${new DataView(concat(time).buffer).getBigUint64(0)}\n${text}`;
  });
  return signed;
}

// C2SP tlog-checkpoint: origin, size, root, each on its line.
function readCheckpoint(text: string, name: string): Omit<Checkpoint, 'text'> {
  const [origin, size, root] = text.split('\n');
  if (origin !== name || size === undefined || root === undefined) throw new Refused('a checkpoint of another log');
  return { origin, size: count(size), root: hash(root) };
}

// ---- The tree (RFC 9162 2.1)

const leafHash = (entry: Uint8Array): Promise<Uint8Array> => sha256(Uint8Array.of(0), entry);
const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array> => sha256(Uint8Array.of(1), left, right);

// "the largest power of two smaller than n"
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// MTH(D_n)
async function treeHash(leaves: Uint8Array[]): Promise<Uint8Array> {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return nodeHash(await treeHash(leaves.slice(0, k)), await treeHash(leaves.slice(k)));
}

// 2.1.3.1 backwards: the root that a path, read from its end, leads to.
async function rootOfPath(leaf: Uint8Array, index: number, size: number, path: Uint8Array[]): Promise<Uint8Array> {
  if (size === 1) {
    if (path.length !== 0) throw new Refused('the path is too long');
    return leaf;
  }
  const sibling = path.at(-1);
  if (!sibling) throw new Refused('the path is too short');
  const k = split(size);
  const rest = path.slice(0, -1);
  return index < k
    ? nodeHash(await rootOfPath(leaf, index, k, rest), sibling)
    : nodeHash(sibling, await rootOfPath(leaf, index - k, size - k, rest));
}

// The same for an entry.
export async function rootOfEntry(entry: Uint8Array, index: number, size: number, path: Uint8Array[]): Promise<Uint8Array> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new Refused('there is no such entry');
  return rootOfPath(await leafHash(entry), index, size, path);
}

// Whether an entry is in the log that the checkpoint tells of, in its place. Throws Refused when not.
export async function verifyInclusion(proof: InclusionProof, vkey: string): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(proof.checkpoint, vkey);
  if (!Number.isSafeInteger(proof.index) || proof.index < 0 || proof.index >= checkpoint.size) {
    throw new Refused('there is no such entry');
  }
  const root = await rootOfPath(hash(proof.leaf), proof.index, checkpoint.size, proof.path.map(hash));
  if (!equal(root, checkpoint.root)) throw new Refused('the path does not lead to the root');
  return checkpoint;
}

// 2.1.4.1 backwards: the roots of the old tree and of the new one that a proof, read from its end, leads to.
async function rootsOfProof(
  old: { size: number; root: Uint8Array }, size: number, known: boolean, path: Uint8Array[],
): Promise<[Uint8Array, Uint8Array]> {
  if (old.size === size) {
    if (path.length !== (known ? 0 : 1)) throw new Refused('the proof has another length');
    const root = known ? old.root : path[0]!;
    return [root, root];
  }
  const outer = path.at(-1);
  if (!outer) throw new Refused('the proof is too short');
  const k = split(size);
  const rest = path.slice(0, -1);
  if (old.size <= k) {
    const [before, after] = await rootsOfProof(old, k, known, rest);
    return [before, await nodeHash(after, outer)];
  }
  const [before, after] = await rootsOfProof({ ...old, size: old.size - k }, size - k, false, rest);
  return [await nodeHash(outer, before), await nodeHash(outer, after)];
}

// Whether the newer log begins with the older one. Throws Refused when not.
export async function verifyConsistency(older: Checkpoint, newer: Checkpoint, proof: Uint8Array[]): Promise<void> {
  if (older.size > newer.size) throw new Refused('the log has shrunk');
  if (older.size === 0) return;
  const [before, after] = await rootsOfProof(older, newer.size, true, proof);
  if (!equal(before, older.root) || !equal(after, newer.root)) throw new Refused('the log has forked');
}

// ---- A whole copy (C2SP tlog-tiles)

// "zero-padded 3-digit path elements. All but the last path element MUST begin with an x"; ".p/<W>" of a partial tile.
export function tilePath(level: number | 'entries', n: number, width: number): string {
  const groups = [String(n % 1000).padStart(3, '0')];
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}${width === 256 ? '' : `.p/${width}`}`;
}

// The proof of 2.1.4.1 that a log of `size` leaves begins with its first `from`, made of what stands in its tiles: whoever checks it
// need not trust them.
export async function consistencyProof(log: Fetch, from: number, size: number): Promise<Uint8Array[]> {
  const tiles = new Map<string, Promise<Uint8Array>>();
  // MTH(D[start:start + n]): one hash of a tile where a whole subtree begins and ends there.
  const hashOf = async (start: number, n: number): Promise<Uint8Array> => {
    let [level, width] = [0, 1];
    while (width * 256 <= n) [level, width] = [level + 1, width * 256];
    if (n !== width) {
      const k = split(n);
      return nodeHash(await hashOf(start, k), await hashOf(start + k, n - k));
    }
    const index = start / width;
    const tile = Math.floor(index / 256);
    const path = tilePath(level, tile, Math.min(256, Math.floor(size / width) - tile * 256));
    if (!tiles.has(path)) tiles.set(path, log(path));
    const at = (index % 256) * 32;
    const found = (await tiles.get(path)!).subarray(at, at + 32);
    if (found.length !== 32) throw new Refused(`${path} is cut off`);
    return found;
  };
  // SUBPROOF(m, D[start:start + n], b)
  const subproof = async (m: number, start: number, n: number, known: boolean): Promise<Uint8Array[]> => {
    if (m === n) return known ? [] : [await hashOf(start, n)];
    const k = split(n);
    return m <= k
      ? [...(await subproof(m, start, k, known)), await hashOf(start + k, n - k)]
      : [...(await subproof(m - k, start + k, n - k, false)), await hashOf(start, k)];
  };
  return from === 0 ? [] : subproof(from, 0, size, true);
}

// "big-endian uint16 length-prefixed log entries"
function entriesOf(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle[at]! * 256 + (bundle[at + 1] ?? NaN);
    if (!(end <= bundle.length)) throw new Refused('an entry is cut off');
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

// Reads the whole log: every entry, every tile of every level, the root. `since`: a checkpoint kept from earlier, as it
// came, which this log must be a continuation of. Throws Refused when the checkpoint itself is not the log's.
export async function verifyLog(fetch: Fetch, vkey: string, since?: string): Promise<Report> {
  const checkpoint = await openCheckpoint(decoder.decode(await fetch('checkpoint')), vkey);
  const findings: string[] = [];
  let below: Uint8Array[] = [];
  let entries = 0;
  for (let n = 0; n * 256 < checkpoint.size; ++n) {
    const path = tilePath('entries', n, Math.min(256, checkpoint.size - n * 256));
    const bundle = await fetch(path).then(entriesOf).catch((error: unknown) => void findings.push(`${path}: ${error}`));
    entries += bundle?.length ?? 0;
    below.push(...(await Promise.all((bundle ?? []).map(leafHash))));
  }
  if (entries !== checkpoint.size) findings.push(`${entries} entries where ${checkpoint.size} are signed for`);
  const leaves = below;
  for (let level = 0; below.length > 0; ++level) {
    const roots: Uint8Array[] = [];
    for (let n = 0; n * 256 < below.length; ++n) {
      const hashes = below.slice(n * 256, n * 256 + 256);
      const path = tilePath(level, n, hashes.length);
      const tile = await fetch(path).catch((error: unknown) => void findings.push(`${path}: ${error}`));
      if (tile && !equal(tile, concat(...hashes))) findings.push(`${path} is not what the entries give`);
      if (hashes.length === 256) roots.push(await treeHash(hashes));
    }
    below = roots;
  }
  if (!equal(await treeHash(leaves), checkpoint.root)) findings.push('the entries do not give the root that was signed');
  if (since !== undefined) {
    const older = await openCheckpoint(since, vkey);
    if (older.size > checkpoint.size) findings.push('the log has shrunk');
    else if (!equal(await treeHash(leaves.slice(0, older.size)), older.root)) findings.push('the log has forked');
  }
  return { checkpoint, entries, findings };
}
