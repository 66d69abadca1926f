const PLAIN = /^[ !#-[\]-~]*$/;
const NOT_ASCII = /[\u007f-\uffff]/g;

/** Formats a record as the feed does: `", "`, `": "`, ASCII, and areas as floats (`0.0`). */
export function formatRecord(record: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const column in record) {
    text += `${text === '' ? '{"' : ', "'}${column}": ${formatValue(column, record[column])}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function formatValue(column: string, value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return formatText(value);
  if (typeof value === 'number') return column === '_id' ? String(value) : formatFloat(value);
  return JSON.stringify(value);
}

function formatFloat(value: number): string {
  if (value === 0) return '0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function formatText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replaceAll(NOT_ASCII, escapeUnit);
}

/** Escapes one UTF-16 unit; a character beyond the basic plane becomes a surrogate pair. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
