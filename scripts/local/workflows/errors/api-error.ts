export type ApiStatus =
  | 'ALREADY_EXISTS'
  | 'FAILED_PRECONDITION'
  | 'INTERNAL'
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND';

const HTTP_CODES: Readonly<Record<ApiStatus, number>> = {
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 400,
  INTERNAL: 500,
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
};

/** An error response of a Google API. */
export class ApiError extends Error {
  readonly status: ApiStatus;
  readonly httpCode: number;

  constructor(status: ApiStatus, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.httpCode = HTTP_CODES[status];
  }
}
