/** The engine's source of time. */
export interface Clock {
  /** The current time in Unix seconds, with a fraction. */
  now(): number;
  /** Resolves after the given seconds; rejects with the signal's reason if aborted before that. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * Like sleep, but limits real work such as a request: a fast clock must not shorten it. Default:
   * sleep.
   */
  limit?(seconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * Stops a virtual clock while real work (a request, a computation) is under way; the returned
   * function lets it go on. Real clocks do not need it.
   */
  hold?(): () => void;
}
