/**
 * The part of `fetch` that the engine needs; the global one fits. A failure to connect, a broken
 * connection and the like reject with an error whose `code` (or whose cause's) is the errno.
 */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: Uint8Array<ArrayBuffer>;
    signal: AbortSignal;
    redirect: 'manual';
  },
) => Promise<FetchResponse>;

export interface FetchResponse {
  readonly status: number;
  /** Name and value pairs; the names in lower case. */
  readonly headers: Iterable<[string, string]>;
  readonly body: AsyncIterable<Uint8Array> | null;
}
