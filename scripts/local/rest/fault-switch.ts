import type { Request, RequestHandler, Response } from 'express';

/** What happens to a request: it is refused, cut, or changed on its way. */
export type Fault =
  | { readonly status: 429 | 500 | 503 }
  /** Cut after so many bytes of the request's body. */
  | { readonly cutRequestAfter: number }
  /** The byte at this offset of the request's body arrives changed. */
  | { readonly changeRequestAt: number }
  /** Cut after so many bytes of the response's body; with 0, the work is done and nobody hears. */
  | { readonly cutResponseAfter: number };

export interface ArmedFault {
  /** Matches the method and URL of the requests it hits, such as `GET /storage/v1/b?prefix=a`. */
  readonly operation: RegExp;
  readonly fault: Fault;
  /** How many requests it hits; 1 if it is not given. */
  readonly times?: number;
}

export interface FaultSwitch {
  /** Mount it before the APIs, because it counts the bytes of bodies that they read. */
  readonly handler: RequestHandler;
  /** Adds faults; a request is hit by the first that matches and is not used up. */
  arm(...faults: readonly ArmedFault[]): void;
  /** Clears all faults. @returns how many requests were hit since the last call. */
  disarm(): number;
}

/** Creates a switch that lets requests to the stand-ins of Google's APIs fail, for tests. */
export function createFaultSwitch(): FaultSwitch {
  let armed: { operation: RegExp; fault: Fault; left: number }[] = [];
  let hits = 0;
  return {
    handler: (request, response, next) => {
      const called = `${request.method} ${request.originalUrl}`;
      const found = armed.find(({ operation, left }) => left > 0 && operation.test(called));
      if (!found) return next();
      found.left -= 1;
      hits += 1;
      const { fault } = found;
      if ('status' in fault) return refuse(request, response, fault.status);
      if ('cutRequestAfter' in fault) cutRequest(request, fault.cutRequestAfter);
      else if ('changeRequestAt' in fault) changeRequest(request, fault.changeRequestAt);
      else cutResponse(response, fault.cutResponseAfter);
      next();
    },
    arm(...faults) {
      armed.push(...faults.map((each) => ({ ...each, left: each.times ?? 1 })));
    },
    disarm() {
      const hitsSoFar = hits;
      armed = [];
      hits = 0;
      return hitsSoFar;
    },
  };
}

const REASONS = {
  429: { status: 'RESOURCE_EXHAUSTED', reason: 'rateLimitExceeded' },
  500: { status: 'INTERNAL', reason: 'backendError' },
  503: { status: 'UNAVAILABLE', reason: 'backendError' },
} as const;

/** Answers with an error that has the fields of Cloud Storage and those of the other APIs. */
function refuse(request: Request, response: Response, code: keyof typeof REASONS): void {
  const { status, reason } = REASONS[code];
  const message = `The fault switch answered with ${code}`;
  request.resume();
  response
    .status(code)
    .json({ error: { code, message, status, errors: [{ message, domain: 'global', reason }] } });
}

function cutRequest(request: Request, bytes: number): void {
  const push = request.push.bind(request);
  let left = bytes;
  request.push = (part: Buffer | null) => {
    if (part === null || part.length <= left) {
      left -= part?.length ?? 0;
      return push(part);
    }
    if (left > 0) push(part.subarray(0, left));
    left = 0;
    request.socket.destroy();
    return false;
  };
}

function changeRequest(request: Request, offset: number): void {
  const push = request.push.bind(request);
  let left = offset;
  request.push = (part: Buffer | null) => {
    if (part && left >= 0 && left < part.length) part[left] = (part[left] as number) ^ 1;
    left -= part?.length ?? 0;
    return push(part);
  };
}

function cutResponse(response: Response, bytes: number): void {
  const { socket } = response.req;
  const write = response.write.bind(response) as (part: Buffer, done: () => void) => boolean;
  const end = response.end.bind(response);
  let left = bytes;
  const writeSome = (part: Buffer, done: () => void): boolean => {
    if (part.length <= left) {
      left -= part.length;
      return write(part, done);
    }
    const cut = () => {
      socket.destroy();
      done();
    };
    if (left === 0) cut();
    else write(part.subarray(0, left), cut);
    left = 0;
    return false;
  };
  response.write = (part: Buffer | string, ...more: unknown[]) =>
    writeSome(Buffer.from(part as Buffer), (more.at(-1) as (() => void) | undefined) ?? (() => {}));
  response.end = ((part?: Buffer | string) => {
    if (part) writeSome(Buffer.from(part as Buffer), () => {});
    return left > 0 || !part ? end() : response;
  }) as typeof response.end;
}
