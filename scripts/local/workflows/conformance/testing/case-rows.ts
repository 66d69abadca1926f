import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

// The rows are in *.cases.yaml in the folder above: a snippet, its input and its exact outcome.
const rowsSchema = z.array(
  z.strictObject({
    name: z.string(),
    source: z.string(),
    argument: z.unknown().optional(),
    env: z.record(z.string(), z.string()).optional(),
    /** The result as JSON text, in which 1 and 1.0 differ. */
    result: z.string().optional(),
    /** The whole error; `errorHas` has only some of its fields. */
    error: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    errorHas: z.record(z.string(), z.unknown()).optional(),
    contextHas: z.string().optional(),
    /** Step, routine, line, column and length of each frame, innermost first. */
    stack: z.array(z.string()).optional(),
    /** Part of the message if the source is refused at load. */
    refused: z.string().optional(),
    /** Line and column of the refusal. */
    refusedAt: z.string().optional(),
    sleeps: z.array(z.number()).optional(),
    elapsedSeconds: z.number().optional(),
    logs: z.array(z.record(z.string(), z.unknown())).optional(),
  }),
);

export type CaseRow = z.infer<typeof rowsSchema>[number];

/** Reads the rows of each file, by file name. */
export function readCaseRows(): ReadonlyMap<string, readonly CaseRow[]> {
  const folder = new URL('..', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.cases.yaml'));
  return new Map(
    files.map((file) => [
      file,
      rowsSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8'))),
    ]),
  );
}
