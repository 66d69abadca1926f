import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,scripts,sql,workflows}/**/*.test.ts'],
    // One worker per core; vitest would leave a core free, and a small machine has two.
    maxWorkers: '100%',
    globalSetup: 'scripts/local/testing/global-setup.ts',
  },
});
