import { describeWork } from './describe-work.ts';
import { compileWeights, draw, pickOne, toBelow } from './draw.ts';
import { estimateCost } from './estimate-cost.ts';
import type { Permit } from './feed-columns.ts';
import type { Identity } from './identify-permit.ts';
import { locateJob } from './locate-permit.ts';
import { measureAreas } from './measure-areas.ts';
import { nameBuilder } from './name-builder.ts';
import { FIRST_STATUSES, STATUSES, UNISSUED_STATUSES } from './vocabulary/statuses.ts';
import { HOUSE_USES, HOUSES, OTHER_BUILDINGS, OTHER_USES } from './vocabulary/structure-types.ts';
import { WORKS } from './vocabulary/works.ts';
import { formatDate } from './weekday-calendar.ts';

const pickWork = new Map(
  Object.entries(WORKS).map(([type, weights]) => [type, compileWeights(weights)]),
);
const pickHouse = compileWeights(HOUSES);
const pickOtherBuilding = compileWeights(OTHER_BUILDINGS);
const pickHouseUse = compileWeights(HOUSE_USES);
const pickOtherUse = compileWeights(OTHER_USES);
const pickStatus = compileWeights(STATUSES);
const pickFirstStatus = compileWeights(FIRST_STATUSES);
const pickUnits = compileWeights({ '0': 870, '1': 124, '2': 3, '4': 1, '10': 1, '00': 1 });
const ODD_UNITS = [' 9', '9.9', '-9', '637', '15'];

const NULLABLE_COLUMNS = [
  ...(['STRUCTURE_TYPE', 'WORK', 'STREET_NUM', 'STREET_NAME', 'STREET_TYPE'] as const),
  ...(['STREET_DIRECTION', 'POSTAL', 'WARD_GRID', 'APPLICATION_DATE', 'ISSUED_DATE'] as const),
  ...(['STATUS', 'DESCRIPTION', 'CURRENT_USE', 'PROPOSED_USE', 'INSTITUTIONAL'] as const),
  ...(['RESIDENTIAL', 'MERCANTILE', 'DEMOLITION'] as const),
];

/**
 * Builds a permit as it first appears.
 *
 * @param birthDate in days since 1970; null for a permit of day 0.
 */
export function buildPermit(
  permitSeed: number,
  identity: Identity,
  birthDate: number | null,
): Permit {
  const { jobSeed, isHouse, permitType } = identity;
  const work = pickWork.get(permitType)?.(draw(jobSeed, 31)) ?? 'Unknown';
  const status = (birthDate === null ? pickStatus : pickFirstStatus)(draw(permitSeed, 32));
  const applied = birthDate === null ? identity.application.date : birthDate - 3;
  const description = describeWork(identity, work);
  const place = locateJob(jobSeed);
  const permit: Permit = {
    PERMIT_NUM: identity.permitNumber,
    REVISION_NUM: identity.revisionNumber,
    PERMIT_TYPE: permitType,
    STRUCTURE_TYPE: (isHouse ? pickHouse : pickOtherBuilding)(draw(jobSeed, 33)),
    WORK: work,
    STREET_NUM: place.STREET_NUM,
    STREET_NAME: place.STREET_NAME,
    STREET_TYPE: place.STREET_TYPE,
    STREET_DIRECTION: place.STREET_DIRECTION,
    POSTAL: place.POSTAL,
    GEO_ID: place.GEO_ID,
    WARD_GRID: place.WARD_GRID,
    APPLICATION_DATE: formatDate(applied),
    ISSUED_DATE: dateIssue(permitSeed, status, applied),
    COMPLETED_DATE: toBelow(draw(permitSeed, 35), 2000) === 0 ? formatDate(applied + 40) : null,
    STATUS: status,
    DESCRIPTION: identity.isCopy ? `${description} - see folder` : description,
    ...nameUses(jobSeed, isHouse),
    DWELLING_UNITS_CREATED: countUnits(draw(permitSeed, 36)),
    DWELLING_UNITS_LOST: countUnits(draw(permitSeed, 37)),
    EST_CONST_COST: estimateCost(permitSeed),
    ...measureAreas(permitSeed, permitType),
    BUILDER_NAME: nameBuilder(permitSeed),
  };
  const isGappy = toBelow(draw(permitSeed, 38), 400) === 0;
  return isGappy ? { ...permit, [pickOne(NULLABLE_COLUMNS, draw(permitSeed, 39))]: null } : permit;
}

/** Null for an unissued status; 1 permit in 5,000 is issued before it was applied for. */
function dateIssue(permitSeed: number, status: string, applied: number): string | null {
  if (UNISSUED_STATUSES.has(status)) return null;
  const drawn = draw(permitSeed, 34);
  if (toBelow(drawn, 5000) === 0) return formatDate(applied - 30);
  return formatDate(applied + (drawn % ((drawn & 1) === 0 ? 30 : 200)));
}

function nameUses(jobSeed: number, isHouse: boolean): Pick<Permit, 'CURRENT_USE' | 'PROPOSED_USE'> {
  const drawn = draw(jobSeed, 41);
  if (toBelow(drawn, 100) < 6) return { CURRENT_USE: null, PROPOSED_USE: null };
  const pickUse = isHouse ? pickHouseUse : pickOtherUse;
  const current = pickUse(draw(drawn, 1));
  const proposals = [current, current, current, current, 'Same', pickUse(draw(drawn, 2))];
  return { CURRENT_USE: current, PROPOSED_USE: pickOne(proposals, draw(drawn, 3)) };
}

function countUnits(drawn: number): string | null {
  if (toBelow(drawn, 100) < 67) return null;
  return toBelow(draw(drawn, 1), 1000) === 0
    ? pickOne(ODD_UNITS, draw(drawn, 2))
    : pickUnits(draw(drawn, 3));
}
