/** Whether an integer fits the language's 64 signed bits. */
export function isInt64(integer: bigint): boolean {
  return BigInt.asIntN(64, integer) === integer;
}
