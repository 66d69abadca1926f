import type { Bucket } from '@google-cloud/storage';
import type pg from 'pg';
import { type LocatedRecords, pickRecords } from '../shared/chunks/locate-records.ts';
import { type ChunkPlace, readChunk } from '../shared/chunks/read-chunk.ts';
import { isDataError } from '../shared/errors.ts';
import { type DescribedReject, describeReject, type Reject } from './describe-reject.ts';
import { firstPosition, splitRecords } from './incoming-records.ts';
import { type Merge, mergeRecords } from './merge-records.ts';

/**
 * Merges the records that the database accepts. If it refuses one, the batch is rolled back to a
 * savepoint, halved and tried again, down to the refused record itself.
 *
 * @returns the refused records.
 */
export async function mergeAcceptable(
  client: pg.PoolClient,
  merge: Merge,
): Promise<readonly Reject[]> {
  const { incoming, lockRun } = merge;
  await client.query('savepoint batch');
  try {
    await mergeRecords(client, merge);
    await client.query('release savepoint batch');
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    await client.query('rollback to savepoint batch');
    // The rollback has released the run's lock if the batch took it.
    await lockRun();
    if (incoming.records === 1) {
      return [{ position: firstPosition(incoming), reason: (error as Error).message }];
    }
    const [first, second] = splitRecords(incoming, Math.ceil(incoming.records / 2));
    return [
      ...(await mergeAcceptable(client, { ...merge, incoming: first })),
      ...(await mergeAcceptable(client, { ...merge, incoming: second })),
    ];
  }
}

/** Describes refused records by reading them again, because their bytes were not kept. */
export async function describeRefused(
  bucket: Bucket,
  chunk: ChunkPlace,
  located: LocatedRecords,
  refused: readonly Reject[],
): Promise<readonly DescribedReject[]> {
  const reasons = new Map(refused.map(({ position, reason }) => [position, reason]));
  const described: DescribedReject[] = [];
  await readChunk(bucket, chunk, pickRecords(located, reasons.keys()), (record) => {
    described.push(describeReject(record, reasons.get(record.position) ?? ''));
  });
  return described;
}
