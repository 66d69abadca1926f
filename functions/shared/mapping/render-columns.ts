import { COLUMN_TYPES, FEED_COLUMNS } from './columns.ts';

const columns = FEED_COLUMNS.map(([name, kind]) => ({ name: name.toLowerCase(), kind }));
const fields = columns.filter(({ kind }) => kind !== 'key');

/** What each placeholder of a SQL file stands for. */
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
 * Renders the placeholders of a SQL text from FEED_COLUMNS: `:columns` and, without the key, `:fields`
 * list their names; `:definitions` are those of a table, `:assignments` set each field to that of
 * `incoming`, and `:changes` are rows of a field's name, stored text and incoming text.
 */
export function renderColumns(sql: string): string {
  return sql.replace(/(?<![:\w]):(columns|fields|definitions|assignments|changes)\b/g, (_, name) =>
    (PLACEHOLDERS[name] as readonly string[]).join(', '),
  );
}
