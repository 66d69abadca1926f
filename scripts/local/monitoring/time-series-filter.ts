import { StatusError } from '../rest/status-error.ts';

interface Filtered {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
}

const COMPARISON =
  /^(metric|resource)\.(?:(type)|labels?\.(\w+))\s*=\s*(?:(starts_with)\(\s*)?("(?:[^"\\]|\\.)*")\s*\)?$/;

/**
 * Parses a Monitoring filter: comparisons of types and labels with a string, by `=` or
 * `= starts_with("…")`, joined by AND.
 *
 * @throws StatusError INVALID_ARGUMENT for any other filter
 */
export function parseFilter(filter: string): (series: Filtered) => boolean {
  const comparisons = filter
    .split(/\s+AND\s+|\s+(?=(?:metric|resource)\.)/)
    .map((comparison) => parseComparison(comparison.trim(), filter));
  return (series) => comparisons.every((matches) => matches(series));
}

function parseComparison(comparison: string, filter: string): (series: Filtered) => boolean {
  const match = COMPARISON.exec(comparison);
  if (match === null) {
    throw new StatusError(
      'INVALID_ARGUMENT',
      `Field filter had an invalid value of "${filter}": could not parse "${comparison}".`,
    );
  }
  const [, subject, type, label = '', startsWith, quoted = '""'] = match;
  const wanted: unknown = JSON.parse(quoted);
  return (series) => {
    const { type: ownType, labels } = subject === 'metric' ? series.metric : series.resource;
    const value = type === undefined ? (labels[label] ?? '') : ownType;
    return startsWith === undefined ? value === wanted : value.startsWith(String(wanted));
  };
}
