/**
 * The part of `fetch` that the engine needs; the global one fits. A network failure rejects with an
 * error that has the errno as its `code`, or as the `code` of its cause.
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
  /** Name and value pairs, with names in lower case. */
  readonly headers: Iterable<[string, string]>;
  readonly body: AsyncIterable<Uint8Array> | null;
}
