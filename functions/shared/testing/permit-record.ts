import { FEED_COLUMNS } from '../mapping/columns.ts';

/** A record of the feed. */
export type FeedRecord = Readonly<Record<string, unknown>>;

const EMPTY: FeedRecord = Object.fromEntries(FEED_COLUMNS.map(([name]) => [name, null]));

/**
 * Creates a record with every mapped column and its own key; `fields` replace its values. A column
 * without an example value here is null.
 */
export function permitRecord(ordinal: number, fields: FeedRecord = {}): FeedRecord {
  return {
    _id: ordinal,
    ...EMPTY,
    PERMIT_NUM: `26 ${String(100_000 + ordinal)} BLD`,
    REVISION_NUM: '00',
    PERMIT_TYPE: 'New Houses',
    STRUCTURE_TYPE: 'SFD - Detached',
    WORK: 'New Building',
    STREET_NUM: String(ordinal),
    STREET_NAME: 'EXAMPLE',
    STREET_TYPE: 'AVE',
    STREET_DIRECTION: ' ',
    POSTAL: 'M5V',
    GEO_ID: '1234567',
    WARD_GRID: 'S1024',
    APPLICATION_DATE: '2026-01-05',
    ISSUED_DATE: '2026-02-10',
    STATUS: 'Permit Issued',
    DESCRIPTION: 'Construct a two storey dwelling',
    PROPOSED_USE: 'SFD',
    DWELLING_UNITS_CREATED: '1',
    DWELLING_UNITS_LOST: '0',
    EST_CONST_COST: '450,000',
    ASSEMBLY: 0.0,
    INSTITUTIONAL: 0.0,
    RESIDENTIAL: 212.5,
    BUSINESS_AND_PERSONAL_SERVICES: 0.0,
    MERCANTILE: 0.0,
    INDUSTRIAL: 0.0,
    INTERIOR_ALTERATIONS: 0.0,
    DEMOLITION: 0.0,
    ...fields,
  };
}
