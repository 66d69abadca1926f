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

// UNCONFIRMED: the exact format. RFC 3339 with microseconds where there are any, `Z` for UTC.
function formatTime(seconds: number, timezone: string): string {
  const date = new Date(Math.floor(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw createError('ValueError', `${seconds} is out of range`);
  const micros = Math.floor((seconds - Math.floor(seconds)) * 1e6);
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`;
  if (timezone === 'UTC') return `${date.toISOString().slice(0, 19)}${fraction}Z`;
  const parts = readParts(date, timezone);
  const clock = `${parts.hour}:${parts.minute}:${parts.second}`;
  const offset = (parts.timeZoneName ?? 'GMT').slice('GMT'.length) || '+00:00';
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
