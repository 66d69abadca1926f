import { z } from 'zod';

export const snapshotRequest = z.object({ run_id: z.int32().positive() });

export type SnapshotRequest = z.infer<typeof snapshotRequest>;

/** Today's row of `data_quality_snapshots`, named by its date in Toronto (`YYYY-MM-DD`). */
export interface SnapshotResponse {
  readonly snapshot_date: string;
  /** 0 to 100; null while no permit is active. */
  readonly effectiveness_score: number | null;
}
