interface Problem {
  readonly code: string;
  readonly pos: readonly [number, number];
}

const EXPRESSION = /\$\{[^{}"'\n]*\}(?=\s*\])/y;

/**
 * Quotes the expression in `[${name}]`, which is not valid YAML but is used in Google's Firestore
 * demos. In longer lists the author must quote expressions, as the documentation says.
 */
export function quoteLoneExpressions(source: string, problems: readonly Problem[]): string {
  let quoted = '';
  let copied = 0;
  for (const { code, pos } of problems) {
    const start = pos[0] - 1;
    if (code !== 'MISSING_CHAR' || start < copied) continue;
    EXPRESSION.lastIndex = start;
    const expression = EXPRESSION.exec(source)?.[0];
    if (expression === undefined || !/\[\s*$/.test(source.slice(copied, start))) continue;
    quoted += `${source.slice(copied, start)}'${expression}'`;
    copied = start + expression.length;
  }
  return quoted + source.slice(copied);
}
