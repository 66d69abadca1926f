import { expect, test } from 'vitest';
import type { LogEntry } from '../workflows/service/log-entry.ts';
import { reportWorkflowEntry } from './report-workflow-entry.ts';

function report(severity: string, payload: Pick<LogEntry, 'textPayload' | 'jsonPayload'>) {
  return reportWorkflowEntry({
    logName: 'projects/demo/logs/Workflows',
    severity,
    timestamp: '2026-01-01T00:00:00Z',
    resource: {
      type: 'workflows.googleapis.com/Workflow',
      labels: { workflow_id: 'w', location: 'us-central1' },
    },
    labels: {},
    ...payload,
  });
}

test.each(['WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'])('%s is reported', (severity) => {
  expect(report(severity, { textPayload: 'look' })).toBe(`  ${severity} w: look\n`);
});

test.each(['DEFAULT', 'DEBUG', 'INFO', 'NOTICE'])('%s is not', (severity) => {
  expect(report(severity, { textPayload: 'look' })).toBeUndefined();
});

test.each([
  [{ message: 'a sentence', run_id: 1 }, 'a sentence'],
  [{ run_id: 1 }, '{"run_id":1}'],
  [
    { message: 'Execution failed', failure: { exception: 'no such key\nin step "s"' } },
    'Execution failed: no such key',
  ],
  [{ exceptionRaised: { exception: 'refused\nin step "s"' } }, 'refused'],
])('%j is told in a line', (jsonPayload, message) => {
  expect(report('ERROR', { jsonPayload })).toBe(`  ERROR w: ${message}\n`);
});
