import type { CallTimes } from './call-times.ts';

/** Requests from the benchmark to the process of a local cloud, one at a time. */
export type CloudRequest =
  | {
      readonly kind: 'start';
      readonly dataDirectory: string;
      readonly databaseUrl: string;
      readonly feedOrigin: string;
    }
  | { readonly kind: 'sync'; readonly url: string }
  | { readonly kind: 'engine'; readonly chunks: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'stop' };

export interface SyncAnswer {
  readonly executionId: string;
  readonly milliseconds: number;
  readonly calls: CallTimes;
}

/** Answers by the request's kind. */
export interface CloudAnswers {
  readonly start: null;
  readonly sync: SyncAnswer;
  /** Milliseconds. */
  readonly engine: number;
  /** Peak resident memory of each process, in bytes. */
  readonly memory: Readonly<Record<string, number>>;
  readonly stop: null;
}

export type CloudReply = { readonly answer: unknown } | { readonly error: string };
