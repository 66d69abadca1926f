import { readFileSync } from 'node:fs';

/** Reads the statement in `<name>.sql` beside this file. */
export function readStatement(name: string): string {
  return readFileSync(new URL(`${name}.sql`, import.meta.url), 'utf8');
}
