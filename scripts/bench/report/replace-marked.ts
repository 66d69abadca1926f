const START = '<!-- bench: npm run bench -- --write-readme writes what is below -->';
const END = '<!-- /bench -->';

/**
 * Puts a text between the README's two markers.
 *
 * @throws Error when they are not there, once and in their order.
 */
export function replaceMarked(readme: string, text: string): string {
  const [before, rest, ...more] = readme.split(START);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`The README has to hold ${START} and ${END} once each`);
  }
  return `${before}${START}\n\n${text.trim()}\n\n${END}${after}`;
}
