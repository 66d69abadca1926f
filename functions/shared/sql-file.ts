import { readFileSync } from 'node:fs';

/** @returns the statement in `sql/queries/<name>.sql`. */
export const readSqlFile = (name: string): string =>
  readFileSync(new URL(`../../sql/queries/${name}.sql`, import.meta.url), 'utf8');

/** The same to be prepared once for each connection: to plan the merge of few records takes longer than to do it. */
export const readStatement = (name: string): { readonly name: string; readonly text: string } => ({
  name,
  text: readSqlFile(name),
});
