import { describe, expect, test } from 'vitest';
import { readCaseRows } from './testing/case-rows.ts';
import {
  expressionErrors,
  expressionRefusals,
  expressionResults,
} from './testing/expression-rows.ts';
import { libraryErrors, libraryResults } from './testing/library-rows.ts';
import { runSnippet } from './testing/run-snippet.ts';

const rowsByFile = readCaseRows();

describe.each([...rowsByFile.keys()])('%s', (file) => {
  test.each(rowsByFile.get(file) ?? [])('$name', async (row) => {
    const outcome = await runSnippet(row.source, {
      argument: row.argument,
      ...(row.env === undefined ? {} : { envVars: row.env }),
    });
    if (row.refused !== undefined) {
      expect(outcome.refused).toContain(row.refused);
      if (row.refusedAt !== undefined) expect(outcome.refusedAt).toBe(row.refusedAt);
      return;
    }
    expect(outcome.refused).toBeUndefined();
    expect(outcome.result).toBe(row.result);
    if (row.error !== undefined) expect(outcome.error).toEqual(row.error);
    if (row.errorHas !== undefined) expect(outcome.error).toMatchObject(row.errorHas);
    if (row.contextHas !== undefined) expect(outcome.context).toContain(row.contextHas);
    if (row.stack !== undefined) expect(outcome.stack).toEqual(row.stack);
    if (row.sleeps !== undefined) expect(outcome.sleeps).toEqual(row.sleeps);
    if (row.elapsedSeconds !== undefined) {
      expect(outcome.elapsedSeconds).toBe(row.elapsedSeconds);
    }
    if (row.logs !== undefined) {
      const own = outcome.logs.filter(({ logName }) => logName === 'projects/demo/logs/Workflows');
      expect(own).toMatchObject(row.logs);
    }
  });
});

test('every row has an expected outcome and a unique name', () => {
  const rows = [...rowsByFile.values()].flat();
  const silent = rows.filter(
    ({ result, error, errorHas, contextHas, refused }) =>
      (result ?? error ?? errorHas ?? contextHas ?? refused) === undefined,
  );
  expect(silent).toEqual([]);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  const tables = [
    expressionResults,
    expressionErrors,
    expressionRefusals,
    libraryResults,
    libraryErrors,
  ];
  const count = rows.length + tables.flat().length;
  process.stdout.write(`conformance: ${count} rows\n`);
});
