import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,scripts,sql,workflows}/**/*.test.ts'],
  },
});
