import { readFileSync } from 'node:fs';
import { renderColumns } from './mapping/render-columns.ts';

/** @returns the statement in `sql/queries/<name>.sql`, with its columns rendered. */
export function readSqlFile(name: string): string {
  const file = new URL(`../../sql/queries/${name}.sql`, import.meta.url);
  return renderColumns(readFileSync(file, 'utf8'));
}
