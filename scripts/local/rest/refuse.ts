import type { ServerResponse } from 'node:http';

export type DescribeRefusal = (code: number, message: string) => unknown;

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
};
const REASONS: Readonly<Record<number, string>> = {
  400: 'invalid',
  403: 'forbidden',
  404: 'notFound',
};

/** Builds a Google API's error, with the `errors` of Cloud Storage and the others' `status`. */
export function describeRefusal(code: number, message: string): unknown {
  const errors = [{ message, domain: 'global', reason: REASONS[code] }];
  return { error: { code, message, errors, status: STATUS[code] } };
}

/** Answers a request that no API gets to see. */
export function refuse(
  response: ServerResponse,
  code: number,
  message: string,
  describe: DescribeRefusal = describeRefusal,
): void {
  response.writeHead(code, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(describe(code, message)));
}
