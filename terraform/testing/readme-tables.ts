import type { Block, Terraform } from './read-terraform.ts';

function formatDefault(block: Block): string {
  if (!('default' in block)) return 'required';
  const { default: value } = block;
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return empty ? 'none' : `\`${value}\``;
}

function toRows(rows: readonly (readonly string[])[]): string {
  return `${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** Writes the rows of the README's tables of inputs and outputs, sorted by name. */
export function writeTables({ variables, outputs }: Terraform) {
  const sorted = (blocks: Readonly<Record<string, Block>>) => Object.entries(blocks).sort();
  return {
    inputs: toRows(
      sorted(variables).map(([name, block]) => [
        `\`${name}\``,
        String(block.description),
        formatDefault(block),
      ]),
    ),
    outputs: toRows(
      sorted(outputs).map(([name, block]) => [`\`${name}\``, String(block.description)]),
    ),
  };
}
