import { accessSync, constants, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';

/** Makes a parser of whole numbers in a range. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** Parses a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a number above 0.');
}

/** Checks that a file can be read. */
export function readableFile(path: string): string {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  if (!statSync(path).isFile()) throw new InvalidArgumentError('It is not a file.');
  return path;
}

/** Checks an http or https URL. */
export function httpUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('Give an http:// or https:// URL.');
}

/** Checks the URL of a PostgreSQL database. */
export function postgresUrl(text: string): string {
  if (/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('Give a URL like postgresql://user@host:5432/database.');
}
