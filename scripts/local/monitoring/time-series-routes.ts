import express, { type Request, Router } from 'express';
import { z } from 'zod';
import { parseBody, StatusError } from '../rest/status-error.ts';
import { checkTimeSeries } from './check-time-series.ts';
import { parseFilter } from './time-series-filter.ts';
import { type NewTimeSeries, newTimeSeriesSchema, type TimeSeries } from './time-series-schema.ts';
import { createKey, type TimeSeriesStore } from './time-series-store.ts';

const MAX_SERIES = 200;
const createSchema = z.object({ timeSeries: z.array(newTimeSeriesSchema).min(1) });

export interface TimeSeriesRoutesOptions {
  readonly store: TimeSeriesStore;
  readonly now: () => number;
}

/** Creates `/v3/projects/P/timeSeries`: create and list. */
export function createTimeSeriesRoutes({ store, now }: TimeSeriesRoutesOptions): Router {
  const router = Router();
  const readJson = express.json({ type: () => true, limit: '16mb' });

  router.post('/v3/projects/:project/timeSeries', readJson, (request, response) => {
    const { project } = request.params;
    const { timeSeries } = parseBody(createSchema, request.body);
    checkRequest(project, timeSeries, now());
    const failures = timeSeries.flatMap((series, index) => {
      const problem = store.write(project, series);
      return problem === undefined ? [] : [describeFailure(series, index, problem)];
    });
    store.save();
    if (failures.length > 0) {
      throw new StatusError(
        'INVALID_ARGUMENT',
        `One or more TimeSeries could not be written: ${failures.join('; ')}`,
      );
    }
    response.json({});
  });

  router.get('/v3/projects/:project/timeSeries', (request, response) => {
    const matches = parseFilter(readRequired(request, 'filter'));
    const end = readTime(request, 'interval.endTime');
    const start = request.query['interval.startTime']
      ? readTime(request, 'interval.startTime')
      : end;
    const hasPoints = request.query.view !== 'HEADERS' && request.query.view !== '1';
    const timeSeries = store
      .list(request.params.project)
      .filter(matches)
      .map((series) => selectPoints(series, start, end))
      .filter(({ points }) => points.length > 0)
      .map((series) => (hasPoints ? series : { ...series, points: [] }));
    response.json({ timeSeries });
  });

  return router;
}

/** @throws StatusError if the service would refuse the request as a whole */
function checkRequest(project: string, timeSeries: readonly NewTimeSeries[], now: number): void {
  if (timeSeries.length > MAX_SERIES) {
    throw invalidField(
      'timeSeries',
      `at most ${MAX_SERIES} TimeSeries can be written in a request, not ${timeSeries.length}.`,
    );
  }
  const keys = timeSeries.map((series) => createKey(project, series));
  for (const [index, series] of timeSeries.entries()) {
    const found = checkTimeSeries(series, now);
    if (found !== undefined) {
      throw invalidField(`timeSeries[${index}].${found.field}`, found.problem);
    }
    if (keys.indexOf(keys[index] ?? '') !== index) {
      throw invalidField(
        `timeSeries[${index}]`,
        'Duplicate TimeSeries encountered. Only one point can be written per TimeSeries per request.',
      );
    }
  }
}

function invalidField(field: string, problem: string): StatusError {
  return new StatusError('INVALID_ARGUMENT', `Field ${field} had an invalid value: ${problem}`);
}

function describeFailure({ metric, resource }: NewTimeSeries, index: number, problem: string) {
  const labels = JSON.stringify(metric.labels);
  return `timeSeries[${index}] (metric.type="${metric.type}", metric.labels=${labels}): write for resource=${resource.type} failed with: ${problem}`;
}

function selectPoints(series: TimeSeries, start: number, end: number): TimeSeries {
  const points = series.points.filter(({ interval }) => {
    const time = Date.parse(interval.endTime);
    return time <= end && (time > start || (start === end && time === end));
  });
  return { ...series, points };
}

function readRequired(request: Request, name: string): string {
  const value = request.query[name];
  if (typeof value !== 'string' || value === '') {
    throw new StatusError('INVALID_ARGUMENT', `Field ${name} is required.`);
  }
  return value;
}

function readTime(request: Request, name: string): number {
  const time = Date.parse(readRequired(request, name));
  if (Number.isNaN(time)) {
    throw invalidField(name, 'not a time like "2026-01-05T06:00:00Z".');
  }
  return time;
}
