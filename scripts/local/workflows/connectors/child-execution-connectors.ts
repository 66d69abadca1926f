import { createError } from '../errors/workflow-error.ts';
import { expectMap, expectString } from '../library/expect-argument.ts';
import { defineFunction, type LibraryFunction } from '../library/library-function.ts';
import { ApiError } from '../service/api-error.ts';
import type { Execution } from '../service/execution.ts';
import { readExecutionId } from '../service/execution.ts';
import type { Executions } from '../service/executions.ts';
import { parseJson } from '../values/parse-json.ts';
import { isMap, mapOf, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';
import { skipsPolling } from './create-rest-connector.ts';

const PREFIX = 'googleapis.workflowexecutions.v1.projects.locations.workflows.executions';

/** Connectors that start other workflows of the same service. */
export function createChildExecutionConnectors(executions: Executions): readonly LibraryFunction[] {
  return [
    defineFunction(
      `${PREFIX}.run(workflow_id, location?, project_id?, argument?, connector_params?)`,
      async ([workflowId, , , argument = null, parameters], { signal }) => {
        const child = startChild(executions, expectString(workflowId, 'workflow_id'), argument);
        if (skipsPolling(parameters)) return toValue(child);
        return readResult(await waitForChild(executions, child, signal));
      },
      { isBlocking: true },
    ),
    defineFunction(
      `${PREFIX}.create(parent, body?, connector_params?)`,
      ([parent, body = null]) => {
        const workflowId = expectString(parent, 'parent').split('/').at(-1) ?? '';
        const given = body === null ? undefined : expectMap(body, 'body').get('argument');
        const argument = given === undefined ? undefined : expectString(given, 'body.argument');
        return toValue(startExecution(executions, workflowId, argument));
      },
      { isBlocking: true },
    ),
  ];
}

function startChild(executions: Executions, workflowId: string, argument: Value): Execution {
  return startExecution(executions, workflowId, writeJson(argument));
}

function startExecution(
  executions: Executions,
  workflowId: string,
  argument: string | undefined,
): Execution {
  try {
    return executions.create({ workflowId, ...(argument === undefined ? {} : { argument }) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw createError('HttpError', `HTTP server responded with error code ${error.httpCode}`, [
      [
        'body',
        mapOf([
          [
            'error',
            mapOf([
              ['message', error.message],
              ['status', error.status],
            ]),
          ],
        ]),
      ],
      ['code', BigInt(error.httpCode)],
      ['headers', mapOf([])],
    ]);
  }
}

async function waitForChild(
  executions: Executions,
  child: Execution,
  signal: AbortSignal,
): Promise<Execution> {
  const id = readExecutionId(child);
  const ended = await Promise.race([executions.wait(id), whenAborted(signal)]);
  signal.throwIfAborted();
  return ended ?? child;
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function readResult(child: Execution): Value {
  if (child.state === 'SUCCEEDED') return parseJson(child.result ?? 'null');
  throw createError('OperationError', `child execution ${child.name} is ${child.state}`, [
    ['error', child.error === undefined ? null : parseJson(JSON.stringify(child.error))],
    ['operation', toValue(child)],
  ]);
}

function toValue(execution: Execution): Value {
  const value = parseJson(JSON.stringify(execution));
  return isMap(value) ? value : null;
}
