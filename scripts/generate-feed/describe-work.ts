import { draw, pickOne, toBelow } from './draw.ts';
import type { Identity } from './identify-permit.ts';
import * as phrases from './vocabulary/phrases.ts';

/** Characters of the longest description seen in the City's feed. */
export const LONGEST_DESCRIPTION = 1942;

/** Invents DESCRIPTION. Permits of one job tell the same story after different prefixes. */
export function describeWork(identity: Identity, work: string): string {
  const story = draw(identity.jobSeed, 40);
  const prefix = pickPrefix(identity.permitType, draw(story, 1));
  const text = prefix + tellStory(identity, work, story);
  return fillBlanks(addOddities(text, story), draw(story, 2)).slice(0, LONGEST_DESCRIPTION);
}

/** Puts a revision note before a description. */
export function addRevisionNote(description: string | null, drawn: number): string {
  const note = fillBlanks(pickOne(phrases.REVISION_NOTES, drawn), draw(drawn, 1));
  return `${note}\n${description ?? ''}`.slice(0, LONGEST_DESCRIPTION);
}

function pickPrefix(permitType: string, drawn: number): string {
  const prefixes = phrases.PREFIXES[permitType];
  return prefixes === undefined ? '' : pickOne(prefixes, drawn);
}

function tellStory({ isHouse }: Identity, work: string, story: number): string {
  const whole = phrases.WHOLE_DESCRIPTIONS[work];
  if (whole !== undefined) return pickOne(whole, draw(story, 3));

  const openings = isHouse ? phrases.HOUSE_OPENINGS : phrases.OTHER_OPENINGS;
  const jobs = isHouse ? phrases.HOUSE_JOBS : phrases.OTHER_JOBS;
  const details = isHouse ? phrases.HOUSE_DETAILS : phrases.OTHER_DETAILS;
  const opening = pickOne(openings, draw(story, 4));
  let text = `${opening} ${pickOne(jobs, draw(story, 5))}`;
  const wanted = countDetails(draw(story, 6));
  for (let detail = 0; detail < wanted; detail += 1) {
    const separator = detail > 0 && detail % 3 === 0 ? `. ${opening}` : '';
    text += separator + pickOne(details, draw(story, 50 + detail));
  }
  return text;
}

/** Median 1; 1 % fill half a page, 1 in 2,000 fill the field. */
function countDetails(drawn: number): number {
  const perTenThousand = toBelow(drawn, 10_000);
  if (perTenThousand < 5) return 120;
  if (perTenThousand < 100) return 9 + (drawn & 7);
  if (perTenThousand < 1000) return 4 + (drawn & 3);
  return [0, 0, 0, 0, 1, 1, 1, 2][drawn & 7] ?? 1;
}

function addOddities(text: string, story: number): string {
  const drawn = toBelow(draw(story, 7), 10_000);
  if (drawn < 900) return `${pickOne(phrases.REVISION_NOTES, draw(story, 8))}\n${text}`;
  if (drawn < 1900) return `${text} `;
  if (drawn < 2000) return `${text}\n\n`;
  if (drawn < 2200)
    return text.toUpperCase().replaceAll(/\{[A-Z]+\}/g, (blank) => blank.toLowerCase());
  if (drawn < 2220) return ` ${text}`;
  if (drawn < 2240) return text + pickOne(phrases.ODD_CHARACTERS, draw(story, 9));
  return text;
}

function fillBlanks(text: string, drawn: number): string {
  if (!text.includes('{')) return text;
  let blank = 0;
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    blank += 1;
    return fillBlank(name, draw(drawn, blank));
  });
}

function fillBlank(name: string, drawn: number): string {
  if (name === 'n') return String(1 + toBelow(drawn, 9));
  if (name === 'm') return (8 + toBelow(drawn, 30_000) / 100).toFixed(2);
  if (name === 'unit') return String(100 + toBelow(drawn, 2400));
  if (name === 'tenant') return pickOne(phrases.TENANTS, drawn);
  const year = String(10 + toBelow(drawn, 16));
  return `${year} ${100_101 + toBelow(draw(drawn, 1), 190_000)} BLD`;
}
