/** Removes a byte order mark and the blanks around a column's name. */
export function cleanName(name: string): string {
  // JavaScript counts U+FEFF as a blank.
  return name.trim();
}

/**
 * Cleans the names of a record. If two names become the same, the one that is spelled exactly wins;
 * without one, the last.
 *
 * @returns the record itself if its names are clean, as they nearly always are.
 */
export function cleanNames(record: Readonly<Record<string, unknown>>) {
  const fields = Object.entries(record);
  const exact = fields.filter(([name]) => cleanName(name) === name);
  if (exact.length === fields.length) return record;
  const cleaned = fields.map(([name, value]) => [cleanName(name), value]);
  return Object.fromEntries([...cleaned, ...exact]);
}
