import { z } from 'zod';

const METRIC_KINDS = ['GAUGE', 'DELTA', 'CUMULATIVE'] as const;
const VALUE_TYPES = ['BOOL', 'INT64', 'DOUBLE', 'STRING', 'DISTRIBUTION', 'MONEY'] as const;

export type MetricKind = (typeof METRIC_KINDS)[number];
export type ValueType = (typeof VALUE_TYPES)[number];

// In protobuf's JSON mapping an enum is a name or a number; 0 is "unspecified".
const metricKind = createEnumSchema(METRIC_KINDS);
const valueType = createEnumSchema(VALUE_TYPES);

const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const typed = z.object({ type: z.string(), labels });
const time = z.iso.datetime({ offset: true });

const typedValue = z.object({
  boolValue: z.boolean().nullish(),
  int64Value: z
    .union([z.string().regex(/^-?\d{1,19}$/), z.int()])
    .nullish()
    .transform((value) => value?.toString()),
  doubleValue: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).nullish(),
  stringValue: z.string().nullish(),
  distributionValue: z.looseObject({}).nullish(),
});

const point = z.object({
  interval: z.object({ startTime: time.nullish(), endTime: time }),
  value: typedValue,
});

/** A time series as a client writes it. */
export const newTimeSeriesSchema = z.object({
  metric: typed,
  resource: typed,
  metricKind,
  valueType,
  unit: z.string().nullish(),
  points: z.array(point),
});

export type NewTimeSeries = Readonly<z.infer<typeof newTimeSeriesSchema>>;
export type Point = Readonly<z.infer<typeof point>>;

export const metricDescriptorSchema = z.object({
  type: z.string(),
  metricKind,
  valueType,
  unit: z.string().nullish(),
  description: z.string().nullish(),
  displayName: z.string().nullish(),
  labels: z
    .array(
      z.object({
        key: z.string(),
        valueType: z.union([z.string(), z.int()]).nullish(),
        description: z.string().nullish(),
      }),
    )
    .nullish(),
});

export type MetricDescriptor = Readonly<z.infer<typeof metricDescriptorSchema>>;

/** A stored series, with its points newest first. */
export const timeSeriesSchema = newTimeSeriesSchema.extend({
  metricKind: z.enum(METRIC_KINDS),
  valueType: z.enum(VALUE_TYPES),
});

export type TimeSeries = Readonly<z.infer<typeof timeSeriesSchema>>;

function createEnumSchema<const T extends readonly [string, ...string[]]>(names: T) {
  return z
    .union([z.enum(names), z.int().min(0).max(names.length), z.string().regex(/_UNSPECIFIED$/)])
    .nullish()
    .transform((value): T[number] | undefined =>
      typeof value === 'number' ? names[value - 1] : names.find((name) => name === value),
    );
}
