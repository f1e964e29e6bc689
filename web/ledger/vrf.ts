// SPDX-License-Identifier: Apache-2.0
// ECVRF-P256-SHA256-TAI (RFC 9381 5.5), verifying only: speed and side channels do not matter, all is public here.
import { Refused, concat, sha256 } from './verify.js';

const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const q = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
type Point = { x: bigint; y: bigint } | null; // null: the point at infinity
const generator: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

const mod = (value: bigint): bigint => ((value % p) + p) % p;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base; exponent > 0n; exponent >>= 1n, square = mod(square * square)) {
    if (exponent & 1n) result = mod(result * square);
  }
  return result;
}
// Euclid's
function inverse(value: bigint): bigint {
  let [rest, next, result, factor] = [p, mod(value), 0n, 1n];
  while (next > 0n) {
    const times = rest / next;
    [rest, next, result, factor] = [next, rest - times * next, factor, result - times * factor];
  }
  return mod(result);
}

function add(left: Point, right: Point): Point {
  if (!left || !right) return left ?? right;
  if (left.x === right.x && left.y !== right.y) return null;
  const slope = left.x === right.x
    ? (3n * left.x * left.x - 3n) * inverse(2n * left.y)
    : (right.y - left.y) * inverse(right.x - left.x);
  const x = mod(mod(slope) * mod(slope) - left.x - right.x);
  return { x, y: mod(mod(slope) * (left.x - x) - left.y) };
}
function times(scalar: bigint, point: Point): Point {
  let result: Point = null;
  for (let doubled = point; scalar > 0n; scalar >>= 1n, doubled = add(doubled, doubled)) {
    if (scalar & 1n) result = add(result, doubled);
  }
  return result;
}
const negative = (point: Point): Point => point && { x: point.x, y: mod(-point.y) };

const integer = (bytes: Uint8Array): bigint => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
function octets(point: Point): Uint8Array {
  if (!point) throw new Refused('the point at infinity');
  const hex = point.x.toString(16).padStart(64, '0');
  return Uint8Array.of(Number(2n + (point.y & 1n)), ...hex.match(/../g)!.map((byte) => parseInt(byte, 16)));
}
// SEC 1, 2.3.4; nothing for an x that no point has.
function point(bytes: Uint8Array): Point {
  const x = integer(bytes.subarray(1));
  const square = mod(x * x * x - 3n * x + b);
  const y = power(square, (p + 1n) / 4n);
  if (bytes.length !== 33 || (bytes[0] !== 2 && bytes[0] !== 3) || x >= p || mod(y * y) !== square) return null;
  return { x, y: Number(y & 1n) === bytes[0] - 2 ? y : mod(-y) };
}

// 5.4.1.1, try and increment
async function encodeToCurve(key: Uint8Array, input: Uint8Array): Promise<Point> {
  for (let counter = 0; counter < 256; ++counter) {
    const x = await sha256(Uint8Array.of(1, 1), key, input, Uint8Array.of(counter, 0));
    const found = point(concat(Uint8Array.of(2), x));
    if (found) return found;
  }
  throw new Refused('no point for this input');
}

// 5.3: the output that belongs to the input under this key; throws Refused when the proof does not show it.
export async function verifyVrf(key: Uint8Array, input: Uint8Array, proof: Uint8Array): Promise<Uint8Array> {
  const y = point(key);
  const gamma = point(proof.subarray(0, 33));
  const c = integer(proof.subarray(33, 49));
  const s = integer(proof.subarray(49));
  if (!y || !gamma || proof.length !== 81 || s >= q) throw new Refused('not the proof of a tag');
  const h = await encodeToCurve(key, input);
  const u = add(times(s, generator), negative(times(c, y)));
  const v = add(times(s, h), negative(times(c, gamma)));
  const challenge = await sha256(Uint8Array.of(1, 2), key, octets(h), octets(gamma), octets(u), octets(v), Uint8Array.of(0));
  if (integer(challenge.subarray(0, 16)) !== c) throw new Refused('the tag is not that of this person');
  return sha256(Uint8Array.of(1, 3), octets(gamma), Uint8Array.of(0));
}
