const REPORTED = new Set(['WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY']);

/** Formats a log entry for the terminal; undefined for one below WARNING. */
export function reportLogLine(entry: {
  /** The function or the workflow. */
  readonly source: string;
  readonly severity: string | undefined;
  readonly message: string;
}): string | undefined {
  return entry.severity !== undefined && REPORTED.has(entry.severity)
    ? `  ${entry.severity} ${entry.source}: ${entry.message}\n`
    : undefined;
}
