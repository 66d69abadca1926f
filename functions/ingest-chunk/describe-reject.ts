import type { SourceRecord } from '../shared/chunks/read-chunk.ts';
import { type PermitKey, readKey, scanKey } from '../shared/mapping/read-key.ts';

/** A record that cannot be stored, and why. */
export interface Reject {
  /** 1 for the first record of the chunk. */
  readonly position: number;
  readonly reason: string;
}

/** A row of sync_rejects. */
export interface DescribedReject extends Reject, PermitKey {
  /** The record's text in the feed; U+FFFD replaces characters that PostgreSQL cannot store. */
  readonly record: string;
}

/** Describes a reject by its record's text and key, in characters that the database can store. */
export function describeReject(
  { position, bytes, isTooLarge }: SourceRecord,
  reason: string,
): DescribedReject {
  const text = bytes.toString();
  const { permit_num, revision_num, permit_type } = readKey(parse(text) ?? scanKey(text));
  return {
    position,
    reason: toStorable(reason),
    record: toStorable(isTooLarge ? `${text}…` : text),
    permit_num: permit_num && toStorable(permit_num),
    revision_num: revision_num && toStorable(revision_num),
    permit_type: permit_type && toStorable(permit_type),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Replaces NUL, which PostgreSQL's text cannot hold, and lone surrogates, which PostgreSQL's JSON
 * refuses.
 */
function toStorable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
