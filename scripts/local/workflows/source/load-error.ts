import type { Position } from '../errors/workflow-error.ts';

interface ErrorLocation {
  step?: string | undefined;
  position?: Position | undefined;
}

/**
 * The error of a workflow that the service would refuse to deploy. `message` has the service's
 * form, which names the step but no line; `line` and `column` are 1-based.
 */
export class LoadError extends Error {
  readonly step: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    detail: string,
    location: ErrorLocation = {},
    message = describeProblem(detail, location.step),
  ) {
    super(message);
    this.name = 'LoadError';
    this.step = location.step;
    this.line = location.position?.line;
    this.column = location.position?.column;
  }
}

/**
 * Creates the error of a source that cannot be parsed. The service uses another form for these:
 * `main.yaml:LINE:COLUMN: parse error: …`, then the line and a caret below it.
 */
export function createParseError(detail: string, position: Position, source: string): LoadError {
  const { line, column } = position;
  const text = source.split('\n')[line - 1] ?? '';
  const caret = `${' '.repeat(Math.max(0, column - 1))}^`;
  const message = `main.yaml:${line}:${column}: parse error: ${detail}\n${text}\n${caret}`;
  return new LoadError(detail, { position }, message);
}

function describeProblem(detail: string, step: string | undefined): string {
  const where = step === undefined ? '' : `error in step ${step}: `;
  return `failed to build: ${where}${detail} (Code: 3)`;
}
