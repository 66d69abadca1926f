import { hashRow, mapRecord } from '../../shared/mapping/map-record.ts';
import type { FeedRecord } from '../../shared/testing/permit-record.ts';

/** The stored form of the columns that the generated feeds vary. */
interface StoredPermit {
  readonly permit_num: string;
  readonly revision_num: string;
  readonly permit_type: string;
  readonly status: string | null;
  readonly application_date: string | null;
  readonly issued_date: string | null;
  readonly est_const_cost: string | null;
  readonly extra: Readonly<Record<string, unknown>>;
}

interface Change {
  readonly permit_num: string;
  readonly permit_type: string;
  readonly field_name: string;
  readonly old_value: string | null;
  readonly new_value: string | null;
}

const STATUS: Readonly<Record<string, string | null>> = {
  Inspection: 'Inspection',
  ' Inspection ': 'Inspection',
  Open: 'Open',
  ' ': null,
};

const COST: Readonly<Record<string, string | null>> = {
  '1,000.': '1000',
  '1000': '1000',
  '*** NOT USED ***': null,
};

/** A cost that cannot be read; it stays in `extra`. */
const ODD_COST = '97,3000';

/** The stored form of a record; undefined if it cannot be stored. */
function store(record: FeedRecord): StoredPermit | undefined {
  const { PERMIT_NUM, ISSUED_DATE, STATUS: status, EST_CONST_COST, NEW_COLUMN } = record;
  if (PERMIT_NUM === null || ISSUED_DATE === '2026-02-30') return undefined;
  if (String(status).includes('\u0000')) return undefined;
  return {
    permit_num: PERMIT_NUM as string,
    revision_num: '00',
    permit_type: record.PERMIT_TYPE as string,
    status: STATUS[status as string] ?? null,
    application_date: (record.APPLICATION_DATE as string | null)?.replaceAll('/', '-') ?? null,
    issued_date: ISSUED_DATE as string | null,
    est_const_cost: COST[EST_CONST_COST as string] ?? null,
    extra: {
      ...(EST_CONST_COST === ODD_COST && { EST_CONST_COST }),
      ...(NEW_COLUMN != null && { NEW_COLUMN }),
    },
  };
}

function keyOf({ permit_num, permit_type }: Pick<StoredPermit, 'permit_num' | 'permit_type'>) {
  return `${permit_num}|${permit_type}`;
}

/** The key of a record, whether or not the rest of it can be stored. */
function keyOfRecord({ PERMIT_NUM, PERMIT_TYPE }: FeedRecord): string {
  return keyOf({ permit_num: PERMIT_NUM as string, permit_type: PERMIT_TYPE as string });
}

/** Ranks a record among those with its key: later dates win, then the greater hash. */
function precedence(record: FeedRecord, stored: StoredPermit): string {
  const mapped = mapRecord(record);
  const hash = 'row' in mapped ? hashRow(mapped.row) : '';
  const none = '0000-00-00';
  return [stored.issued_date ?? none, stored.application_date ?? none, hash].join(' ');
}

function fieldsOf({ extra, ...columns }: StoredPermit): Readonly<Record<string, unknown>> {
  return {
    ...columns,
    ...Object.fromEntries(
      Object.entries(extra).map(([name, value]) => [`extra.${name}`, JSON.stringify(value)]),
    ),
  };
}

function asText(value: unknown): string | null {
  return value == null ? null : String(value);
}

function compare(before: StoredPermit, after: StoredPermit): readonly Change[] {
  const old = fieldsOf(before);
  const now = fieldsOf(after);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .sort()
    .filter((field) => asText(old[field]) !== asText(now[field]))
    .map((field_name) => ({
      permit_num: after.permit_num,
      permit_type: after.permit_type,
      field_name,
      old_value: asText(old[field_name]),
      new_value: asText(now[field_name]),
    }));
}

function byKey(a: StoredPermit, b: StoredPermit): number {
  return a.permit_num === b.permit_num
    ? a.permit_type < b.permit_type
      ? -1
      : 1
    : a.permit_num < b.permit_num
      ? -1
      : 1;
}

/** Creates the simplest model of the merge, in memory, one feed at a time. */
export function createModel() {
  const permits = new Map<string, StoredPermit>();
  let inFeed: ReadonlySet<string> = new Set();

  const apply = (feed: readonly FeedRecord[], isPartial = false) => {
    const winners = new Map<string, { stored: StoredPermit; rank: string }>();
    let storable = 0;
    for (const record of feed) {
      const stored = store(record);
      if (stored === undefined) continue;
      storable += 1;
      const rank = precedence(record, stored);
      const current = winners.get(keyOf(stored));
      if (current === undefined || rank > current.rank)
        winners.set(keyOf(stored), { stored, rank });
    }
    const counts = { records_new: 0, records_updated: 0, records_unchanged: 0 };
    const history: Change[] = [];
    for (const { stored } of [...winners.values()].sort((a, b) => byKey(a.stored, b.stored))) {
      const before = permits.get(keyOf(stored));
      const changes = before === undefined ? [] : compare(before, stored);
      if (before === undefined) counts.records_new += 1;
      else if (changes.length > 0) counts.records_updated += 1;
      else counts.records_unchanged += 1;
      history.push(...changes);
      permits.set(keyOf(stored), stored);
    }
    const seen = new Set(feed.map(keyOfRecord));
    inFeed = isPartial ? new Set([...inFeed, ...seen]) : seen;
    return {
      history,
      counts: {
        ...counts,
        records_total: feed.length,
        records_errors: feed.length - storable,
        records_superseded: storable - winners.size,
      },
    };
  };

  return {
    apply,
    permits: () => [...permits.values()].sort(byKey),
    /** Whether each permit, in the order of `permits`, is in the feed. */
    presence: () => [...permits.values()].sort(byKey).map((permit) => inFeed.has(keyOf(permit))),
  };
}
