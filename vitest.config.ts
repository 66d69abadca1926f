import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,scripts,sql,terraform,workflows}/**/*.test.ts'],
    // One worker per core; vitest would leave a core free, and a small machine has two.
    maxWorkers: '100%',
    // Real servers start and stop: generous, since a time-out says nothing but that a machine is
    // busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    globalSetup: 'scripts/local/testing/global-setup.ts',
    // Only what runs in the tests' own processes is seen, not what they start: the scripts, mostly.
    coverage: {
      include: ['{functions,scripts,sql}/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
