import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,scripts,sql,workflows}/**/*.test.ts'],
    globalSetup: 'scripts/local/testing/global-setup.ts',
  },
});
