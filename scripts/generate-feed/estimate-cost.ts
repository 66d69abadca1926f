import { draw, pickOne, toBelow } from './draw.ts';

const ODD_COSTS = ['*** NOT USED ***', '$', '1,000.', ' 5000', '20000 ', '9              ', '.9'];

/** Invents EST_CONST_COST as the feed spells it: text, a sentinel in half of the rows, or null. */
export function estimateCost(permitSeed: number): string | null {
  const form = toBelow(draw(permitSeed, 60), 1000);
  if (form < 500) return 'DO NOT UPDATE OR DELETE THIS INFO FIELD';
  if (form < 595) return '0';
  if (form < 645) return null;
  if (form < 648) return pickOne(ODD_COSTS, draw(permitSeed, 61));

  const dollars = drawDollars(draw(permitSeed, 62));
  if (form < 865) return String(dollars);
  const grouped = String(dollars).replace(/\B(?=(\d{3})+$)/g, ',');
  if (form < 965) return grouped;
  if (form < 983) return `${dollars}.00`;
  return form < 998 ? `${grouped}.00` : `${grouped}.`;
}

/** Two leading digits and any magnitude from hundreds to tens of millions. */
function drawDollars(drawn: number): number {
  const magnitude = [100, 100, 1000, 1000, 1000, 10_000, 10_000, 100_000][drawn & 7] ?? 1000;
  const isHuge = toBelow(drawn, 100) === 0;
  return (10 + ((drawn >>> 3) % 90)) * magnitude * (isHuge ? 10 : 1);
}
