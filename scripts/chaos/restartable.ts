/** Something that can be ended in the middle and is then started again. */
export interface Restartable<T> {
  /** The one that runs now, or the one being started. */
  current(): Promise<T>;
  /** Ends it; resolves once it is gone, while the next one is starting. */
  crash(): Promise<void>;
}

/** `kill` ends one at once; `start` starts the first and each next one. */
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
      // Whoever asks for it sees the failure; nobody asking is none.
      current.catch(() => {});
      return killed;
    },
  };
}
