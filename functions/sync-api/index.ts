import type { HttpFunction, Request } from '@google-cloud/functions-framework';
import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import { createEndpoint, type RespondToError } from '../shared/http.ts';
import { startSyncRequest } from './contract.ts';
import { listRuns } from './list-runs.ts';
import { startSync } from './start-sync.ts';

const PATH = '/api/sync';

/** The shapes of the public API, which are not those between the workflow and its functions. */
const respondToError: RespondToError = ({ code, message, status }, response) => {
  if (code === 'file_path_required') response.status(400).json({ error: message });
  else response.status(status).json({ error: code, message });
};

/** `curl -d` calls whatever it sends a form, so the body is read as JSON under any content type. */
function readBody({ rawBody }: Request): unknown {
  try {
    return JSON.parse(String(rawBody));
  } catch {
    return undefined;
  }
}

/** The public API: `GET /api/sync` lists runs, `POST /api/sync` starts one and waits for it. */
export function createSyncApi(context: Context): HttpFunction {
  return createEndpoint(
    context,
    'sync-api',
    async (callContext, request, response) => {
      if (request.path !== PATH) {
        throw permanent('not_found', `There is nothing at ${request.path}`, { status: 404 });
      }
      if (request.method === 'GET') {
        response.json({ runs: await listRuns(callContext.db) });
        return;
      }
      if (request.method !== 'POST') {
        response.set('allow', 'GET, POST');
        throw permanent('method_not_allowed', `${PATH} takes GET and POST`, { status: 405 });
      }
      const { success, data } = startSyncRequest.safeParse(readBody(request));
      if (!success) throw permanent('file_path_required', 'file_path is required', { status: 400 });
      response.json({ sync_run: await startSync(callContext, data.file_path) });
    },
    respondToError,
  );
}
