import { COLUMN_TYPES, FEED_COLUMNS } from './columns.ts';

const columns = FEED_COLUMNS.map(([name, kind]) => ({ name: name.toLowerCase(), kind }));
const fields = columns.filter(({ kind }) => kind !== 'key');

/** The values of the placeholders in SQL files. */
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  columns: columns.map(({ name }) => name),
  fields: fields.map(({ name }) => name),
  definitions: columns.map(
    ({ name, kind }) => `${name} ${COLUMN_TYPES[kind]}${kind === 'key' ? ' not null' : ''}`,
  ),
  assignments: fields.map(({ name }) => `${name} = incoming.${name}`),
  changes: fields.map(({ name }) => `('${name}', stored.${name}::text, incoming.${name}::text)`),
};

/**
 * Renders the placeholders of a SQL text from FEED_COLUMNS. `:columns` lists the names; `:fields`
 * lists them without the key; `:definitions` defines the columns of a table; `:assignments` sets each
 * field to that of `incoming`; `:changes` has a row of each field's name, stored and incoming text.
 */
export function renderColumns(sql: string): string {
  return sql.replace(/(?<![:\w]):(columns|fields|definitions|assignments|changes)\b/g, (_, name) =>
    (PLACEHOLDERS[name] as readonly string[]).join(', '),
  );
}
