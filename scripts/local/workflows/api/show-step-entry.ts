import type { StepEntry } from '../service/step-entry.ts';
import { isBytes, mapOf, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';

type Ids = readonly number[];

export type StepEntryView = 'BASIC' | 'DETAILED';

/** Links between the entries of an execution. */
export interface Navigation {
  children(id: number): Ids;
  previous(id: number): number | undefined;
  next(id: number): number | undefined;
}

/** Links entries: those with the same parent and thread follow each other. */
export function navigateEntries(entries: readonly StepEntry[]): Navigation {
  const childrenOf = new Map<number, number[]>();
  const previousOf = new Map<number, number>();
  const nextOf = new Map<number, number>();
  const lastOf = new Map<string, number>();
  for (const { id, parent, thread } of entries) {
    if (parent !== undefined) append(childrenOf, parent, id);
    const line = `${parent} ${thread}`;
    const last = lastOf.get(line);
    lastOf.set(line, id);
    if (last === undefined) continue;
    previousOf.set(id, last);
    nextOf.set(last, id);
  }
  return {
    children: (id) => childrenOf.get(id) ?? [],
    previous: (id) => previousOf.get(id),
    next: (id) => nextOf.get(id),
  };
}

/** Shows an entry in the form of the Executions API v1. 64-bit integers are strings. */
export function showStepEntry(
  entry: StepEntry,
  {
    executionName,
    navigation,
    view,
  }: {
    readonly executionName: string;
    readonly navigation: Navigation;
    readonly view: StepEntryView;
  },
): Readonly<Record<string, unknown>> {
  const { id, kind, routine, step, state, exception, variables } = entry;
  return {
    name: `${executionName}/stepEntries/${id}`,
    entryId: String(id),
    createTime: toTime(entry.createTime),
    updateTime: toTime(entry.updateTime),
    routine,
    step,
    stepType: `STEP_${kind}`,
    state: `STATE_${state}`,
    ...(exception === undefined ? {} : { exception: { payload: exception } }),
    navigationInfo: {
      children: navigation.children(id).map(String),
      ...showId('parent', entry.parent),
      ...showId('previous', navigation.previous(id)),
      ...showId('next', navigation.next(id)),
    },
    stepEntryMetadata: showMetadata(entry),
    ...(variables === undefined || view === 'BASIC'
      ? {}
      : { variableData: { variables: showVariables(variables) } }),
  };
}

function showMetadata({ thread, progress, expected }: StepEntry) {
  return {
    threadId: thread,
    ...(progress === undefined
      ? {}
      : {
          progressType: `PROGRESS_TYPE_${progress.type}`,
          progressNumber: String(progress.number),
        }),
    ...showId('expectedIteration', expected),
  };
}

function showVariables(variables: readonly (readonly [string, Value])[]): unknown {
  const shown = variables.map(([name, value]) => [name, describeBytes(value)] as const);
  return JSON.parse(writeJson(mapOf(shown)));
}

// Bytes have no JSON form, and can be nested at any depth.
function describeBytes(value: Value): Value {
  try {
    writeJson(value);
    return value;
  } catch {
    return isBytes(value) ? `${value.byteLength} bytes` : 'a value that holds bytes';
  }
}

function showId(name: string, id: number | undefined): Readonly<Record<string, string>> {
  return id === undefined ? {} : { [name]: String(id) };
}

function append(lists: Map<number, number[]>, key: number, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
