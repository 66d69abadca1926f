import { draw, pickOne, toBelow } from './draw.ts';
import {
  BUILDER_FORMS,
  BUILDER_STEMS,
  BUILDER_TRADES,
  GIVEN_NAMES,
  SURNAMES,
} from './vocabulary/places.ts';

/** Invents BUILDER_NAME: 6 % are filled, one in five of those with a person's name. */
export function nameBuilder(permitSeed: number): string | null {
  if (toBelow(draw(permitSeed, 20), 100) >= 6) return null;
  if (toBelow(draw(permitSeed, 21), 5) === 0) {
    return `${pickOne(GIVEN_NAMES, draw(permitSeed, 22))} ${pickOne(SURNAMES, draw(permitSeed, 23))}`;
  }
  const stem = pickOne(BUILDER_STEMS, draw(permitSeed, 24));
  const trade = pickOne(BUILDER_TRADES, draw(permitSeed, 25));
  return `${stem} ${trade} ${pickOne(BUILDER_FORMS, draw(permitSeed, 26))}`;
}
