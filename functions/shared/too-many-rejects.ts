/** As many rejects are never too many, unless nothing else is in the feed. */
const ALLOWED_REJECTS = 10;

/** @returns whether so many of a feed's records are rejects that its run must fail. */
export function areTooManyRejects(rejects: number, records: number, maxPercent: number): boolean {
  if (rejects <= ALLOWED_REJECTS && rejects < records) return false;
  return (100 * rejects) / Math.max(1, records) > maxPercent;
}
