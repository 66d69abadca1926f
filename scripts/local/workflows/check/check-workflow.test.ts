import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCaseRows } from '../conformance/testing/case-rows.ts';
import { standardLibrary } from '../library/standard-library.ts';
import { LoadError } from '../source/load-error.ts';
import { parseWorkflow } from '../source/parse-workflow.ts';
import { SOURCE_LIMITS } from '../source/source-limits.ts';
import { checkWorkflow } from './check-workflow.ts';

const sources = [...readCaseRows().values()].flat().map(({ source }) => source);

// Fragments of the language, to insert where they make no sense.
const piece = fc.constantFrom(
  ...['- ', ': ', '\n', '  ', '\t', '[', ']', '{', '}', '"', "'", '${', '}', '#', '&a', '*a', '|'],
  ...['steps:', 'assign:', 'call:', 'switch:', 'for:', 'parallel:', 'try:', 'retry:', 'except:'],
  ...['next:', 'return:', 'raise:', 'main:', 'params:', 'shared:', 'branches:', 'as:', 'in:'],
  ...[
    'null',
    '~',
    '1',
    '-1.5',
    'true',
    '.inf',
    '!!binary',
    '<<:',
    '? ',
    '---',
    '%TAG',
    'len(',
    ')',
  ],
);

const mutated = fc
  .tuple(
    fc.constantFrom(...sources),
    fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.oneof(piece, fc.string({ maxLength: 4 }))), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([source, edits]) =>
    edits.reduce((text, [at, removed, added]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + added + text.slice(start + removed);
    }, source),
  );

/** Loads a source and returns its error, if any. */
function load(source: string): unknown {
  try {
    checkWorkflow(parseWorkflow(source), standardLibrary);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('loading', () => {
  test('a mutated source gives a workflow or a LoadError', () => {
    const count = { refused: 0 };
    fc.assert(
      fc.property(mutated, (source) => {
        const error = load(source);
        if (error === undefined) return;
        expect(error).toBeInstanceOf(LoadError);
        count.refused += 1;
      }),
      { numRuns: 1500, seed: 7 },
    );
    expect(count.refused).toBeGreaterThan(500);
  });

  test('a LoadError has a position, and names no type of the engine', () => {
    fc.assert(
      fc.property(mutated, (source) => {
        const error = load(source);
        if (!(error instanceof LoadError)) return;
        expect(error.message).toMatch(/^(failed to build: |main\.yaml:\d+:\d+: parse error: )/);
        expect(error.message).not.toMatch(/undefined|\[object|is not a function/);
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  test.each([
    ['lists', '['.repeat(20_000)],
    ['maps', '{a: '.repeat(20_000)],
    ['lists that are closed', `- a:\n    return: ${'['.repeat(9_000)}${']'.repeat(9_000)}\n`],
    [
      'steps',
      Array.from(
        { length: 200 },
        (_, at) => `${' '.repeat(at * 3)}- s${at}:\n${' '.repeat(at * 3 + 2)} steps:`,
      ).join('\n'),
    ],
  ])('%s nested too deeply are refused', (_what, source) => {
    expect(Buffer.byteLength(source)).toBeLessThan(SOURCE_LIMITS.sourceBytes);
    expect(load(source)).toBeInstanceOf(LoadError);
  });
});
