import { expect, test } from 'vitest';
import { renderTable } from './render-table.ts';

test('columns are as wide as their widest cell; figures are right-aligned', () => {
  const columns = [{ heading: 'case' }, { heading: 's', isFigure: true }];
  expect(renderTable(columns, [['first load', '12.5'], ['none'], ['x', '3']])).toBe(
    [
      '| case       |    s |',
      '| ---------- | ---: |',
      '| first load | 12.5 |',
      '| none       |      |',
      '| x          |    3 |',
      '',
    ].join('\n'),
  );
});
