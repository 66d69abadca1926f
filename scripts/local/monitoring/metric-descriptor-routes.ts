import express, { type Request, Router } from 'express';
import { parseBody, StatusError } from '../rest/status-error.ts';
import { parseFilter } from './time-series-filter.ts';
import { type MetricDescriptor, metricDescriptorSchema } from './time-series-schema.ts';
import type { TimeSeriesStore } from './time-series-store.ts';

type DescriptorRequest = Request<{ project: string; type: string[] }>;

/** Creates `/v3/projects/P/metricDescriptors`: create, list, get, delete. Types contain slashes. */
export function createMetricDescriptorRoutes(store: TimeSeriesStore): Router {
  const router = Router();
  const readJson = express.json({ type: () => true });

  function find(project: string, type: string): MetricDescriptor {
    const descriptor = store.listDescriptors(project).find((known) => known.type === type);
    if (descriptor === undefined) {
      throw new StatusError('NOT_FOUND', `Could not find descriptor for metric '${type}'.`);
    }
    return descriptor;
  }

  router.post('/v3/projects/:project/metricDescriptors', readJson, (request, response) => {
    const { project } = request.params;
    const descriptor = parseBody(metricDescriptorSchema, request.body);
    if (descriptor.metricKind === undefined || descriptor.valueType === undefined) {
      throw new StatusError('INVALID_ARGUMENT', 'metricKind and valueType must be specified.');
    }
    store.putDescriptor(project, descriptor);
    store.save();
    response.json(createResource(project, descriptor));
  });

  router.get('/v3/projects/:project/metricDescriptors', (request, response) => {
    const { project } = request.params;
    const { filter } = request.query;
    const matches = typeof filter === 'string' && filter ? parseFilter(filter) : () => true;
    const resource = { type: '', labels: {} };
    response.json({
      metricDescriptors: store
        .listDescriptors(project)
        .filter(({ type }) => matches({ metric: { type, labels: {} }, resource }))
        .map((descriptor) => createResource(project, descriptor)),
    });
  });

  const path = '/v3/projects/:project/metricDescriptors/*type';
  router.get(path, (request: DescriptorRequest, response) => {
    const { project, type } = request.params;
    response.json(createResource(project, find(project, type.join('/'))));
  });

  router.delete(path, (request: DescriptorRequest, response) => {
    const { project, type } = request.params;
    store.removeDescriptor(project, find(project, type.join('/')).type);
    store.save();
    response.json({});
  });

  return router;
}

function createResource(project: string, descriptor: MetricDescriptor): object {
  return { name: `projects/${project}/metricDescriptors/${descriptor.type}`, ...descriptor };
}
