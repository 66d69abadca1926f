/** The source of time, which a test can replace. */
export interface PubsubClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls back once after the delay; returns a function to cancel. Default: the machine's timers.
   */
  startTimer?(callback: () => void, delayMs: number): () => void;
}

/** Fills in the machine's time and timers where the clock has none. */
export function completeClock(clock: PubsubClock | undefined): Required<PubsubClock> {
  return {
    now: () => clock?.now() ?? Date.now(),
    startTimer: (callback, delayMs) =>
      clock?.startTimer?.(callback, delayMs) ?? startMachineTimer(callback, delayMs),
  };
}

// A timer that does not keep the process alive.
function startMachineTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}
