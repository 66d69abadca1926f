import type { ColumnType, Generated, Selectable } from 'kysely';

/** A column that is null or has a default at first, and is filled later. */
type Filled<T> = ColumnType<T, T | undefined, T>;

export type RunStatus = 'running' | 'completed' | 'failed';
export type Trigger = 'schedule' | 'pubsub' | 'api' | 'manual';
export type FeedSource = 'city' | 'made_up' | 'file' | 'url' | 'object';

/** Something doubtful about a run; further keys depend on the code. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly [key: string]: unknown;
}

interface CountColumns {
  records_new: Generated<number>;
  records_updated: Generated<number>;
  records_unchanged: Generated<number>;
  records_errors: Generated<number>;
  records_superseded: Generated<number>;
}

export interface SyncRunsTable extends CountColumns {
  id: Generated<number>;
  execution_id: string;
  trigger: Trigger;
  message_id: Filled<string | null>;
  file_path: Filled<string | null>;
  started_at: Generated<Date>;
  completed_at: Filled<Date | null>;
  status: Generated<RunStatus>;
  records_total: Generated<number>;
  chunks_total: Filled<number | null>;
  feed_records: Filled<number | null>;
  partial: Generated<boolean>;
  accept_shrink: Generated<boolean>;
  feed_columns: Filled<readonly string[] | null>;
  accept_drift: Generated<boolean>;
  accept_outdated: Generated<boolean>;
  dry_run: Generated<boolean>;
  source: Filled<FeedSource | null>;
  feed_run: Filled<number | null>;
  feed_at: Filled<Date | null>;
  records_removed: Generated<number>;
  records_returned: Generated<number>;
  warnings: ColumnType<readonly Warning[], string | undefined, string>;
  download_ms: Filled<number | null>;
  error_code: Filled<string | null>;
  error_hint: Filled<string | null>;
  error_message: Filled<string | null>;
  snapshot_path: Filled<string | null>;
  duration_ms: Filled<number | null>;
  resumed_from: Filled<number | null>;
}

export interface SyncChunksTable extends CountColumns {
  run_id: number;
  chunk_number: number;
  byte_start: number;
  byte_end: number;
  record_count: number;
  record_begins: Filled<number[] | null>;
  record_ends: Filled<number[] | null>;
  record_fingerprints: Filled<string[] | null>;
  status: Generated<'pending' | 'done'>;
  error: Filled<string | null>;
  done_at: Filled<Date | null>;
  duration_ms: Filled<number | null>;
}

/** The tables that Kysely queries; the statements of the merge are in `sql/queries`. */
export interface Database {
  sync_runs: SyncRunsTable;
  sync_chunks: SyncChunksTable;
}

export type SyncRun = Selectable<SyncRunsTable>;
export type SyncChunk = Selectable<SyncChunksTable>;
