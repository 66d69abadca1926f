/** A result, or a promise of one: most expressions never wait. */
export type MaybePromise<T> = T | Promise<T>;

/** Continues with a result, synchronously if it is not a promise. */
export function chain<T, U>(
  result: MaybePromise<T>,
  next: (value: T) => MaybePromise<U>,
): MaybePromise<U> {
  return result instanceof Promise ? result.then(next) : next(result);
}
