/** The functions that the workflow, and the public, call: what index.ts registers. */
export const FUNCTION_NAMES = [
  'download',
  'ingest-chunk',
  'finalize',
  'snapshot',
  'sync-api',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];
