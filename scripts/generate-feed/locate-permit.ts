import { compileWeights, draw, pickOne, toBelow } from './draw.ts';
import {
  POSTAL_LETTERS,
  POSTAL_STEMS,
  STREET_DIRECTIONS,
  STREET_ENDINGS,
  STREET_STEMS,
  STREET_TYPES,
  WARD_RANGES,
} from './vocabulary/places.ts';

const pickStreetType = compileWeights(STREET_TYPES);
const pickDirection = compileWeights(STREET_DIRECTIONS);

/** The address columns; all permits of one job share them. */
export interface Place {
  readonly STREET_NUM: string;
  readonly STREET_NAME: string;
  readonly STREET_TYPE: string;
  readonly STREET_DIRECTION: string;
  readonly POSTAL: string;
  readonly GEO_ID: string | null;
  readonly WARD_GRID: string;
}

/** Invents the address of a job. The same seed gives the same address. */
export function locateJob(jobSeed: number): Place {
  const site = draw(jobSeed, 10);
  return {
    STREET_NUM: formatStreetNumber(draw(site, 1)),
    STREET_NAME: pickOne(STREET_STEMS, draw(site, 2)) + pickOne(STREET_ENDINGS, draw(site, 3)),
    STREET_TYPE: pickStreetType(draw(site, 4)),
    STREET_DIRECTION: pickDirection(draw(site, 5)),
    POSTAL: formatPostal(draw(site, 6), draw(site, 7)),
    GEO_ID: toBelow(draw(site, 8), 1000) < 17 ? null : String(300_000 + (draw(site, 9) >>> 7)),
    WARD_GRID: formatWardGrid(draw(site, 11)),
  };
}

/** Small numbers are far more common than large ones. */
function formatStreetNumber(drawn: number): string {
  const limit = [40, 120, 120, 400, 400, 3600][drawn & 7] ?? 250;
  return String(1 + toBelow(drawn, limit));
}

function formatPostal(stem: number, letter: number): string {
  if (toBelow(stem, 100) < 9) return '   ';
  const third = POSTAL_LETTERS[toBelow(letter, POSTAL_LETTERS.length)];
  return `${pickOne(POSTAL_STEMS, stem)}${third}`;
}

function formatWardGrid(drawn: number): string {
  const { district, firstWard, wards } = pickOne(WARD_RANGES, drawn);
  const ward = firstWard + ((drawn >>> 4) % wards);
  const square = 1 + ((drawn >>> 10) % 16);
  return `${district}${String(ward).padStart(2, '0')}${String(square).padStart(2, '0')}`;
}
