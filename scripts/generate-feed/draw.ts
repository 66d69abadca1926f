/**
 * A 32-bit number that looks random and depends on nothing but its two arguments (Murmur3's
 * finalizer), so that any record of any day is computed alone. Nest it to derive streams:
 * `draw(draw(seed, ordinal), salt)`.
 */
export function draw(seed: number, salt: number): number {
  let hash = seed ^ Math.imul(salt + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A drawn 32-bit number as a fraction in [0, 1). */
export function toFraction(drawn: number): number {
  return drawn / 0x1_0000_0000;
}

/** A drawn 32-bit number as a whole number in [0, limit). */
export function toBelow(drawn: number, limit: number): number {
  return Math.floor((drawn / 0x1_0000_0000) * limit);
}

/** One of the values, each as likely as the next. The list must not be empty. */
export function pickOne<Value>(values: readonly Value[], drawn: number): Value {
  return values[toBelow(drawn, values.length)] as Value;
}

/** Values with how often each comes; the weights need no common sum. */
export type Weights = Readonly<Record<string, number>>;

const SLOTS = 4096;

/**
 * Compiles weights into a lookup: drawn 32-bit number → value. A value with any weight at all
 * comes at least once in 4,096.
 */
export function compileWeights(weights: Weights): (drawn: number) => string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const slots = Object.entries(weights).flatMap(([value, weight]) =>
    new Array<string>(Math.max(1, Math.round((weight / total) * SLOTS))).fill(value),
  );
  return (drawn) => pickOne(slots, drawn);
}
