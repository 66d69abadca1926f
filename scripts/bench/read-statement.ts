import { readFileSync } from 'node:fs';

/** @returns the statement in `<name>.sql` beside this file. */
export const readStatement = (name: string): string =>
  readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
