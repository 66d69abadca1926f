/**
 * A double as text that reads back as a double: `2.0`, never `2`.
 * UNCONFIRMED whether the service writes the `.0`; keeping it keeps `1` and `1.0` apart.
 */
export function formatDouble(double: number): string {
  const text = String(double);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
