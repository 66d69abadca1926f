import { compileWeights, draw, pickOne, toBelow, toFraction } from './draw.ts';
import type { ApplicationNumber } from './number-permits.ts';
import { COMPANION_TYPES, LEADING_TYPES, REVISIONS, SUFFIXES } from './vocabulary/permit-types.ts';
import { HOUSE_SHARES } from './vocabulary/structure-types.ts';
import type { PermitType } from './vocabulary/works.ts';

const pickLeadingType = compileWeights(LEADING_TYPES) as (drawn: number) => PermitType;
const pickRevision = compileWeights(REVISIONS);
const pickSuffix = new Map(
  Object.entries(SUFFIXES).map(([type, weights]) => [type, compileWeights(weights)]),
);

/** The first permit of the job of each of four neighbouring permits. */
const JOB_STARTS = [
  [0, 1, 2, 3],
  [0, 0, 2, 3],
  [0, 1, 1, 3],
  [0, 1, 2, 2],
  [0, 0, 0, 3],
  [0, 0, 0, 0],
] as const;

/** A permit's key, and what it shares with the other permits of its job. */
export interface Identity {
  readonly permitNumber: string;
  readonly revisionNumber: string;
  readonly permitType: PermitType;
  readonly jobSeed: number;
  readonly isHouse: boolean;
  readonly application: ApplicationNumber;
  /** True when it repeats another record's whole key. */
  readonly isCopy: boolean;
}

/**
 * The ordinal whose whole key this record repeats (1 record in 10,000), or null. Every other such
 * pair lies 7,001 records apart, so its halves fall into different chunks of 5,000.
 */
export function findOriginal(ordinal: number): number | null {
  if (ordinal % 10_000 !== 613) return null;
  return Math.floor(ordinal / 10_000) % 2 === 0 ? ordinal - 1 : ordinal - 7_001;
}

/** The ordinal of the record that repeats this one's key, or null. */
export function findCopy(ordinal: number): number | null {
  const near = ordinal + 1;
  if (findOriginal(near) === ordinal) return near;
  const far = ordinal + 7_001;
  return findOriginal(far) === ordinal ? far : null;
}

/** Identifies the record with this ordinal; `number` numbers the jobs. */
export function identifyPermit(
  seed: number,
  ordinal: number,
  number: (jobOrdinal: number) => ApplicationNumber,
): Identity {
  const original = findOriginal(ordinal);
  if (original !== null) return { ...identifyPermit(seed, original, number), isCopy: true };
  // 1 in 1,000 is a conditional permit beside the real one, with the same number.
  if (ordinal % 1000 === 777) {
    const real = identifyPermit(seed, ordinal - 1, number);
    const isConditional = real.permitType === 'Conditional Permit';
    return { ...real, permitType: isConditional ? 'Partial Permit' : 'Conditional Permit' };
  }
  return identifyMember(seed, ordinal, number);
}

function identifyMember(
  seed: number,
  ordinal: number,
  number: (jobOrdinal: number) => ApplicationNumber,
): Identity {
  const group = ordinal & ~3;
  const start = group + (pickOne(JOB_STARTS, draw(draw(seed, group), 2))[ordinal & 3] ?? 0);
  const startSeed = draw(draw(seed, start), 3);
  const startType = pickLeadingType(draw(startSeed, 0));
  const companions = COMPANION_TYPES[startType] ?? [];
  // A type that is never filed with others leads alone; its neighbours lead their own jobs.
  const isCompanion = start !== ordinal && companions.length > 0;
  const jobOrdinal = isCompanion ? start : ordinal;
  const jobSeed = jobOrdinal === start ? startSeed : draw(draw(seed, ordinal), 3);
  const leadType = jobOrdinal === start ? startType : pickLeadingType(draw(jobSeed, 0));

  const isRevision = isCompanion && ordinal === start + 1 && toBelow(draw(jobSeed, 4), 100) < 15;
  const permitType =
    isCompanion && !isRevision ? (companions[ordinal - start - 1] ?? leadType) : leadType;
  const leadRevision = pickRevision(draw(jobSeed, 5));
  const revisionNumber = isRevision ? (leadRevision === '00' ? '01' : '00') : leadRevision;

  const application = number(jobOrdinal);
  const suffix = pickSuffix.get(permitType)?.(draw(jobSeed, 6)) ?? ' BLD';
  return {
    permitNumber: application.prefix + suffix,
    revisionNumber,
    permitType,
    jobSeed,
    isHouse: toFraction(draw(jobSeed, 7)) < HOUSE_SHARES[leadType],
    application,
    isCopy: false,
  };
}
