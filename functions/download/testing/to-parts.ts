/** Yields bytes in parts, cut at the given offsets (modulo their length). */
export async function* toParts(
  bytes: Buffer,
  cuts: readonly number[] = [],
): AsyncGenerator<Buffer, void> {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1))])];
  places.sort((a, b) => a - b);
  for (const [index, place] of places.entries()) yield bytes.subarray(place, places[index + 1]);
}
