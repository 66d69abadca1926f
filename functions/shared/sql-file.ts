import { readFileSync } from 'node:fs';

/** @returns the statement in `sql/queries/<name>.sql`. */
export function readSqlFile(name: string): string {
  return readFileSync(new URL(`../../sql/queries/${name}.sql`, import.meta.url), 'utf8');
}
