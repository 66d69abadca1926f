/**
 * Waits for every promise, then resolves or rejects as `Promise.all` would. A caller that cleans up
 * after a failure can rely on nothing still being started.
 */
export async function settleAll<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
