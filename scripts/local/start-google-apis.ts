import { join } from 'node:path';
import express, { type RequestHandler } from 'express';
import { createMonitoringApi } from './monitoring/create-monitoring-api.ts';
import { createPubsubApi } from './pubsub/create-pubsub-api.ts';
import type { FaultSwitch } from './rest/fault-switch.ts';
import { listen } from './rest/listen.ts';
import { refuse } from './rest/refuse.ts';
import { createStorageApi } from './storage/create-storage-api.ts';
import type { Clock } from './workflows/clock/clock.ts';
import {
  createWorkflowsService,
  type WorkflowsService,
  type WorkflowsServiceOptions,
} from './workflows/create-workflows-service.ts';

export interface GoogleApisOptions {
  /** Holds buckets, messages, metrics, workflows and their executions. */
  readonly directory: string;
  readonly projectId: string;
  readonly location: string;
  /** 0 picks any free port. */
  readonly port: number;
  /** Times the sleeps of workflows and their waits between attempts. Default: the machine's. */
  readonly clock?: Clock;
  /** `http://127.0.0.1:8085`: Google's own Pub/Sub emulator, used instead of ours. */
  readonly pubsubUrl?: string | undefined;
  readonly onUploadProgress?: (bytesReceived: number) => void;
  readonly onWorkflowLog?: WorkflowsServiceOptions['log'];
  /** Lets requests fail, for tests. */
  readonly faults?: FaultSwitch;
  readonly log: (message: string) => void;
}

export interface GoogleApis {
  /** Where all of them answer: `http://127.0.0.1:8080`. */
  readonly endpoint: string;
  /** Where Pub/Sub answers. */
  readonly pubsubUrl: string;
  readonly workflows: WorkflowsService;
  stop(): Promise<void>;
}

/** Starts Workflows, Cloud Storage, Pub/Sub and Cloud Monitoring on one loopback port. */
export async function startGoogleApis(options: GoogleApisOptions): Promise<GoogleApis> {
  const { directory, projectId, location, clock, log, onUploadProgress, onWorkflowLog } = options;
  const app = express().disable('x-powered-by');
  const server = await listen(app, options.port);
  const { pubsubUrl = server.url } = options;
  const storage = createStorageApi({
    directory: join(directory, 'storage'),
    log,
    ...(onUploadProgress && { onUploadProgress: (_object, bytes) => onUploadProgress(bytes) }),
  });
  const pubsub = createPubsubApi({ directory: join(directory, 'pubsub'), log });
  const monitoring = createMonitoringApi({ directory: join(directory, 'monitoring'), log });
  const workflows = createWorkflowsService({
    projectId,
    location,
    directory: join(directory, 'workflows'),
    ...(clock && { clock }),
    baseUrl: () => server.url,
    connectorBaseUrls: { pubsub: pubsubUrl, storage: server.url },
    ...(onWorkflowLog && { log: onWorkflowLog }),
  });
  if (options.faults) app.use(options.faults.handler);
  // Storage first: it reads uploads as streams, before any body parser.
  app.use(refuseForms, storage.router, workflows.router, pubsub.router, monitoring);
  app.use((request, response) => {
    refuse(response, 404, `${request.method} ${request.path} is not part of the local cloud`);
  });
  return {
    endpoint: server.url,
    pubsubUrl,
    workflows,
    async stop() {
      pubsub.close();
      await workflows.close();
      await storage.close();
      await server.close();
    },
  };
}

/** Uploads and callbacks of workflows, which have a body of any type. */
const TAKES_ANY_TYPE = /^\/upload\/|\/callbacks\/[^/]+$/;
/** Types that a web page can send to any address without asking it first. */
const FORM_TYPE =
  /^\s*(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/** Refuses the bodies of forms, which no method of a Google API takes. */
const refuseForms: RequestHandler = (request, response, next) => {
  const type = request.get('content-type') ?? '';
  if (!FORM_TYPE.test(type) || TAKES_ANY_TYPE.test(request.path)) return next();
  return refuse(response, 400, `Content-Type is ${type}; send application/json`);
};
