// SPDX-License-Identifier: Apache-2.0
// Repeatable choices from a printed seed (mulberry32).
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  #next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  below(bound) {
    return this.#next() % bound;
  }

  // One of so many chances.
  oneIn(chances) {
    return this.below(chances) === 0;
  }

  // A stream of its own, so that flows side by side do not disturb each other's choices.
  fork() {
    return new Random(this.#next());
  }
}
