import { expectList } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

/** Both return a new list with one more element. A list as the element stays one element. */
export const listModuleFunctions = [
  defineFunction('list.concat(objs, val)', ([objs, val = null]) => [
    ...expectList(objs, 'objs'),
    val,
  ]),
  defineFunction('list.prepend(objs, val)', ([objs, val = null]) => [
    val,
    ...expectList(objs, 'objs'),
  ]),
];
