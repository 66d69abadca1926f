/** What the engine knows of time. */
export interface Clock {
  /** Unix seconds, with a fraction. */
  now(): number;
  /** Resolves after so many seconds; rejects with the signal's reason when it is aborted first. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * Like sleep, but as the limit of real work, such as a request: a clock that runs fast must not
   * make it shorter. Default: sleep.
   */
  limit?(seconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * Says that real work (a request, a computation) is under way; the returned function says that it
   * ended. A clock that moves by itself stands still meanwhile. Clocks that really run don't need it.
   */
  hold?(): () => void;
}
