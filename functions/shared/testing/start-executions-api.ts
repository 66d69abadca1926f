import { request as sendRequest } from 'node:http';
import { inject } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';

const EXECUTION_PATH = /\/executions\/([^/?]+)/;

/**
 * The test run's Google APIs with Workflow Executions beside them: `findState` says in what state
 * an execution is; undefined means that the service does not know it. Other calls are passed on.
 */
export function startGoogleApis(
  findState: (executionId: string) => string | undefined,
): Promise<TestServer> {
  return startTestServer((request, response) => {
    const [, executionId] = EXECUTION_PATH.exec(request.url ?? '') ?? [];
    if (executionId !== undefined) {
      const state = findState(executionId);
      const error = { code: 404, status: 'NOT_FOUND', message: `No execution ${executionId}` };
      response.writeHead(state === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(state === undefined ? { error } : { state }));
      return;
    }
    const { method, headers } = request;
    const target = new URL(request.url ?? '', inject('googleApiEndpoint'));
    const passedOn = sendRequest(target, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passedOn);
  });
}
