import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { ApiError } from '../errors/api-error.ts';
import { describeUnexpected } from '../errors/describe-unexpected.ts';
import { WorkflowError } from '../errors/workflow-error.ts';
import { LoadError } from '../source/load-error.ts';
import { addCallbackRoutes } from './add-callback-routes.ts';
import { addExecutionRoutes } from './add-execution-routes.ts';
import { addStepEntryRoutes } from './add-step-entry-routes.ts';
import { addWorkflowRoutes } from './add-workflow-routes.ts';
import type { RouterOptions } from './router-options.ts';

/** Creates a router for Workflows v1 and Workflow Executions v1, with errors in Google's form. */
export function createRouter(options: RouterOptions): Router {
  const router = express.Router();
  const api = express.Router({ mergeParams: true });
  addCallbackRoutes(api, options);
  api.use(express.json({ limit: '1mb', type: () => true }));
  addStepEntryRoutes(api, options);
  addExecutionRoutes(api, options);
  addWorkflowRoutes(api, options);
  api.use(answerError);
  router.use('/v1/projects/:project/locations/:location', api);
  return router;
}

function answerError(error: unknown, _request: Request, response: Response, next: NextFunction) {
  if (response.headersSent) return next(error);
  const { httpCode, status, message } = toApiError(error);
  response.status(httpCode).json({ error: { code: httpCode, message, status } });
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof LoadError) return new ApiError('INVALID_ARGUMENT', error.message);
  // A callback whose body is not the JSON that its Content-Type claims.
  if (error instanceof WorkflowError) return new ApiError('INVALID_ARGUMENT', error.message);
  if (isBadRequest(error)) return new ApiError('INVALID_ARGUMENT', error.message);
  return new ApiError('INTERNAL', describeUnexpected(error));
}

/** An error of Express about a body that is not JSON, too large or of an unknown charset. */
function isBadRequest(error: unknown): error is Error {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
