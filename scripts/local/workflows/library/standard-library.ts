import type { Value } from '../values/value.ts';
import { base64Functions } from './base64-functions.ts';
import { eventFunctions } from './event-functions.ts';
import { hashFunctions } from './hash-functions.ts';
import { helperFunctions } from './helper-functions.ts';
import { httpFunctions } from './http-functions.ts';
import { jsonFunctions } from './json-functions.ts';
import type { LibraryFunction } from './library-function.ts';
import { listModuleFunctions } from './list-module-functions.ts';
import { mapFunctions } from './map-functions.ts';
import { mathFunctions } from './math-functions.ts';
import { defaultBackoff, retryFunctions } from './retry-functions.ts';
import { sysFunctions } from './sys-functions.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time-functions.ts';
import { uuidFunctions } from './uuid-functions.ts';

/** All functions of the standard library by name. */
export const standardLibrary: ReadonlyMap<string, LibraryFunction> = new Map(
  [
    ...base64Functions,
    ...eventFunctions,
    ...hashFunctions,
    ...helperFunctions,
    ...httpFunctions,
    ...jsonFunctions,
    ...listModuleFunctions,
    ...mapFunctions,
    ...mathFunctions,
    ...retryFunctions,
    ...sysFunctions,
    ...textFunctions,
    ...timeFunctions,
    ...uuidFunctions,
  ].map((definition) => [definition.name, definition]),
);

/** The constants of the library by name. */
export const libraryConstants: ReadonlyMap<string, Value> = new Map([
  ['retry.default_backoff', defaultBackoff],
]);
