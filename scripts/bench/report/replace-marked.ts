const START = '<!-- bench: npm run bench -- --write-readme writes what is below -->';
const END = '<!-- /bench -->';

/**
 * Replaces the text between the README's two markers.
 *
 * @throws Error unless each marker occurs once, in this order.
 */
export function replaceMarked(readme: string, text: string): string {
  const [before, rest, ...more] = readme.split(START);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`The README must contain ${START} and ${END} once each`);
  }
  return `${before}${START}\n\n${text.trim()}\n\n${END}${after}`;
}
