/** A column; figures are right-aligned. */
export interface Column {
  readonly heading: string;
  readonly isFigure?: boolean;
}

/** Renders a Markdown table with aligned columns, so it is also legible as plain text. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map(({ heading }, index) =>
    Math.max(3, heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const pad = (text: string, index: number): string =>
    columns[index]?.isFigure ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
  const rule = columns.map(({ isFigure }, index) => {
    const dashes = '-'.repeat(widths[index] ?? 3);
    return isFigure ? `${dashes.slice(1)}:` : dashes;
  });
  return [columns.map(({ heading }) => heading), ...rows]
    .map((cells) => line(columns.map((_, index) => pad(cells[index] ?? '', index))))
    .toSpliced(1, 0, line(rule))
    .join('');
}
