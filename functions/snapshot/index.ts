import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Context } from '../shared/context.ts';
import { createJsonEndpoint } from '../shared/http.ts';
import { snapshotRequest } from './contract.ts';
import { takeSnapshot } from './take-snapshot.ts';

export function createSnapshot(context: Context): HttpFunction {
  return createJsonEndpoint(context, 'snapshot', snapshotRequest, takeSnapshot);
}
