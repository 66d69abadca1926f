import { MONITORED_RESOURCE_LABELS } from './monitored-resources.ts';
import type { MetricKind, NewTimeSeries, Point, ValueType } from './time-series-schema.ts';

const MAX_LABELS = 30;
const MAX_LABEL_VALUE_LENGTH = 1024;
const MAX_AGE_MS = 25 * 60 * 60 * 1000;
const MAX_FUTURE_MS = 5 * 60 * 1000;
const METRIC_TYPE =
  /^(custom|external|workload)\.googleapis\.com\/[A-Za-z0-9_][A-Za-z0-9_./%-]{0,199}$/;

const VALUE_FIELDS = {
  boolValue: 'BOOL',
  int64Value: 'INT64',
  doubleValue: 'DOUBLE',
  stringValue: 'STRING',
  distributionValue: 'DISTRIBUTION',
} as const satisfies Record<string, ValueType>;

/** A problem with a field of a series; `field` is its path, such as `points[0].interval`. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/**
 * Checks everything about a written series that does not depend on stored ones. `now` is in
 * milliseconds since 1970. Returns the first problem, or undefined.
 */
export function checkTimeSeries(series: NewTimeSeries, now: number): FieldProblem | undefined {
  const [point, ...others] = series.points;
  if (point === undefined || others.length > 0) {
    return {
      field: 'points',
      problem: 'Exactly one point can be written per TimeSeries per request.',
    };
  }
  return (
    checkMetric(series.metric) ?? checkResource(series.resource) ?? checkPoint(series, point, now)
  );
}

function checkMetric({ type, labels }: NewTimeSeries['metric']): FieldProblem | undefined {
  if (!METRIC_TYPE.test(type)) {
    return {
      field: 'metric.type',
      problem: `"${type}" must be a type like "custom.googleapis.com/my_metric".`,
    };
  }
  if (Object.keys(labels).length > MAX_LABELS) {
    return { field: 'metric.labels', problem: `At most ${MAX_LABELS} labels are allowed.` };
  }
  const wrong = Object.entries(labels).find(
    ([key, value]) =>
      !/^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(key) || value.length > MAX_LABEL_VALUE_LENGTH,
  );
  return (
    wrong && {
      field: `metric.labels[${wrong[0]}]`,
      problem: `A key is letters, digits and _, a value at most ${MAX_LABEL_VALUE_LENGTH} characters.`,
    }
  );
}

function checkResource({ type, labels }: NewTimeSeries['resource']): FieldProblem | undefined {
  const required = MONITORED_RESOURCE_LABELS[type];
  if (required === undefined) {
    return {
      field: 'resource.type',
      problem: `Metrics cannot be written to ${type}. See https://cloud.google.com/monitoring/custom-metrics/creating-metrics#which-resource for a list of writable resource types.`,
    };
  }
  const missing = required.filter((label) => !(label in labels));
  if (missing.length > 0) {
    return {
      field: 'resource.labels',
      problem: `The set of resource labels is incomplete. Missing labels: (${missing.join(' ')}).`,
    };
  }
  const unknown = Object.keys(labels).find(
    (label) => label !== 'project_id' && !required.includes(label),
  );
  return unknown === undefined
    ? undefined
    : { field: 'resource.labels', problem: `Unrecognized label "${unknown}" of "${type}".` };
}

function checkPoint(series: NewTimeSeries, point: Point, now: number): FieldProblem | undefined {
  const written = findValueType(point);
  const valueType = series.valueType ?? written;
  if (written === undefined || written !== valueType) {
    return {
      field: 'points[0].value',
      problem: `Exactly one value is needed, of type ${valueType ?? 'BOOL, INT64, DOUBLE, STRING or DISTRIBUTION'}.`,
    };
  }
  return (
    checkKind(series.metricKind ?? 'GAUGE', valueType) ??
    checkInterval(series.metricKind ?? 'GAUGE', point, now)
  );
}

function checkKind(metricKind: MetricKind, valueType: ValueType): FieldProblem | undefined {
  if (metricKind === 'DELTA') {
    return { field: 'metricKind', problem: 'DELTA is not supported for custom metrics.' };
  }
  if (metricKind === 'CUMULATIVE' && (valueType === 'BOOL' || valueType === 'STRING')) {
    return { field: 'valueType', problem: `A CUMULATIVE metric cannot be of type ${valueType}.` };
  }
  return undefined;
}

function checkInterval(
  kind: MetricKind,
  { interval }: Point,
  now: number,
): FieldProblem | undefined {
  const field = 'points[0].interval';
  const end = Date.parse(interval.endTime);
  const start = interval.startTime ? Date.parse(interval.startTime) : undefined;
  if (end > now + MAX_FUTURE_MS || end < now - MAX_AGE_MS) {
    return {
      field: `${field}.endTime`,
      problem: 'Data points cannot be written more than 25h in the past or 5m in the future.',
    };
  }
  if (kind === 'GAUGE' && start !== undefined && start !== end) {
    return { field, problem: 'The start time of a GAUGE point must equal its end time.' };
  }
  if (kind === 'CUMULATIVE' && (start === undefined || start >= end)) {
    return { field, problem: 'The start time of a CUMULATIVE point must precede its end time.' };
  }
  return undefined;
}

/** Finds the type of a point's value; undefined if it has no value, or several. */
export function findValueType({ value }: Point): ValueType | undefined {
  const types = Object.entries(VALUE_FIELDS).flatMap(([field, type]) => {
    const content = value[field as keyof typeof VALUE_FIELDS];
    return content === undefined || content === null ? [] : [type];
  });
  return types.length === 1 ? types[0] : undefined;
}
