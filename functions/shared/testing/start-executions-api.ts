import { request as sendRequest } from 'node:http';
import { inject } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';

const EXECUTION_PATH = /\/executions\/([^/?]+)/;

/**
 * Starts a stand-in for Workflow Executions that passes other calls on to the Google APIs of the
 * test run. `findState` gives the state of an execution, or undefined if the service does not know
 * it.
 */
export function startExecutionsApi(
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
