import { draw, pickOne, toBelow } from './draw.ts';
import { AREA_COLUMNS, type AreaColumn } from './feed-columns.ts';
import type { PermitType } from './vocabulary/works.ts';

export type Areas = Readonly<Record<AreaColumn, number | null>>;

const NO_AREAS = Object.fromEntries(AREA_COLUMNS.map((column) => [column, 0])) as Areas;

/** The column that permits of a type usually fill, and the percentage that do. */
const USUAL_AREAS: Readonly<Partial<Record<PermitType, readonly [AreaColumn, percent: number]>>> = {
  'Small Residential Projects': ['INTERIOR_ALTERATIONS', 45],
  'Building Additions/Alterations': ['INTERIOR_ALTERATIONS', 70],
  'New Houses': ['RESIDENTIAL', 85],
  'Residential Building Permit': ['RESIDENTIAL', 60],
  'Demolition Folder (DM)': ['DEMOLITION', 95],
};

/** The areas of a permit in square metres, nearly all 0. */
export function measureAreas(permitSeed: number, permitType: PermitType): Areas {
  const [usual, percent] = USUAL_AREAS[permitType] ?? ['RESIDENTIAL', 3];
  const isFilled = toBelow(draw(permitSeed, 70), 100) < percent;
  const isOdd = toBelow(draw(permitSeed, 71), 100) === 0;
  if (!isFilled && !isOdd) return NO_AREAS;
  return {
    ...NO_AREAS,
    ...(isFilled ? { [usual]: measureArea(draw(permitSeed, 72)) } : {}),
    ...(isOdd ? { [pickOne(AREA_COLUMNS, draw(permitSeed, 73))]: measureOddArea(permitSeed) } : {}),
  };
}

/** Square metres with at most two decimals; a quarter are round numbers, as clerks enter them. */
export function measureArea(drawn: number): number {
  if ((drawn & 3) === 0) return 5 * (1 + toBelow(drawn, 60));
  return (100 + toBelow(drawn, (drawn & 31) === 1 ? 4_000_000 : 40_000)) / 100;
}

function measureOddArea(permitSeed: number): number | null {
  const odd = toBelow(draw(permitSeed, 74), 100);
  if (odd < 10) return null;
  if (odd < 15) return 0.9;
  const area = measureArea(draw(permitSeed, 75));
  return odd < 20 ? -area : area;
}
