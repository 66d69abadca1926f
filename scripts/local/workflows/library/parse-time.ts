import { createError } from '../errors/workflow-error.ts';

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Parses an RFC 3339 time to Unix seconds.
 *
 * @throws WorkflowError tagged ValueError
 */
export function parseTime(text: string): number {
  const [, date, time, fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  const milliseconds =
    date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) {
    throw createError('ValueError', `'${text}' is not an RFC 3339 time`);
  }
  return milliseconds / 1000 + Number(`0${fraction}`);
}
