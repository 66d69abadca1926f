import { expect, test } from 'vitest';
import { FEED_COLUMNS } from '../../shared/mapping/columns.ts';
import { createColumnFinder } from './column-finder.ts';

/** The mapped columns of a feed that arrives in pieces of the given size. */
function find(text: string, pieceBytes = 100): readonly string[] {
  const finder = createColumnFinder();
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    finder.write(bytes.subarray(from, from + pieceBytes));
  }
  return finder.columns();
}

test.each(FEED_COLUMNS)('%s is found wherever the pieces are cut', (name) => {
  const text = `[{"OTHER": "${'x'.repeat(90)}", "${name}" : null}]`;
  for (let pieceBytes = 1; pieceBytes < 40; pieceBytes += 1) {
    expect(find(text, pieceBytes)).toEqual([name]);
  }
});

test('a column counts if only the last of many records has it', () => {
  const filler = '{"WORK":1}, '.repeat(100_000);
  expect(find(`[${filler}{"STATUS"\n:1}]`, 65_536)).toEqual(['WORK', 'STATUS']);
});

test('a value is no name, nor is a part of a name or the text of a string', () => {
  expect(find('[{"a": "STATUS", "PERMIT_STATUS": 1}]')).toEqual([]);
  expect(find(JSON.stringify([{ a: '{"STATUS": 1}' }]))).toEqual([]);
  expect(find('[{"a": ["STATUS"], "b": 1, "STATUS": 2}]', 7)).toEqual(['STATUS']);
  expect(find('gibberish')).toEqual([]);
  expect(find('')).toEqual([]);
});
