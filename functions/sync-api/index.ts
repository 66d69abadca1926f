import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import {
  createEndpoint,
  parseJsonBody,
  parseRequest,
  type RespondToError,
} from '../shared/http.ts';
import { startSyncRequest } from './contract.ts';
import { listRuns } from './list-runs.ts';
import { startSync } from './start-sync.ts';

const PATH = '/api/sync';

const namedFile = z.looseObject({ file_path: z.string().trim().min(1) });

/** Answers in the shape of the public API, which differs from that of the other functions. */
const respondToError: RespondToError = ({ code, message, status }, response) => {
  if (code === 'file_path_required') response.status(400).json({ error: message });
  else response.status(status).json({ error: code, message });
};

function hasFilePath(body: unknown): boolean {
  return namedFile.safeParse(body).success;
}

/** The public API: `GET /api/sync` lists runs, `POST /api/sync` starts one and waits for it. */
export function createSyncApi(context: Context): HttpFunction {
  return createEndpoint(
    context,
    'sync-api',
    async (callContext, request, response) => {
      if (request.path !== PATH) {
        throw permanent('not_found', `Nothing is served at ${request.path}; use ${PATH}`, {
          status: 404,
        });
      }
      if (request.method === 'GET') {
        response.json({ runs: await listRuns(callContext.db) });
        return;
      }
      if (request.method !== 'POST') {
        response.set('allow', 'GET, POST');
        throw permanent('method_not_allowed', `${PATH} takes GET and POST, not ${request.method}`, {
          status: 405,
        });
      }
      // Under any content type, because `curl -d` declares a form.
      const body = parseJsonBody(request);
      if (!hasFilePath(body)) {
        throw permanent('file_path_required', 'file_path is required', { status: 400 });
      }
      const sync_run = await startSync(callContext, parseRequest(startSyncRequest, body));
      response.json({ sync_run });
    },
    respondToError,
  );
}
