/** The PostgreSQL type of each kind of column; clean-value.ts says how its values are cleaned. */
export const COLUMN_TYPES = {
  key: 'text',
  text: 'text',
  date: 'date',
  numeric: 'numeric',
  cost: 'numeric',
  integer: 'integer',
} as const;

export type ColumnKind = keyof typeof COLUMN_TYPES;

/**
 * The mapped columns of the feed, in the order in which they are stored; `permits` has the same
 * names in lower case. This is the only list: SQL files are rendered from it (render-columns.ts).
 * Source: Toronto Open Data, "Building Permits - Active Permits", 2026.
 */
export const FEED_COLUMNS = [
  ['PERMIT_NUM', 'key'],
  ['REVISION_NUM', 'key'],
  ['PERMIT_TYPE', 'key'],
  ['STRUCTURE_TYPE', 'text'],
  ['WORK', 'text'],
  ['STREET_NUM', 'text'],
  ['STREET_NAME', 'text'],
  ['STREET_TYPE', 'text'],
  ['STREET_DIRECTION', 'text'],
  ['POSTAL', 'text'],
  ['GEO_ID', 'text'],
  ['WARD_GRID', 'text'],
  ['APPLICATION_DATE', 'date'],
  ['ISSUED_DATE', 'date'],
  ['COMPLETED_DATE', 'date'],
  ['STATUS', 'text'],
  ['DESCRIPTION', 'text'],
  ['CURRENT_USE', 'text'],
  ['PROPOSED_USE', 'text'],
  ['DWELLING_UNITS_CREATED', 'integer'],
  ['DWELLING_UNITS_LOST', 'integer'],
  ['EST_CONST_COST', 'cost'],
  ['ASSEMBLY', 'numeric'],
  ['INSTITUTIONAL', 'numeric'],
  ['RESIDENTIAL', 'numeric'],
  ['BUSINESS_AND_PERSONAL_SERVICES', 'numeric'],
  ['MERCANTILE', 'numeric'],
  ['INDUSTRIAL', 'numeric'],
  ['INTERIOR_ALTERATIONS', 'numeric'],
  ['DEMOLITION', 'numeric'],
  ['BUILDER_NAME', 'text'],
] as const satisfies readonly (readonly [string, ColumnKind])[];

/** Columns that say nothing about a permit: the City renumbers `_id` on every load, and `rank` belongs
 * to a query. */
export const DROPPED_COLUMNS: ReadonlySet<string> = new Set(['_id', 'rank']);
