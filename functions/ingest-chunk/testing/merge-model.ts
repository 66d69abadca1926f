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

function compareTexts(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((text, part) => text !== b[part]);
  return index === -1 ? 0 : (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}

function byKey(a: StoredPermit, b: StoredPermit): number {
  return compareTexts([a.permit_num, a.permit_type], [b.permit_num, b.permit_type]);
}

function byField(a: Change, b: Change): number {
  const partsOf = (change: Change) => [change.permit_num, change.permit_type, change.field_name];
  return compareTexts(partsOf(a), partsOf(b));
}

/** What a run does: it ingests all of a feed, or only some of its chunks before it fails. */
export interface ModelRun {
  readonly feed: readonly FeedRecord[];
  /** The records of the chunks that are done; all of them by default. */
  readonly ingested?: readonly FeedRecord[];
  readonly isPartial?: boolean;
  readonly fails?: boolean;
  /** The run whose remaining chunks this run ingests. */
  readonly resumes?: number | undefined;
}

/** A permit as it was when a run had ended. */
export type PermitThen = StoredPermit & { readonly in_feed: boolean };

/** Creates the simplest model of the syncs, in memory, one run at a time, numbered from 1. */
export function createModel() {
  const permits = new Map<string, StoredPermit>();
  const ranks = new Map<string, string>();
  const firstRun = new Map<string, number>();
  /** Keys that each run and the runs it resumes have stored. */
  const storedBy = new Map<number, ReadonlySet<string>>();
  const snapshots: (readonly PermitThen[])[] = [];
  let inFeed: ReadonlySet<string> = new Set();
  let lastCompleted = 0;

  const endRun = () => {
    const sorted = [...permits.values()].sort(byKey);
    snapshots.push(sorted.map((permit) => ({ ...permit, in_feed: inFeed.has(keyOf(permit)) })));
  };

  /** Merges records; a record that is worse than one which the lineage has stored is superseded. */
  const merge = (records: readonly FeedRecord[], before: ReadonlySet<string>, id: number) => {
    const winners = new Map<string, { stored: StoredPermit; rank: string }>();
    const counts = { new: 0, updated: 0, unchanged: 0, errors: 0, superseded: 0 };
    for (const record of records) {
      const stored = store(record);
      if (stored === undefined) {
        counts.errors += 1;
        continue;
      }
      const rank = precedence(record, stored);
      const current = winners.get(keyOf(stored));
      if (current !== undefined) counts.superseded += 1;
      if (current === undefined || rank > current.rank) {
        winners.set(keyOf(stored), { stored, rank });
      }
    }
    const history: Change[] = [];
    for (const [key, { stored, rank }] of winners) {
      const known = permits.get(key);
      const knownRank = ranks.get(key) ?? '';
      if (before.has(key) && rank <= knownRank) {
        counts.superseded += 1;
        continue;
      }
      const changes = known === undefined ? [] : compare(known, stored);
      if (known === undefined) {
        counts.new += 1;
        firstRun.set(key, id);
      } else if (changes.length > 0) counts.updated += 1;
      else counts.unchanged += 1;
      history.push(...changes);
      permits.set(key, stored);
      ranks.set(key, rank);
    }
    return { counts, history, keys: [...winners.keys()] };
  };

  /** Judges who is in the feed; a permit that no completed run has had yet does not come back. */
  const judge = (feed: readonly FeedRecord[], isPartial: boolean): readonly Change[] => {
    const seen = new Set(feed.map(keyOfRecord).filter((key) => permits.has(key)));
    const now = isPartial ? new Set([...inFeed, ...seen]) : seen;
    const wasNever = (key: string) => (firstRun.get(key) ?? 0) > lastCompleted;
    const left = [...inFeed].filter((key) => !now.has(key));
    const back = [...now].filter((key) => !inFeed.has(key) && !wasNever(key));
    inFeed = now;
    const toChange = (isBack: boolean) => (key: string) => {
      const { permit_num, permit_type } = permits.get(key) as StoredPermit;
      const [old_value, new_value] = isBack ? ['false', 'true'] : ['true', 'false'];
      return { permit_num, permit_type, field_name: 'in_feed', old_value, new_value };
    };
    return [...left.map(toChange(false)), ...back.map(toChange(true))];
  };

  const run = (each: ModelRun) => {
    const { feed, ingested = feed, isPartial = false, fails = false, resumes } = each;
    const id = snapshots.length + 1;
    const before = storedBy.get(resumes ?? 0) ?? new Set<string>();
    const { counts, history, keys } = merge(ingested, before, id);
    storedBy.set(id, new Set([...before, ...keys]));
    const presence = fails ? [] : judge(feed, isPartial);
    if (!fails) lastCompleted = id;
    endRun();
    const removed = presence.filter(({ new_value }) => new_value === 'false').length;
    return {
      id,
      history: [...history, ...presence].sort(byField),
      counts: {
        records_total: ingested.length,
        records_new: counts.new,
        records_updated: counts.updated,
        records_unchanged: counts.unchanged,
        records_errors: counts.errors,
        records_superseded: counts.superseded,
        records_removed: removed,
        records_returned: presence.length - removed,
      },
    };
  };

  return {
    run,
    /** Runs a whole feed without a failure. */
    apply: (feed: readonly FeedRecord[]) => run({ feed }),
    /** A run that was refused has a number, and changes nothing. */
    refuse: endRun,
    permits: () => [...permits.values()].sort(byKey),
    /** The permits as they were when run `id` had ended; none for run 0. */
    asOf: (id: number): readonly PermitThen[] => snapshots[id - 1] ?? [],
  };
}
