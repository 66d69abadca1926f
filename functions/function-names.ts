/** The functions that index.ts registers: the workflow calls four, the public the last. */
export const FUNCTION_NAMES = [
  'download',
  'ingest-chunk',
  'finalize',
  'snapshot',
  'sync-api',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];
