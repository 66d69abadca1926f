import type { BenchDatabase } from '../database/bench-database.ts';

/**
 * Loads ready rows with the least work for PostgreSQL: one connection, one transaction, a COPY into
 * a temporary table, one set-based upsert into the real table with its indexes. It does not map,
 * hash, rank or count, write a history, or mark permits as seen.
 *
 * If nothing has changed, it still reads every row and compares every hash. `on conflict do update`
 * locks each row that it finds, so the unchanged case also writes WAL.
 *
 * @param path a file in COPY's text format with distinct keys.
 * @returns the number of permits inserted or updated.
 */
export async function loadFloor(database: BenchDatabase, path: string): Promise<number> {
  const { client, columns } = database;
  const list = columns.join(', ');
  await client.query('begin');
  await client.query(
    `create temporary table ready on commit drop as select ${list} from stored_permits with no data`,
  );
  await database.copyInto('ready', path);
  const { rowCount } = await client.query(`
    insert into stored_permits (${list})
    select ${list}
    from ready
    on conflict on constraint stored_permits_pkey do update
    set (${list}) = row(${columns.map((column) => `excluded.${column}`).join(', ')})
    where stored_permits.data_hash is distinct from excluded.data_hash
  `);
  await client.query('commit');
  return rowCount ?? 0;
}
