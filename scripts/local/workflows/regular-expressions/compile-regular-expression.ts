import { createError } from '../errors/workflow-error.ts';
import { parsePattern } from './parse-pattern.ts';
import { type Assertion, type Pattern, PatternSyntaxError } from './pattern.ts';

/** Positions in characters; the end is exclusive. */
export interface Match {
  readonly start: number;
  readonly end: number;
}
export interface RegularExpression {
  /** The leftmost match from a position on, and of those the longest. */
  find(characters: readonly string[], from: number): Match | undefined;
  /** All matches that do not overlap, from left to right. */
  findAll(characters: readonly string[]): readonly Match[];
}

type State =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean; next: number }
  | { readonly kind: 'split'; next: readonly number[] }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; next: number }
  | { readonly kind: 'accept' };

const MOST_STATES = 20_000;

/**
 * Compiles a regular expression of the RE2 dialect into an automaton, so that no pattern takes more
 * than linear time. Raises ValueError for what RE2 refuses.
 */
export function compileRegularExpression(source: string): RegularExpression {
  const { states, start } = compileSource(source);

  function find(characters: readonly string[], from: number): Match | undefined {
    let found: Match | undefined;
    let threads = new Map<number, number>();
    for (let at = from; ; at += 1) {
      // Older threads come first, so a state keeps the leftmost start that reaches it.
      if (found === undefined) addState(start, at, threads, at, characters);
      const next = new Map<number, number>();
      for (const [index, begin] of threads) {
        if (found !== undefined && begin > found.start) continue;
        const state = states[index];
        if (state?.kind === 'accept') {
          if (found === undefined || begin < found.start || at > found.end) {
            found = { start: begin, end: at };
          }
        } else if (state?.kind === 'character' && at < characters.length) {
          if (state.matches(characters[at] ?? '')) {
            addState(state.next, begin, next, at + 1, characters);
          }
        }
      }
      threads = next;
      if (at >= characters.length || (found !== undefined && threads.size === 0)) return found;
    }
  }

  function addState(
    first: number,
    begin: number,
    threads: Map<number, number>,
    at: number,
    characters: readonly string[],
  ): void {
    const pending = [first];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (threads.has(index)) continue;
      threads.set(index, begin);
      const state = states[index];
      if (state?.kind === 'split') pending.push(...state.next);
      if (state?.kind === 'assertion' && holds(state.assertion, characters, at)) {
        pending.push(state.next);
      }
    }
  }

  return {
    find,
    findAll(characters) {
      const matches: Match[] = [];
      for (let at = 0; at <= characters.length; ) {
        const match = find(characters, at);
        if (match === undefined) break;
        const isEmpty = match.end === match.start;
        // As in RE2, an empty match right behind the one before does not count.
        if (!isEmpty || match.start !== matches.at(-1)?.end) matches.push(match);
        at = isEmpty ? match.end + 1 : match.end;
      }
      return matches;
    },
  };
}

function compileSource(source: string): { states: readonly State[]; start: number } {
  try {
    return compilePattern(parsePattern(source));
  } catch (error) {
    if (!(error instanceof PatternSyntaxError)) throw error;
    throw createError('ValueError', `invalid regular expression '${source}': ${error.message}`);
  }
}

// Built from the end: each piece is told which state comes after it.
function compilePattern(pattern: Pattern): { states: readonly State[]; start: number } {
  const states: State[] = [{ kind: 'accept' }];
  const add = (state: State): number => {
    if (states.length >= MOST_STATES) throw new PatternSyntaxError('expression is too large');
    return states.push(state) - 1;
  };

  function compile(part: Pattern, next: number): number {
    switch (part.kind) {
      case 'character':
        return add({ kind: 'character', matches: part.matches, next });
      case 'assertion':
        return add({ kind: 'assertion', assertion: part.assertion, next });
      case 'sequence':
        return part.parts.reduceRight((after, piece) => compile(piece, after), next);
      case 'choice':
        return add({ kind: 'split', next: part.options.map((option) => compile(option, next)) });
      case 'repeat':
        return compileRepeat(part, next);
    }
  }

  function compileRepeat(repeat: Pattern & { kind: 'repeat' }, next: number): number {
    let entry = next;
    if (Number.isFinite(repeat.maximum)) {
      for (let count = repeat.minimum; count < repeat.maximum; count += 1) {
        entry = add({ kind: 'split', next: [compile(repeat.part, entry), next] });
      }
    } else {
      const loop: State & { kind: 'split' } = { kind: 'split', next: [] };
      entry = add(loop);
      loop.next = [compile(repeat.part, entry), next];
    }
    for (let count = 0; count < repeat.minimum; count += 1) entry = compile(repeat.part, entry);
    return entry;
  }

  return { start: compile(pattern, 0), states };
}

function holds(assertion: Assertion, characters: readonly string[], at: number): boolean {
  const before = characters[at - 1];
  const after = characters[at];
  switch (assertion) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return after === undefined;
    case 'line-start':
      return at === 0 || before === '\n';
    case 'line-end':
      return after === undefined || after === '\n';
    case 'word-boundary':
      return isWord(before) !== isWord(after);
    case 'no-word-boundary':
      return isWord(before) === isWord(after);
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character);
}
