import { addRevisionNote } from './describe-work.ts';
import { compileWeights, draw, toBelow } from './draw.ts';
import type { Permit } from './feed-columns.ts';
import { measureArea } from './measure-areas.ts';
import { NEXT_STATUSES, UNISSUED_STATUSES } from './vocabulary/statuses.ts';
import { RELABELLED } from './vocabulary/structure-types.ts';
import { formatDate, toEpochDay } from './weekday-calendar.ts';

const pickChange = compileWeights({
  status: 66,
  issuedDate: 12,
  description: 9,
  structureType: 6,
  units: 4,
  area: 3,
});
const pickNextStatus = new Map(
  Object.entries(NEXT_STATUSES).map(([status, weights]) => [status, compileWeights(weights)]),
);

/**
 * Makes one change to a permit; the result always differs.
 *
 * @param date of the change, in days since 1970.
 */
export function changePermit(permit: Permit, changeSeed: number, date: number): Permit {
  const drawn = draw(changeSeed, 1);
  switch (pickChange(draw(changeSeed, 0))) {
    case 'issuedDate':
      return { ...permit, ISSUED_DATE: moveDate(permit.ISSUED_DATE, date) };
    case 'description':
      return { ...permit, DESCRIPTION: addRevisionNote(permit.DESCRIPTION, drawn) };
    case 'structureType':
      return { ...permit, STRUCTURE_TYPE: relabel(permit.STRUCTURE_TYPE) };
    case 'units':
      return { ...permit, DWELLING_UNITS_CREATED: recount(permit.DWELLING_UNITS_CREATED, drawn) };
    case 'area':
      return { ...permit, RESIDENTIAL: remeasure(permit.RESIDENTIAL, drawn) };
    default:
      return advanceStatus(permit, drawn, date);
  }
}

function advanceStatus(permit: Permit, drawn: number, date: number): Permit {
  const next = pickNextStatus.get(permit.STATUS ?? '')?.(drawn) ?? 'Inspection';
  const isIssued = permit.ISSUED_DATE === null && !UNISSUED_STATUSES.has(next);
  const issuedDate = isIssued ? formatDate(date) : permit.ISSUED_DATE;
  return { ...permit, STATUS: next, ISSUED_DATE: issuedDate };
}

function moveDate(issued: string | null, date: number): string {
  return formatDate(issued === null ? date : toEpochDay(issued) + 7);
}

/** The City's new label, or a type that no other is relabelled to. */
function relabel(structureType: string | null): string {
  const relabelled = RELABELLED[structureType ?? ''];
  if (relabelled !== undefined) return relabelled;
  return structureType === 'Other' ? 'Unknown' : 'Other';
}

function recount(units: string | null, drawn: number): string {
  const count = String(1 + toBelow(drawn, 3));
  return count === units ? '4' : count;
}

function remeasure(area: number | null, drawn: number): number {
  const measured = measureArea(drawn);
  return measured === area ? measured + 1 : measured;
}
