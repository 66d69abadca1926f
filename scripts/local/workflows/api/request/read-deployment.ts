import type { Request } from 'express';
import { ApiError } from '../../errors/api-error.ts';
import type { Deployment, Revision } from '../../service/revision.ts';
import { readBody, readQuery, readString, readStringMap } from './read-request.ts';

/** Fields that can be updated: the API's name and the deployment's. */
const FIELDS = {
  sourceContents: 'source',
  userEnvVars: 'envVars',
  description: 'description',
  labels: 'labels',
  serviceAccount: 'serviceAccount',
  callLogLevel: 'callLogLevel',
  executionHistoryLevel: 'executionHistoryLevel',
} as const satisfies Readonly<Record<string, keyof Deployment>>;

/** Fields that a mask may name but that have no effect here. */
const IGNORED: readonly string[] = ['cryptoKeyName', 'tags', 'name'];

const EMPTY = {
  source: '',
  envVars: {},
  description: '',
  labels: {},
  serviceAccount: '',
  callLogLevel: 'CALL_LOG_LEVEL_UNSPECIFIED',
  executionHistoryLevel: 'EXECUTION_HISTORY_LEVEL_UNSPECIFIED',
} as const;

/**
 * Reads the workflow in a request's body. Fields that `updateMask` does not name keep their values;
 * fields that it names but the body lacks become empty. Without a mask, all come from the body.
 *
 * @throws ApiError
 */
export function readDeployment(
  request: Request,
  workflowId: string,
  before?: Revision,
): Deployment {
  const body = readBody(request);
  const mask = readMask(request);
  const given = {
    source: readString(body, 'sourceContents'),
    envVars: readStringMap(body, 'userEnvVars'),
    description: readString(body, 'description'),
    labels: readStringMap(body, 'labels'),
    serviceAccount: readString(body, 'serviceAccount'),
    callLogLevel: readString(body, 'callLogLevel'),
    executionHistoryLevel: readString(body, 'executionHistoryLevel'),
  };
  const kept = { ...EMPTY, ...before };
  const taken = Object.entries(FIELDS).map(([field, name]) => [
    name,
    mask === undefined || mask.includes(field) ? (given[name] ?? EMPTY[name]) : kept[name],
  ]);
  return { ...(Object.fromEntries(taken) as Omit<Deployment, 'workflowId'>), workflowId };
}

function readMask(request: Request): readonly string[] | undefined {
  const mask = readQuery(request, 'updateMask');
  if (mask === undefined || mask === '*') return undefined;
  return mask.split(',').map((path) => {
    const field = path.trim().replace(/_([a-z])/g, (_all, letter) => letter.toUpperCase());
    if (Object.hasOwn(FIELDS, field) || IGNORED.includes(field)) return field;
    throw new ApiError('INVALID_ARGUMENT', `updateMask names an unknown field '${path}'`);
  });
}
