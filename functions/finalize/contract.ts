import { z } from 'zod';
import type { RunStatus, Warning } from '../shared/schema.ts';
import { storedText } from '../shared/stored-text.ts';

const flag = z.boolean().nullish().catch(null);
const text = storedText.nullish().catch(null);

/** What a trigger asked for. A value of a wrong type counts as missing: download has refused it. */
const triggerArgument = z.object({
  trigger: z.enum(['schedule', 'pubsub', 'api', 'manual']).catch('manual'),
  message_id: text,
  file_path: text,
  partial: flag,
  accept_shrink: flag,
  accept_drift: flag,
  accept_outdated: flag,
  dry_run: flag,
  resume_run_id: z.int32().positive().nullish().catch(null),
});

export const finalizeRequest = z.object({
  execution_id: z.string().min(1),
  outcome: z.enum(['completed', 'failed']),
  /** What the workflow caught: an error map, or any other raised value. */
  error: z.unknown().optional(),
  /** For the row of a trigger that failed before download could open its run. */
  argument: triggerArgument.nullish(),
  /** What went wrong after the run had completed; added to its row. */
  warning: z.object({ code: z.string().min(1), message: z.string() }).nullish(),
});

export type FinalizeRequest = z.infer<typeof finalizeRequest>;

/** The closed run, which the workflow returns. */
export interface FinalizeResponse {
  readonly run_id: number;
  readonly status: RunStatus;
  readonly records_total: number;
  readonly records_new: number;
  readonly records_updated: number;
  readonly records_unchanged: number;
  readonly records_errors: number;
  readonly records_superseded: number;
  /** Permits that left the feed, and permits that came back. */
  readonly records_removed: number;
  readonly records_returned: number;
  readonly partial: boolean;
  readonly dry_run: boolean;
  readonly warnings: readonly Warning[];
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly error_hint: string | null;
  readonly duration_ms: number;
  /** Chunks that are stored, which a failed run keeps. */
  readonly chunks_done: number;
  /** Null if the feed was not cut into chunks. */
  readonly chunks_total: number | null;
  /** `gs://bucket/object` of the stored feed. */
  readonly snapshot_path: string | null;
  /** The run that an earlier delivery of the same Pub/Sub message started; it is left unchanged. */
  readonly duplicate_of?: number;
}
