// SPDX-License-Identifier: Apache-2.0
// Whether the ledger shows a person everything about them. What /api/v1/me/ledger answers is checked against the log that
// everybody sees: the person's entries form a chain; a map, one for all persons, says how many there are and how the chain ends;
// the root of the map is an entry of the log; and the person's place in the map is the one that the IIN gives
// (ECVRF-P256-SHA256-TAI of RFC 9381), so that there is no second one. To be read in ten minutes, like verify.ts.
import { type Checkpoint, type Fetch, Refused, base64, concat, consistencyProof, cosigned, encoder, equal, hash, openCheckpoint,
  rootOfEntry, sha256, tilePath, verifyConsistency } from './verify.js';
import { verifyVrf } from './vrf.js';

// An entry of the person. `path`: to the root of its page's checkpoint, for those that the page's map does not count yet.
export interface Item { leaf: number; salt: string; fact: string; path?: string[] }
export interface Page {
  checkpoint: string;
  tag_proof: string;
  epoch?: { fact: string; salt: string; leaf: number; path: string[] };
  map?: { leaf?: { tag: string; count: number; head: string }; path: string[] };
  items: Item[];
  next?: number;
}
// What a person keeps, to see later that nothing of it was taken back. `checkpoint`: the note of the log that was shown.
export interface Kept { tag_key: string; epoch: number; count: number; head: string; leaf: number; checkpoint: string }
export interface History {
  counted: number; // entries that the map counts
  later: number; // entries after those, each proven by itself
  // Leaves that the map has seen, that the log had (between them only `later` shows), and that the witnesses have seen.
  upTo?: { map: number; log: number; witnessed?: number };
  facts: { leaf: number; fact: Record<string, unknown> }[];
  kept?: Kept;
  findings: string[]; // in words; empty when all holds
}
export interface Question {
  iin: string;
  vkey: string; // of the log
  since?: Kept; // then the pages are those after since.leaf
  // To look each entry up in the log, which tells the one that was changed; and needed where several checkpoints have to be of
  // one log: those of pages, the one that was kept, the one that witnesses signed.
  log?: Fetch;
  witnesses?: string[]; // their verifier keys: one of them at least has to have signed
}

const number64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
};
const text64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const commitment = (of: { salt: string; fact: string }): Promise<Uint8Array> => sha256(hash(of.salt), encoder.encode(of.fact));
const factEntry = 1;
const mapRootEntry = 2; // the format of an entry that everybody may open: there is one for each epoch, and no other

// ---- The chain and the map

const nothing: Uint8Array = new Uint8Array(32);
const continued = (head: Uint8Array, leaf: number, of: Uint8Array): Promise<Uint8Array> =>
  sha256(Uint8Array.of(0x10), head, number64(leaf), of);

const bit = (tag: Uint8Array, depth: number): number => (tag[depth >> 3]! >> (7 - (depth & 7))) & 1;

// The root that the way of a tag leads to, from what stands at its end up.
async function rootOfMap(tag: Uint8Array, map: NonNullable<Page['map']>): Promise<Uint8Array> {
  const depth = map.path.length;
  if (depth > 256) throw new Refused('the way through the map is too long');
  let node = nothing;
  if (map.leaf) {
    const other = hash(map.leaf.tag);
    for (let i = 0; i < depth; ++i) if (bit(other, i) !== bit(tag, i)) throw new Refused('the leaf stands beside the way');
    node = await sha256(Uint8Array.of(0x11), other, number64(map.leaf.count), hash(map.leaf.head));
  }
  for (let i = 0; i < depth; ++i) {
    const beside = hash(map.path[i]!);
    node = await sha256(Uint8Array.of(0x12), ...(bit(tag, depth - 1 - i) ? [beside, node] : [node, beside]));
  }
  return node;
}

export interface MapRoot { epoch: number; at: string; root: string; persons: number; size: number; tag_key: string; leaf?: number }

// The fact of an epoch, which has to be an entry of the log.
export async function openMapRoot(epoch: NonNullable<Page['epoch']>, checkpoint: Checkpoint): Promise<MapRoot> {
  const entry = concat(Uint8Array.of(mapRootEntry), await commitment(epoch));
  if (!equal(await rootOfEntry(entry, epoch.leaf, checkpoint.size, epoch.path.map(hash)), checkpoint.root)) {
    throw new Refused('the root of the map is not in the log');
  }
  const fact = JSON.parse(epoch.fact) as MapRoot & { kind: string };
  if (fact.kind !== 'ledger.map_root' || fact.size > epoch.leaf) throw new Refused('not the root of a map');
  return fact;
}

// ---- All of it

export const verifyHistory = (pages: Page[], question: Question): Promise<History> => verifyChain(pages, question, question.iin);

// `name`: what gives the chain its place in the map.
async function verifyChain(pages: Page[], question: Question, name: string): Promise<History> {
  const { vkey, since, log } = question;
  const report: History = { counted: 0, later: 0, facts: [], findings: [] };
  const find = (what: string) => void report.findings.push(what);
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> =>
    work().catch((error: unknown) => void find(error instanceof Refused ? error.message : `not readable: ${error}`));
  const last = pages.at(-1);
  if (!last) return find('there is no page'), report;
  if (last.next !== undefined) find('the last page is missing');

  // Each page speaks of the log of its own checkpoint. All of them are one log, and the one that was kept.
  const items: { item: Item; under: Checkpoint }[] = [];
  let seen = since && (await attempt(() => openCheckpoint(since.checkpoint, vkey)));
  for (const page of pages) {
    const under = await attempt(() => openCheckpoint(page.checkpoint, vkey));
    if (!under) return report;
    if (seen) await attempt(() => oneLog(seen!, under, log));
    seen = under;
    for (const item of page.items) items.push({ item, under });
  }
  const checkpoint = seen!;
  const seenByWitnesses = question.witnesses && (await attempt(() => witnessed(checkpoint, question)));
  if (!last.epoch || !last.map) return find('there is no map yet: nothing shows that these are all'), report;
  const { epoch, map } = last;
  const root = await attempt(() => openMapRoot(epoch, checkpoint));
  if (!root) return report;
  report.upTo = { map: root.size, log: checkpoint.size, ...(seenByWitnesses !== undefined && { witnessed: seenByWitnesses }) };
  if (log && (await attempt(() => rootAfter(log, epoch.leaf, checkpoint.size)))) {
    find('the log has a newer state of the map than the one that was shown');
  }
  const tag = await attempt(() => verifyVrf(base64(root.tag_key), encoder.encode(name), base64(last.tag_proof)));
  if (!tag) return report;
  const led = await attempt(() => rootOfMap(tag, map));
  if (!led) return report;
  if (!equal(led, hash(root.root))) find('the map has something else at the place of this person');
  const mine = map.leaf && equal(hash(map.leaf.tag), tag) ? map.leaf : { count: 0, head: text64(nothing) };
  if (since && since.tag_key !== root.tag_key) find('the key that gives persons their places was changed');
  if (since && root.epoch < since.epoch) find('this is an older state than was shown before');
  if (since && mine.count < since.count) find('the map counts fewer entries than before');

  let head = since ? hash(since.head) : nothing;
  let count = since?.count ?? 0;
  let before = since?.leaf ?? -1;
  for (const { item, under } of items) {
    const place = `the entry at leaf ${item.leaf}`;
    const of = await attempt(() => commitment(item));
    const fact = await attempt(async () => JSON.parse(item.fact) as Record<string, unknown>);
    if (!of || !fact || !Number.isSafeInteger(item.leaf) || item.leaf < 0) return find(`${place} does not read`), report;
    if (item.leaf <= before) find(`${place} stands out of its order, or twice`);
    before = item.leaf;
    report.facts.push({ leaf: item.leaf, fact });
    const entry = concat(Uint8Array.of(factEntry), of);
    if (log && item.leaf < under.size) {
      const there = await attempt(() => entryInLog(log, item.leaf, under.size));
      if (there && !equal(there, entry)) find(`${place} is not what the log has there`);
    }
    if (item.leaf < root.size) {
      head = await continued(head, item.leaf, of);
      ++count;
      continue;
    }
    // Too new for the map: at least it is in the log.
    ++report.later;
    const path = item.path;
    const there = path && (await attempt(() => rootOfEntry(entry, item.leaf, under.size, path.map(hash))));
    if (!there || !equal(there, under.root)) find(`${place} is not proven to be in the log`);
  }
  report.counted = count;
  if (count < mine.count) find(`${mine.count - count} of ${mine.count} entries are missing`);
  else if (count > mine.count) find(`${count - mine.count} entries are shown that the map does not count`);
  else if (!equal(head, hash(mine.head))) find('an entry was changed, exchanged or moved');
  const leaf = items.filter(({ item }) => item.leaf < root.size).at(-1)?.item.leaf ?? since?.leaf ?? -1;
  report.kept = { tag_key: root.tag_key, epoch: root.epoch, count, head: text64(head), leaf, checkpoint: last.checkpoint };
  return report;
}

// What a law let the person be told of later (418-V ст.36(4)): its entries stand in a chain of their own, which is in the map from the
// first one on, and an entry of the person's own chain names it. `pages`: what /api/v1/me/ledger?deferral={id} answers. `own`: the
// person's chain, verified. `roots`: of verifyRoots, to see that no entry was written later than it says.
export async function verifyDisclosure(
  pages: Page[], question: Question, own: History, id: string, roots: MapRoot[] = [],
): Promise<History> {
  const { since: _, ...whole } = question;
  const report = await verifyChain(pages, whole, `deferral ${id}`);
  const find = (what: string) => void report.findings.push(what);
  const told = own.facts.find(({ fact }) => fact.kind === 'deferral.disclosed' && fact.id === id);
  if (!told) return find('no entry of the person speaks of this deferral'), report;
  const begun = report.facts[0]?.fact;
  const digest = await sha256(encoder.encode(`kelisim deferral ${id} ${question.iin}`));
  const person = text64(digest).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
  if (begun?.kind !== 'deferral.begun' || begun.id !== id || begun.person !== person) find('this is not about this person');
  if (begun?.at !== told.fact.begun) find('it began at another time than the person was told');
  const hour = 3_600_000; // clocks are set right now and then
  for (const { leaf, fact } of report.facts) {
    if (leaf >= told.leaf) find(`the entry at leaf ${leaf} was written after the disclosure`);
    const late = roots.some((root) => root.leaf! < leaf && Date.parse(root.at) > Date.parse(String(fact.at)) + hour);
    if (late) find(`the entry at leaf ${leaf} was written later than it says`);
  }
  return report;
}

// Whoever signs two checkpoints neither of which continues the other shows different logs to different people.
async function oneLog(older: Checkpoint, newer: Checkpoint, log?: Fetch): Promise<void> {
  if (older.text === newer.text) return;
  if (older.size > newer.size) throw new Refused('this is an older log than was shown before');
  if (!log) throw new Refused('several checkpoints, and no log to show that they are of one');
  await verifyConsistency(older, newer, await consistencyProof(log, older.size, newer.size));
}

// How many leaves the witnesses have seen of this same log.
async function witnessed(checkpoint: Checkpoint, { vkey, log, witnesses = [] }: Question): Promise<number> {
  if (!log) throw new Refused('what witnesses have signed stands in the log');
  const note = new TextDecoder().decode(await log('checkpoint/cosigned'));
  const theirs = await openCheckpoint(note, vkey);
  const signed = await Promise.all(witnesses.map((witness) => cosigned(note, witness)));
  if (!signed.includes(true)) throw new Refused('no witness has signed the log');
  const [older, newer] = theirs.size < checkpoint.size ? [theirs, checkpoint] : [checkpoint, theirs];
  await oneLog(older, newer, log);
  return theirs.size;
}

// Entries have one length, so that the place of one in its bundle is known: two bytes of length, 33 of the entry.
async function bundleOf(log: Fetch, n: number, size: number): Promise<Uint8Array> {
  const width = Math.min(256, size - n * 256);
  const bundle = await log(tilePath('entries', n, width));
  if (bundle.length !== width * 35) throw new Refused(`entries ${n * 256} and on have another length`);
  return bundle;
}
async function entryInLog(log: Fetch, leaf: number, size: number): Promise<Uint8Array> {
  const bundle = await bundleOf(log, Math.floor(leaf / 256), size);
  return bundle.subarray((leaf % 256) * 35 + 2, (leaf % 256) * 35 + 35);
}
// Whether a root of the map stands behind this leaf.
async function rootAfter(log: Fetch, leaf: number, size: number): Promise<boolean> {
  for (let n = Math.floor((leaf + 1) / 256); n * 256 < size; ++n) {
    const bundle = await bundleOf(log, n, size);
    for (let i = 0; i * 35 < bundle.length; ++i) {
      if (n * 256 + i > leaf && bundle[i * 35 + 2] === mapRootEntry) return true;
    }
  }
  return false;
}

// ---- For everybody: the roots of all epochs

export interface OpenedRoot { epoch: number; fact: string; salt: string; leaf: number }

// Reads every entry of the log: those of format 2 are the roots of epoch 1, 2 and so on, each opened by what
// /ledger/map/{epoch} answers, and all under one key. So no person can be shown another map than everybody else.
export async function verifyRoots(
  log: Fetch, vkey: string, open: (epoch: number) => Promise<OpenedRoot | undefined>,
): Promise<{ roots: MapRoot[]; findings: string[] }> {
  const checkpoint = await openCheckpoint(new TextDecoder().decode(await log('checkpoint')), vkey);
  const roots: MapRoot[] = [];
  const findings: string[] = [];
  let epoch = 0;
  for (let leaf = 0; leaf < checkpoint.size; leaf += 256) {
    const width = Math.min(256, checkpoint.size - leaf);
    const bundle = await bundleOf(log, leaf / 256, checkpoint.size);
    for (let i = 0; i < width; ++i) {
      if (bundle[i * 35 + 2] !== mapRootEntry) continue;
      const opened = await open(++epoch);
      const entry = bundle.subarray(i * 35 + 3, i * 35 + 35);
      if (!opened) findings.push(`the root of epoch ${epoch}, at leaf ${leaf + i}, is not opened`);
      else if (!equal(await commitment(opened), entry)) findings.push(`what is opened is not the root of epoch ${epoch}`);
      else roots.push({ ...(JSON.parse(opened.fact) as MapRoot), leaf: leaf + i });
    }
  }
  roots.forEach((root, i) => {
    if (root.epoch !== i + 1 || root.tag_key !== roots[0]!.tag_key) findings.push(`epoch ${root.epoch} is out of its order, or has another key`);
  });
  return { roots, findings };
}
