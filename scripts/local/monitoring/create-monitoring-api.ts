import { Router } from 'express';
import { createStatusErrorHandler, StatusError } from '../rest/status-error.ts';
import { createMetricDescriptorRoutes } from './metric-descriptor-routes.ts';
import { createTimeSeriesRoutes } from './time-series-routes.ts';
import { createTimeSeriesStore } from './time-series-store.ts';

export interface MonitoringApiOptions {
  /** Keeps series and descriptors across restarts. */
  readonly directory?: string;
  /** Returns the milliseconds since 1970; points far from it are refused. */
  readonly now?: () => number;
  readonly log?: (message: string) => void;
}

/** Creates the part of the Cloud Monitoring v3 REST API that writes and reads custom metrics. */
export function createMonitoringApi(options: MonitoringApiOptions = {}): Router {
  const { directory, now = Date.now, log = () => {} } = options;
  const store = createTimeSeriesStore(directory);
  const router = Router();
  router.use(createTimeSeriesRoutes({ store, now }), createMetricDescriptorRoutes(store));
  router.use('/v3/projects/:project', (request) => {
    const what = `${request.method} ${request.originalUrl}`;
    throw new StatusError('UNIMPLEMENTED', `${what} is not part of the local Cloud Monitoring`);
  });
  router.use(createStatusErrorHandler((message) => log(`monitoring: ${message}`)));
  return router;
}
