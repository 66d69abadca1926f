/**
 * Draws a pseudo-random 32-bit number from its two arguments alone (Murmur3's finalizer), so any
 * record of any day can be computed by itself. Nest calls to derive streams:
 * `draw(draw(seed, ordinal), salt)`.
 */
export function draw(seed: number, salt: number): number {
  let hash = seed ^ Math.imul(salt + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Scales a drawn 32-bit number to a fraction in [0, 1). */
export function toFraction(drawn: number): number {
  return drawn / 0x1_0000_0000;
}

/** Scales a drawn 32-bit number to a whole number in [0, limit). */
export function toBelow(drawn: number, limit: number): number {
  return Math.floor((drawn / 0x1_0000_0000) * limit);
}

/** Picks one of the values, all equally likely. The list must not be empty. */
export function pickOne<Value>(values: readonly Value[], drawn: number): Value {
  return values[toBelow(drawn, values.length)] as Value;
}

/** Values and their relative frequencies, which need not add up to any particular sum. */
export type Weights = Readonly<Record<string, number>>;

const SLOTS = 4096;

/**
 * Compiles weights into a lookup from a drawn 32-bit number to a value. Every value gets at least
 * one of 4,096 slots.
 */
export function compileWeights(weights: Weights): (drawn: number) => string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const slots = Object.entries(weights).flatMap(([value, weight]) =>
    new Array<string>(Math.max(1, Math.round((weight / total) * SLOTS))).fill(value),
  );
  return (drawn) => pickOne(slots, drawn);
}
