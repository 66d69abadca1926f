import { ApiError } from '../errors/api-error.ts';
import { createError } from '../errors/workflow-error.ts';
import { expectMap, expectString } from '../library/expect-argument.ts';
import {
  type CallContext,
  defineFunction,
  type LibraryFunction,
} from '../library/library-function.ts';
import type { Executions } from '../service/create-executions.ts';
import { type Execution, readExecutionId } from '../service/execution.ts';
import { parseJson } from '../values/parse-json.ts';
import { mapOf, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';
import { readConnectorParameters } from './connector-parameters.ts';
import { createDeadline, pollUntilDone } from './deadline.ts';
import { createOperationError } from './read-operation.ts';

const PREFIX = 'googleapis.workflowexecutions.v1.projects.locations.workflows.executions';

/** Creates the connectors that run and manage executions of the same service. */
export function createChildExecutionConnectors(executions: Executions): readonly LibraryFunction[] {
  const isBlocking = true;
  return [
    defineFunction(
      `${PREFIX}.run(workflow_id, location?, project_id?, argument?, connector_params?)`,
      ([workflowId, , , argument = null, parameters], context) => {
        const request = {
          workflowId: expectString(workflowId, 'workflow_id'),
          argument: writeArgument(argument),
        };
        return runChild(executions, request, parameters, context);
      },
      { isBlocking },
    ),
    defineFunction(
      `${PREFIX}.create(parent, body?, connector_params?)`,
      ([parent, body]) => {
        const workflowId = readLastPart(parent, 'parent');
        const given = expectMap(body ?? mapOf([]), 'body').get('argument');
        const argument = given === undefined ? 'null' : expectString(given, 'body.argument');
        return toValue(asCall(() => executions.create({ workflowId, argument })));
      },
      { isBlocking },
    ),
    defineFunction(
      `${PREFIX}.get(name, view?, connector_params?)`,
      ([name]) => toValue(asCall(() => executions.get(readLastPart(name, 'name')))),
      { isBlocking },
    ),
    defineFunction(
      `${PREFIX}.list(parent, connector_params?)`,
      ([parent]) => {
        const list = asCall(() => executions.list(readLastPart(parent, 'parent')));
        return mapOf([['executions', list.map(toValue)]]);
      },
      { isBlocking },
    ),
    defineFunction(
      `${PREFIX}.cancel(name, body?, connector_params?)`,
      async ([name]) => {
        const id = readLastPart(name, 'name');
        return toValue(await executions.cancel(id).catch(throwHttpError));
      },
      { isBlocking },
    ),
  ];
}

async function runChild(
  executions: Executions,
  request: { readonly workflowId: string; readonly argument: string },
  given: Value | undefined,
  context: CallContext,
): Promise<Value> {
  const parameters = readConnectorParameters(given);
  const deadline = createDeadline(context.clock, parameters.timeoutSeconds);
  const child = asCall(() => executions.create(request));
  if (parameters.skipsPolling) return toValue(child);
  const ask = async () => {
    const now = asCall(() => executions.get(readExecutionId(child)));
    return now.state === 'ACTIVE' ? undefined : now;
  };
  // As in the cloud, the end is noticed at the next poll.
  return readResult(await pollUntilDone(ask, parameters.polling, deadline, context));
}

function readResult(child: Execution): Value {
  if (child.state === 'SUCCEEDED') return parseJson(child.result ?? 'null');
  throw createOperationError(toValue(child.error ?? null), toValue(child));
}

function writeArgument(argument: Value): string {
  try {
    return writeJson(argument);
  } catch (error) {
    throw createError('TypeError', error instanceof Error ? error.message : 'no JSON form');
  }
}

function readLastPart(name: Value | undefined, what: string): string {
  return expectString(name, what).split('/').at(-1) ?? '';
}

// Raises an error of the API as the HttpError of its HTTP response.
function asCall<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    return throwHttpError(error);
  }
}

function throwHttpError(error: unknown): never {
  if (!(error instanceof ApiError)) throw error;
  const { httpCode, message, status } = error;
  throw createError('HttpError', `HTTP server responded with error code ${httpCode}`, [
    ['body', toValue({ error: { code: httpCode, message, status } })],
    ['code', BigInt(httpCode)],
    ['headers', mapOf([])],
  ]);
}

function toValue(plain: unknown): Value {
  return parseJson(JSON.stringify(plain));
}
