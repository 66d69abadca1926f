import { readFileSync } from 'node:fs';

/** @returns the statement in `sql/queries/<name>.sql`. */
export const readSqlFile = (name: string): string =>
  readFileSync(new URL(`../../sql/queries/${name}.sql`, import.meta.url), 'utf8');
