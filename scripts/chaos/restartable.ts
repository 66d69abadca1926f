/** Something that can be killed at any time and is then started again. */
export interface Restartable<T> {
  /** The running instance, or the one that is being started. */
  current(): Promise<T>;
  /** Kills it; resolves once it has ended, while the next one is starting. */
  crash(): Promise<void>;
}

/** Starts an instance with `start`, and another one each time `kill` has ended the last. */
export function createRestartable<T>(
  start: () => Promise<T>,
  kill: (running: T) => Promise<void>,
): Restartable<T> {
  let current = start();
  return {
    current: () => current,
    crash() {
      const killed = current.then(kill);
      current = killed.then(start);
      // Callers of current() see a failure; without any, it must not be an unhandled rejection.
      current.catch(() => {});
      return killed;
    },
  };
}
