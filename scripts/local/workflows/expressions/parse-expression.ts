import { isInt64 } from '../values/integer-range.ts';
import type { Value } from '../values/value.ts';
import {
  type BinaryOperator,
  type Expression,
  listOperands,
  readDottedName,
} from './expression.ts';
import { ExpressionSyntaxError, type Token, tokenize } from './tokenize.ts';

// A higher number binds tighter; the documentation lists the tightest first. `not` and the unary
// minus bind tighter than all of these, so `not x in y` is `(not x) in y`.
const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  in: 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '//': 5,
  '%': 5,
};
const WORD_OPERATORS: Readonly<Record<string, string>> = {
  and: 'and',
  AND: 'and',
  or: 'or',
  OR: 'or',
  not: 'not',
  NOT: 'not',
  in: 'in',
};
const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['null', null],
  // UNCONFIRMED beyond `null`, but YAML accepts these spellings.
  ['Null', null],
  ['NULL', null],
]);

/**
 * Parses an expression, without its `${` and `}`.
 *
 * @throws ExpressionSyntaxError
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;

  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '', at: text.length };
  const isSymbol = (symbol: string): boolean => {
    const token = peek();
    return token.kind === 'symbol' && token.text === symbol;
  };
  const advance = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const expectSymbol = (symbol: string): void => {
    if (!isSymbol(symbol)) throw unexpected(peek(), `'${symbol}'`);
    position += 1;
  };

  function parseBinary(minimum: number): Expression {
    let left = parsePrefix();
    for (;;) {
      const operator = readOperator(peek());
      const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || precedence === undefined || precedence < minimum) return left;
      position += 1;
      const right = parseBinary(precedence + 1);
      left =
        operator === 'and' || operator === 'or'
          ? { kind: 'logical', operator, left, right }
          : { kind: 'binary', operator: operator as BinaryOperator, left, right };
    }
  }

  function parsePrefix(): Expression {
    if (isSymbol('-')) {
      position += 1;
      return negate(parsePrefix());
    }
    if (readOperator(peek()) === 'not') {
      position += 1;
      return { kind: 'unary', operator: 'not', operand: parsePrefix() };
    }
    return parsePostfix(parsePrimary());
  }

  function parsePostfix(start: Expression): Expression {
    let target = start;
    for (;;) {
      if (isSymbol('.')) {
        position += 1;
        const key = advance();
        if (key.kind !== 'name') throw unexpected(key, 'a name after the dot');
        target = { kind: 'member', target, key: key.text };
      } else if (isSymbol('[')) {
        position += 1;
        target = { kind: 'index', target, index: parseBinary(1) };
        expectSymbol(']');
      } else if (isSymbol('(')) {
        const callee = readDottedName(target);
        if (callee === undefined) throw unexpected(peek(), 'an operator');
        position += 1;
        target = { kind: 'call', callee, args: parseItems(')') };
      } else {
        return target;
      }
    }
  }

  function parseItems(close: ')' | ']'): readonly Expression[] {
    const items: Expression[] = [];
    while (!isSymbol(close)) {
      if (items.length > 0) expectSymbol(',');
      items.push(parseBinary(1));
    }
    position += 1;
    return items;
  }

  function parsePrimary(): Expression {
    const token = advance();
    switch (token.kind) {
      case 'integer':
      case 'double':
      case 'string':
        return { kind: 'literal', value: token.value };
      case 'name': {
        const constant = CONSTANTS.get(token.text);
        if (constant !== undefined) return { kind: 'literal', value: constant };
        // `if` is an ordinary function; `and`, `or` and `in` can only stand between operands.
        if (WORD_OPERATORS[token.text] !== undefined) throw unexpected(token, 'a value');
        return { kind: 'variable', name: token.text };
      }
      case 'symbol':
        if (token.text === '(') {
          const inner = parseBinary(1);
          expectSymbol(')');
          return inner;
        }
        if (token.text === '[') return { kind: 'list', items: parseItems(']') };
        throw unexpected(token, 'a value');
      default:
        throw unexpected(token, 'a value');
    }
  }

  const expression = parseBinary(1);
  const rest = peek();
  if (rest.kind !== 'end') throw unexpected(rest, 'the end of the expression');
  checkIntegers(expression);
  return expression;
}

function readOperator(token: Token): string | undefined {
  if (token.kind === 'name') return WORD_OPERATORS[token.text];
  return token.kind === 'symbol' ? token.text : undefined;
}

function negate(operand: Expression): Expression {
  if (operand.kind === 'literal' && typeof operand.value === 'bigint') {
    return { kind: 'literal', value: -operand.value };
  }
  return { kind: 'unary', operator: '-', operand };
}

// The tokenizer accepts 2^63 because a minus sign may precede it.
function checkIntegers(expression: Expression): void {
  if (expression.kind === 'literal') {
    if (typeof expression.value === 'bigint' && !isInt64(expression.value)) {
      throw new ExpressionSyntaxError(`integer ${expression.value} does not fit 64 bits`, 0);
    }
    return;
  }
  for (const part of listOperands(expression)) checkIntegers(part);
}

function unexpected(token: Token, expected: string): ExpressionSyntaxError {
  const shown =
    token.kind === 'end' ? 'the end' : `'${'text' in token ? token.text : String(token.value)}'`;
  return new ExpressionSyntaxError(`unexpected ${shown}, expected ${expected}`, token.at);
}
