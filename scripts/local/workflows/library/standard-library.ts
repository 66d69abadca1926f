import type { Value } from '../values/value.ts';
import { base64Functions } from './base64.ts';
import { eventFunctions } from './events.ts';
import { hashFunctions } from './hash.ts';
import { helperFunctions } from './helpers.ts';
import { httpFunctions } from './http.ts';
import { jsonFunctions } from './json.ts';
import type { LibraryFunction } from './library-function.ts';
import { listFunctions } from './list.ts';
import { mapFunctions } from './map.ts';
import { mathFunctions } from './math.ts';
import { defaultBackoff, retryFunctions } from './retry.ts';
import { sysFunctions } from './sys.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';
import { uuidFunctions } from './uuid.ts';

/** Every function of the standard library by name. */
export const standardLibrary: ReadonlyMap<string, LibraryFunction> = new Map(
  [
    ...base64Functions,
    ...eventFunctions,
    ...hashFunctions,
    ...helperFunctions,
    ...httpFunctions,
    ...jsonFunctions,
    ...listFunctions,
    ...mapFunctions,
    ...mathFunctions,
    ...retryFunctions,
    ...sysFunctions,
    ...textFunctions,
    ...timeFunctions,
    ...uuidFunctions,
  ].map((definition) => [definition.name, definition]),
);

/** Names of the library that stand for a value. */
export const libraryConstants: ReadonlyMap<string, Value> = new Map([
  ['retry.default_backoff', defaultBackoff],
]);
