/** A result that is there at once when it can be: most expressions never wait. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a result, at once when it is there. */
export function chain<T, U>(
  result: MaybePromise<T>,
  next: (value: T) => MaybePromise<U>,
): MaybePromise<U> {
  return result instanceof Promise ? result.then(next) : next(result);
}
