/** Where the time comes from, so that a test can move it. */
export interface PubsubClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after the delay; returns what cancels it. The machine's timers by default. */
  startTimer?(callback: () => void, delayMs: number): () => void;
}

/** The clock with the machine's time and timers for what it lacks. */
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
