import { z } from 'zod';
import { filePath, storedText } from '../shared/stored-text.ts';
import { withoutQuery } from '../shared/without-query.ts';

const MAX_QUOTED = 60;

/** Strict: a misspelt `file_path` would otherwise sync the City's feed instead of the file. */
const request = z.strictObject({
  /** The Cloud Workflows execution that the run belongs to. */
  execution_id: storedText,
  trigger: z.enum(['schedule', 'pubsub', 'api', 'manual']).default('manual'),
  /**
   * `https://…` on an allowed host, `gs://bucket/object` or a local path; null: the City's feed.
   */
  file_path: filePath.nullish(),
  /**
   * Takes the feed for a part of the City's: it stores what it has, and marks nothing as removed.
   */
  partial: z.boolean().nullish(),
  /** Accepts a whole feed that is far smaller than the last ones. */
  accept_shrink: z.boolean().nullish(),
  /** Accepts a feed that lacks columns which the last whole feed had. */
  accept_drift: z.boolean().nullish(),
  /** Accepts a feed that was fetched before one which has been stored. */
  accept_outdated: z.boolean().nullish(),
  /** Ends after the checks, which report what they find as warnings; nothing is stored. */
  dry_run: z.boolean().nullish(),
  /** A failed run whose remaining chunks are ingested; nothing is downloaded. */
  resume_run_id: z.int32().positive().nullish(),
  /** ID of the Pub/Sub message that started the execution. */
  message_id: storedText.nullish(),
  /** What the trigger sent where an object is expected; always refused. */
  invalid_argument: z
    .unknown()
    .optional()
    .refine((value) => value === undefined, { error: ({ input }) => describeArgument(input) }),
});

export const downloadRequest = request.refine(
  ({ dry_run, resume_run_id }) => dry_run !== true || resume_run_id == null,
  { path: ['dry_run'], message: 'a resumed run cannot be a dry run: its feed has been checked' },
);

/** Says what came in place of a JSON object, and what is expected. */
function describeArgument(value: unknown): string {
  const kind = Array.isArray(value) ? 'list' : typeof value === 'string' ? 'text' : typeof value;
  const text = JSON.stringify(typeof value === 'string' ? withoutQuery(value) : value);
  const quoted = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return `${quoted} is a ${kind}; send a JSON object such as {"partial": true}, or nothing`;
}

export type DownloadRequest = z.infer<typeof downloadRequest>;

/** Pointers and counts only: the records are in `object`, their byte ranges in `sync_chunks`. */
export interface DownloadResponse {
  readonly run_id: number;
  readonly records_total: number;
  readonly chunks_total: number;
  /** Name of the feed object in the bucket. */
  readonly object: string;
  /**
   * The run that an earlier delivery of the same Pub/Sub message started; nothing is left to do.
   */
  readonly duplicate_of?: number;
}
