import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Context } from '../shared/context.ts';
import { createJsonEndpoint } from '../shared/http.ts';
import { finalizeRequest } from './contract.ts';
import { finalizeRun } from './finalize-run.ts';

export function createFinalize(context: Context): HttpFunction {
  return createJsonEndpoint(context, 'finalize', finalizeRequest, finalizeRun);
}
