import type { Request, Router } from 'express';
import { ApiError } from '../errors/api-error.ts';
import { findExecution } from './find-resource.ts';
import { answerList } from './list/answer-list.ts';
import { readCount, readPath, readQuery } from './request/read-request.ts';
import type { RouterOptions } from './router-options.ts';
import { navigateEntries, type StepEntryView, showStepEntry } from './show-step-entry.ts';
import { STEP_ENTRY_FIELDS } from './step-entry-fields.ts';

/** Adds the step entries of executions: list, get and deleteExecutionHistory. */
export function addStepEntryRoutes(api: Router, options: RouterOptions): void {
  const { executions } = options;
  const execution = '/workflows/:workflow/executions/:execution';

  function find(request: Request) {
    const { name: executionName } = findExecution(request, options);
    const entries = executions.listStepEntries(readPath(request, 'execution'));
    const parts = { executionName, navigation: navigateEntries(entries), view: readView(request) };
    return { entries, parts };
  }

  api.get(`${execution}/stepEntries`, (request, response) => {
    const { entries, parts } = find(request);
    const { items, next, totalSize } = answerList(request, entries, {
      fields: STEP_ENTRY_FIELDS,
      pageSize: { usual: 1000, maximum: 1000 },
      skip: readCount(request, 'skip'),
    });
    response.json({
      stepEntries: items.map((entry) => showStepEntry(entry, parts)),
      totalSize,
      ...next,
    });
  });

  api.get(`${execution}/stepEntries/:entry`, (request, response) => {
    const { entries, parts } = find(request);
    const id = readPath(request, 'entry');
    const entry = entries.find((each) => String(each.id) === id);
    if (entry === undefined) throw new ApiError('NOT_FOUND', `step entry '${id}' does not exist`);
    response.json(showStepEntry(entry, parts));
  });

  api.post(`${execution}\\:deleteExecutionHistory`, (request, response) => {
    findExecution(request, options);
    executions.deleteStepEntries(readPath(request, 'execution'));
    response.json({});
  });
}

// Deprecated but still documented. Only BASIC leaves the variables out.
function readView(request: Request): StepEntryView {
  const view = readQuery(request, 'view') ?? 'EXECUTION_ENTRY_VIEW_UNSPECIFIED';
  if (view === 'EXECUTION_ENTRY_VIEW_BASIC') return 'BASIC';
  const isKnown = /^EXECUTION_ENTRY_VIEW_(UNSPECIFIED|DETAILED)$/.test(view);
  if (isKnown) return 'DETAILED';
  throw new ApiError('INVALID_ARGUMENT', `unknown view '${view}'`);
}
