import type { Position } from '../errors/workflow-error.ts';

type Place = { step?: string | undefined; position?: Position | undefined };

/**
 * A workflow that the service would refuse to deploy. `message` has the service's form, which names
 * the step but no line; `line` and `column` (1-based) are beside it.
 */
export class LoadError extends Error {
  readonly step: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(detail: string, place: Place = {}) {
    const where = place.step === undefined ? '' : `error in step ${place.step}: `;
    super(`failed to build: ${where}${detail} (Code: 3)`);
    this.name = 'LoadError';
    this.step = place.step;
    this.line = place.position?.line;
    this.column = place.position?.column;
  }
}
