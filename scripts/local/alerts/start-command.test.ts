import { expect, test } from 'vitest';
import { startCommand } from './start-command.ts';

test.each([
  [{}, 'npm start'],
  [{ partial: true, dry_run: true }, 'npm start -- --partial --dry-run'],
  [{ file_path: "/it's.json" }, String.raw`npm start -- --file '/it'\''s.json'`],
  [
    { file_path: 'https://a.b/x', accept_shrink: true, accept_outdated: true },
    "npm start -- --url 'https://a.b/x' --accept-shrink --accept-outdated",
  ],
  [{ file_path: 'gs://bucket/x' }, undefined],
])('%j runs again with %s', (argument, command) => {
  expect(startCommand(argument)).toBe(command);
});
