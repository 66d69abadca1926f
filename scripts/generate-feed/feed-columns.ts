/** The feed's columns after `_id`, in file order. */
const TEXT_COLUMNS = [
  'PERMIT_NUM',
  'REVISION_NUM',
  'PERMIT_TYPE',
  'STRUCTURE_TYPE',
  'WORK',
  'STREET_NUM',
  'STREET_NAME',
  'STREET_TYPE',
  'STREET_DIRECTION',
  'POSTAL',
  'GEO_ID',
  'WARD_GRID',
  'APPLICATION_DATE',
  'ISSUED_DATE',
  'COMPLETED_DATE',
  'STATUS',
  'DESCRIPTION',
  'CURRENT_USE',
  'PROPOSED_USE',
  'DWELLING_UNITS_CREATED',
  'DWELLING_UNITS_LOST',
  'EST_CONST_COST',
] as const;

/** In square metres; the only numeric columns apart from `_id`. */
export const AREA_COLUMNS = [
  'ASSEMBLY',
  'INSTITUTIONAL',
  'RESIDENTIAL',
  'BUSINESS_AND_PERSONAL_SERVICES',
  'MERCANTILE',
  'INDUSTRIAL',
  'INTERIOR_ALTERATIONS',
  'DEMOLITION',
] as const;

export const COLUMNS = ['_id', ...TEXT_COLUMNS, ...AREA_COLUMNS, 'BUILDER_NAME'] as const;

export type TextColumn = (typeof TEXT_COLUMNS)[number] | 'BUILDER_NAME';
export type AreaColumn = (typeof AREA_COLUMNS)[number];
type KeyColumn = 'PERMIT_NUM' | 'REVISION_NUM' | 'PERMIT_TYPE';

/** A permit without `_id`. Dates are `YYYY-MM-DD`, areas square metres. */
export type Permit = Readonly<
  Record<KeyColumn, string> &
    Record<Exclude<TextColumn, KeyColumn>, string | null> &
    Record<AreaColumn, number | null>
>;

/** A permit in the feed: `_id` comes first and is renumbered on every load. */
export type FeedRecord = Readonly<{ _id: number }> & Permit;

/** A record that cannot be stored may lack columns or hold anything in them. */
export type BadRecord = Readonly<Record<string, unknown>>;
