import type { StepEntry } from '../service/step-entry.ts';
import type { Fields } from './list/field.ts';

function toTime(seconds: number) {
  return new Date(seconds * 1000).toISOString();
}

/** Fields to filter and order step entries by. States and types match with or without prefix. */
export const STEP_ENTRY_FIELDS: Fields<StepEntry> = {
  entryId: { kind: 'number', read: ({ id }) => id },
  createTime: { kind: 'time', read: ({ createTime }) => toTime(createTime) },
  updateTime: { kind: 'time', read: ({ updateTime }) => toTime(updateTime) },
  routine: { kind: 'text', read: ({ routine }) => routine },
  step: { kind: 'text', read: ({ step }) => step },
  stepType: { kind: 'texts', read: ({ kind }) => [`STEP_${kind}`, kind] },
  parent: { kind: 'number', read: ({ parent }) => parent },
  state: { kind: 'texts', read: ({ state }) => [`STATE_${state}`, state] },
};
