import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Context } from '../shared/context.ts';
import { createJsonEndpoint } from '../shared/http.ts';
import { finalizeRequest } from './contract.ts';
import { finalizeRun } from './finalize-run.ts';

export const createFinalize = (context: Context): HttpFunction =>
  createJsonEndpoint('finalize', context, finalizeRequest, (request, callContext) =>
    finalizeRun(callContext, request),
  );
