import { z } from 'zod';
import type { Warning } from '../shared/schema.ts';

export const finalizeRequest = z.object({
  execution_id: z.string().min(1),
  outcome: z.enum(['completed', 'failed']),
  /** What the workflow caught: an error map, or any other raised value. */
  error: z.unknown().optional(),
  /** For the row of a trigger that failed before download could open its run. */
  trigger: z.enum(['schedule', 'pubsub', 'api', 'manual']).nullish(),
  /** What went wrong after the run had completed; added to its row. */
  warning: z.object({ code: z.string().min(1), message: z.string() }).nullish(),
});

export type FinalizeRequest = z.infer<typeof finalizeRequest>;

/** The closed run, which the workflow returns. */
export interface FinalizeResponse {
  readonly run_id: number;
  readonly status: 'completed' | 'failed';
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
}
