import { defineFunction } from './library-function.ts';

export const uuidFunctions = [
  defineFunction('uuid.generate()', (_args, { generateUuid }) => generateUuid()),
];
