/**
 * Formats a double as text that parses as a double again: `2.0`, never `2`. UNCONFIRMED: the `.0`,
 * which keeps `1` and `1.0` distinct.
 */
export function formatDouble(double: number): string {
  const text = String(double);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
