/** Where the time comes from, so that a test can move it. */
export type PubsubClock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after the delay; returns what cancels it. The machine's timers by default. */
  startTimer?(callback: () => void, delayMs: number): () => void;
};

export const SYSTEM_CLOCK: Required<PubsubClock> = { now: Date.now, startTimer };

/** A timer that does not keep the process alive. */
export function startTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}
