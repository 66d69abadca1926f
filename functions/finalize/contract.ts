import { z } from 'zod';

export const finalizeRequest = z.object({
  execution_id: z.string().min(1),
  outcome: z.enum(['completed', 'failed']),
  /** What the workflow caught: an error map, or any other raised value. */
  error: z.unknown().optional(),
  /** For the row of a trigger that failed before download could open its run. */
  trigger: z.enum(['schedule', 'pubsub', 'api', 'manual']).nullish(),
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
  readonly error_message: string | null;
  readonly duration_ms: number;
}
