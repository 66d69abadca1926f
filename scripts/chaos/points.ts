import type { DatabaseMoment } from './database-proxy.ts';

/** The functions that the workflow calls. */
export const STEPS = ['download', 'ingest-chunk', 'finalize', 'snapshot'] as const;
export type Step = (typeof STEPS)[number];

/** A moment of a call: one of its database connection, or when half of the feed has been sent. */
export type Moment = DatabaseMoment | { readonly kind: 'half-sent' };

interface Point {
  readonly step: Step;
  readonly is: (moment: Moment) => boolean;
}

/** Matches when the last statement is `last` and the same transaction has one like `earlier`. */
function statement(last: RegExp, earlier = /(?:)/) {
  return (moment: Moment): boolean =>
    moment.kind === 'statement' && ends(moment.transaction, last, earlier);
}

function committed(earlier: RegExp) {
  return (moment: Moment): boolean =>
    moment.kind === 'committed' && ends(moment.transaction, /^commit/, earlier);
}

function ends(transaction: readonly string[], last: RegExp, earlier: RegExp): boolean {
  return last.test(transaction.at(-1) ?? '') && transaction.some((text) => earlier.test(text));
}

const FINISH_CHUNK = /set\s+status = 'done'/;
const CLOSE_RUN = /^update "sync_runs" set "status"/;

/** The points at which a fault can occur, in the order of a run. */
export const POINTS = {
  'before the run row': { step: 'download', is: statement(/^insert into "sync_runs"/) },
  'while downloading': { step: 'download', is: ({ kind }) => kind === 'half-sent' },
  'after the chunk index is written': {
    step: 'download',
    is: committed(/insert into sync_chunks/),
  },
  'inside COPY': { step: 'ingest-chunk', is: ({ kind }) => kind === 'copy-data' },
  'after the merge before commit': {
    step: 'ingest-chunk',
    is: statement(/^commit/, FINISH_CHUNK),
  },
  'after commit before the answer': { step: 'ingest-chunk', is: committed(FINISH_CHUNK) },
  'before finalize': { step: 'finalize', is: statement(/^begin/) },
  'after finalize before the answer': { step: 'finalize', is: committed(CLOSE_RUN) },
  'in snapshot': { step: 'snapshot', is: statement(/insert into data_quality_snapshots/) },
} as const satisfies Record<string, Point>;

export type PointName = keyof typeof POINTS;
export const POINT_NAMES = Object.keys(POINTS) as readonly PointName[];
