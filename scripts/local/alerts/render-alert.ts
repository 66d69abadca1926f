import { readFileSync } from 'node:fs';

/** An alert policy, named after its template in `terraform/alerts`. */
export type AlertName = 'sync-failed' | 'sync-warned' | 'dead-letter';

export interface Alert {
  readonly subject: string;
  readonly body: string;
}

/**
 * Renders an alert as Cloud Monitoring does. The template's first line is the subject;
 * `${log.extracted_label.NAME}` stands for a label extracted from the log entry.
 * Source: https://cloud.google.com/monitoring/alerts/doc-variables
 */
export function renderAlert(
  name: AlertName,
  projectId: string,
  entry: Readonly<Record<string, unknown>>,
): Alert {
  const url = new URL(`../../../terraform/alerts/${name}.md`, import.meta.url);
  const text = readFileSync(url, 'utf8')
    .replaceAll(/\$\{project\}/g, projectId)
    .replaceAll(/\$\{log\.extracted_label\.(\w+)\}/g, (_, label) => formatLabel(entry[label]));
  const [subject = '', ...body] = text.split('\n');
  return { subject, body: `${body.join('\n').trim()}\n` };
}

/** A label is text, and empty if the entry has no such field. */
function formatLabel(value: unknown): string {
  return value == null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
