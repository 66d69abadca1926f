import { createError } from '../errors/workflow-error.ts';
import { expectNumber, expectString } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';
import { parseTime } from './parse-time.ts';

export const timeFunctions = [
  defineFunction('time.format(seconds, timezone?)', ([seconds, timezone = 'UTC']) =>
    formatTime(Number(expectNumber(seconds, 'seconds')), expectString(timezone, 'timezone')),
  ),
  defineFunction('time.parse(value)', ([value]) => parseTime(expectString(value, 'value'))),
];

// ISO 8601, always with six digits of a second, and `Z` for UTC.
function formatTime(seconds: number, timezone: string): string {
  const date = new Date(Math.floor(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw createError('ValueError', `${seconds} is out of range`);
  const micros = Math.floor((seconds - Math.floor(seconds)) * 1e6);
  const fraction = `.${String(micros).padStart(6, '0')}`;
  const parts = readParts(date, timezone === '' ? 'UTC' : timezone);
  const clock = `${parts.hour}:${parts.minute}:${parts.second}`;
  const offset = (parts.timeZoneName ?? '').slice('GMT'.length).replace(/^(\+00:00)?$/, 'Z');
  return `${parts.year}-${parts.month}-${parts.day}T${clock}${fraction}${offset}`;
}

function readParts(date: Date, timeZone: string): Readonly<Record<string, string>> {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
  } catch {
    throw createError('ValueError', `unknown time zone '${timeZone}'`);
  }
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}
