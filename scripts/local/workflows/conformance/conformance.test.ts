import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { runSnippet } from './run-snippet.ts';

// The rows lie in *.cases.yaml beside this file: a snippet, what goes in, and exactly what comes out.
const rowsSchema = z.array(
  z.strictObject({
    name: z.string(),
    source: z.string(),
    argument: z.unknown().optional(),
    env: z.record(z.string(), z.string()).optional(),
    /** The result as JSON text, so that 1 and 1.0 differ. */
    result: z.string().optional(),
    /** The whole error, or only some of its fields. */
    error: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    errorHas: z.record(z.string(), z.unknown()).optional(),
    contextHas: z.string().optional(),
    /** Part of the message of a refusal at load. */
    refused: z.string().optional(),
    sleeps: z.array(z.number()).optional(),
    elapsedSeconds: z.number().optional(),
    logs: z.array(z.record(z.string(), z.unknown())).optional(),
  }),
);

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.cases.yaml'));

describe.each(files)('%s', (file) => {
  const rows = rowsSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8')));
  test.each(rows)('$name', async (row) => {
    const outcome = await runSnippet(row.source, {
      argument: row.argument,
      ...(row.env === undefined ? {} : { envVars: row.env }),
    });
    if (row.refused !== undefined) {
      expect(outcome.refused).toContain(row.refused);
      return;
    }
    expect(outcome.refused).toBeUndefined();
    expect(outcome.result).toBe(row.result);
    if (row.error !== undefined) expect(outcome.error).toEqual(row.error);
    if (row.errorHas !== undefined) expect(outcome.error).toMatchObject(row.errorHas);
    if (row.contextHas !== undefined) expect(outcome.context).toContain(row.contextHas);
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
