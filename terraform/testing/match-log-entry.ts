/** A log entry as Cloud Logging holds it. */
export type LogEntry = Readonly<Record<string, unknown>>;

function readField(entry: LogEntry, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], entry);
}

/**
 * Converts a line that a function writes to standard output into a log entry. Like Cloud Logging,
 * it makes `severity` the entry's severity and the rest its payload. Source:
 * https://cloud.google.com/logging/docs/structured-logging
 */
export function toLogEntry(line: string, service: string): LogEntry {
  const { severity, ...jsonPayload } = JSON.parse(line) as Record<string, unknown>;
  return {
    severity,
    resource: { type: 'cloud_run_revision', labels: { service_name: service } },
    jsonPayload,
  };
}

/**
 * Whether an entry matches a filter in the Logging query language. Only `field="value" AND …` is
 * supported, which is all that the alerts use.
 *
 * @throws Error for any other filter.
 */
export function matchesFilter(filter: string, entry: LogEntry): boolean {
  return filter.split(' AND ').every((comparison) => {
    const [, path, value] = /^([\w.]+)="([^"]*)"$/.exec(comparison) ?? [];
    if (path === undefined) throw new Error(`The tests do not know ${comparison}`);
    return readField(entry, path) === value;
  });
}

/**
 * Extracts a label's text from an entry; it is empty if the entry has no such field.
 *
 * @throws Error for any extractor but `EXTRACT(field)`.
 */
export function extractLabel(extractor: string, entry: LogEntry): string {
  const [, path] = /^EXTRACT\(([\w.]+)\)$/.exec(extractor) ?? [];
  if (path === undefined) throw new Error(`The tests do not know ${extractor}`);
  const value = readField(entry, path);
  return value == null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
