import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeJsonAtomically } from '../rest/write-json-atomically.ts';
import { findValueType } from './check-time-series.ts';
import {
  type MetricDescriptor,
  metricDescriptorSchema,
  type NewTimeSeries,
  type TimeSeries,
  timeSeriesSchema,
} from './time-series-schema.ts';

const stateSchema = z.object({
  descriptors: z.array(z.object({ project: z.string(), descriptor: metricDescriptorSchema })),
  series: z.array(z.object({ project: z.string(), series: timeSeriesSchema })),
});

type State = Readonly<z.infer<typeof stateSchema>>;

export interface TimeSeriesStore {
  /** Adds the one point of a checked series. Returns the reason if it is refused. */
  write(project: string, series: NewTimeSeries): string | undefined;
  /** Lists the series of a project, each with its points newest first. */
  list(project: string): readonly TimeSeries[];
  putDescriptor(project: string, descriptor: MetricDescriptor): void;
  listDescriptors(project: string): readonly MetricDescriptor[];
  /** Removes a descriptor and the metric's series; false if there is no such descriptor. */
  removeDescriptor(project: string, type: string): boolean;
  save(): void;
}

// The service accepts one point per 5 seconds for a series of a user-defined metric.
const SAMPLING_PERIOD_MS = 5000;

/** Creates a store in memory that is saved to one file, if a directory is given. */
export function createTimeSeriesStore(directory: string | undefined): TimeSeriesStore {
  const path = directory === undefined ? undefined : join(directory, 'monitoring.json');
  const stored = loadState(path);
  const descriptors = new Map(
    stored.descriptors.map((entry) => [`${entry.project} ${entry.descriptor.type}`, entry]),
  );
  const series = new Map(
    stored.series.map((entry) => [createKey(entry.project, entry.series), entry]),
  );

  function write(project: string, written: NewTimeSeries): string | undefined {
    const [point] = written.points;
    if (point === undefined) {
      return undefined;
    }
    const descriptorKey = `${project} ${written.metric.type}`;
    const descriptor = descriptors.get(descriptorKey)?.descriptor;
    const metricKind = written.metricKind ?? descriptor?.metricKind ?? 'GAUGE';
    const valueType = findValueType(point) ?? 'DOUBLE';
    if (descriptor && (descriptor.metricKind ?? 'GAUGE') !== metricKind) {
      return `Metric kind for metric ${descriptor.type} must be ${descriptor.metricKind}, but is ${metricKind}.`;
    }
    if (descriptor && descriptor.valueType !== valueType) {
      return `Value type for metric ${descriptor.type} must be ${descriptor.valueType}, but is ${valueType}.`;
    }
    const key = createKey(project, written);
    const points = series.get(key)?.series.points ?? [];
    const sinceLastMs =
      Date.parse(point.interval.endTime) - Date.parse(points[0]?.interval.endTime ?? '1970-01-01');
    if (sinceLastMs < 0) {
      return 'Points must be written in order. One or more of the points specified had an older end time than the most recent point.';
    }
    if (sinceLastMs < SAMPLING_PERIOD_MS) {
      return 'One or more points were written more frequently than the maximum sampling period configured for the metric.';
    }
    descriptors.set(descriptorKey, {
      project,
      descriptor: descriptor ?? { ...describe(written), metricKind, valueType },
    });
    series.set(key, {
      project,
      series: { ...written, metricKind, valueType, points: [point, ...points] },
    });
    return undefined;
  }

  return {
    write,
    list: (project) =>
      [...series.values()]
        .filter((entry) => entry.project === project)
        .map((entry) => entry.series),
    putDescriptor: (project, descriptor) => {
      descriptors.set(`${project} ${descriptor.type}`, { project, descriptor });
    },
    listDescriptors: (project) =>
      [...descriptors.values()]
        .filter((entry) => entry.project === project)
        .map(({ descriptor }) => descriptor),
    removeDescriptor: (project, type) => {
      for (const [key, entry] of series) {
        if (entry.project === project && entry.series.metric.type === type) {
          series.delete(key);
        }
      }
      return descriptors.delete(`${project} ${type}`);
    },
    save: () => {
      if (path !== undefined) {
        const state: State = {
          descriptors: [...descriptors.values()],
          series: [...series.values()],
        };
        writeJsonAtomically(path, state);
      }
    },
  };
}

// The service creates a descriptor from the first point of an unknown metric.
function describe({
  metric,
  unit,
}: NewTimeSeries): Pick<MetricDescriptor, 'type' | 'unit' | 'labels'> {
  return { type: metric.type, unit, labels: Object.keys(metric.labels).map((key) => ({ key })) };
}

/** Creates a key that identifies a series: its metric, resource and all their labels. */
export function createKey(project: string, { metric, resource }: NewTimeSeries): string {
  const parts = [metric, resource].map(({ type, labels }) => [type, Object.entries(labels).sort()]);
  return JSON.stringify([project, ...parts]);
}

function loadState(path: string | undefined): State {
  if (path === undefined) {
    return { descriptors: [], series: [] };
  }
  mkdirSync(join(path, '..'), { recursive: true });
  return existsSync(path)
    ? stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    : { descriptors: [], series: [] };
}
