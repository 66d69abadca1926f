import type { CheckResult } from './check.ts';

/** Formats results as a table, with the fix below each finding. */
export function formatChecks(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  return results
    .map(({ name, state, detail, problem, mend }) => {
      const line = `  ${state.padEnd(9)}${name.padEnd(width)}  ${problem ?? detail ?? ''}\n`;
      const indent = ' '.repeat(width + 13);
      const mends = mend?.split('\n').map((each) => `${indent}${each}\n`) ?? [];
      return line + mends.join('');
    })
    .join('');
}
