import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createLog, traceFields } from './log.ts';

const EVENT = { event: 'run_abandoned', run_id: 7, execution_id: 'one' } as const;

describe('createLog', () => {
  test('writes one JSON object per line for Cloud Logging', () => {
    const stream = new PassThrough();
    const log = createLog(stream);
    log('WARNING', 'Run 7 was\nabandoned', EVENT, { 'logging.googleapis.com/trace': 't' });
    log('INFO', 'Run 8', { ...EVENT, run_id: 8 });
    const lines = String(stream.read()).split('\n');
    expect(lines.map((line) => (line === '' ? '' : JSON.parse(line)))).toEqual([
      {
        severity: 'WARNING',
        message: 'Run 7 was\nabandoned',
        event: 'run_abandoned',
        run_id: 7,
        execution_id: 'one',
        'logging.googleapis.com/trace': 't',
      },
      {
        severity: 'INFO',
        message: 'Run 8',
        event: 'run_abandoned',
        run_id: 8,
        execution_id: 'one',
      },
      '',
    ]);
  });

  test('writes the sentence to a terminal', () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true });
    createLog(stream)('NOTICE', 'Run 7 completed', EVENT);
    expect(String(stream.read())).toBe('NOTICE   Run 7 completed\n');
  });
});

describe('traceFields', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const expected = { 'logging.googleapis.com/trace': `projects/p/traces/${TRACE}` };

  test.each([
    ['traceparent', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }],
    ['X-Cloud-Trace-Context', { 'x-cloud-trace-context': `${TRACE}/12345;o=1` }],
    ['X-Cloud-Trace-Context without a span', { 'x-cloud-trace-context': TRACE }],
    [
      'traceparent, when both are there',
      { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'x-cloud-trace-context': 'other/1' },
    ],
    [
      'X-Cloud-Trace-Context, when traceparent makes no sense',
      { traceparent: 'nonsense', 'x-cloud-trace-context': `${TRACE}/1` },
    ],
  ])('come from %s', (_, headers) => {
    expect(traceFields('p', headers)).toEqual(expected);
  });

  test('are empty without a trace', () => {
    expect(traceFields('p', {})).toEqual({});
    expect(traceFields('p', { traceparent: '', 'x-cloud-trace-context': '/;' })).toEqual({});
  });
});
