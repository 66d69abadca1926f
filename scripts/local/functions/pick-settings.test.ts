import { expect, test } from 'vitest';
import { parseConfig } from '../../../functions/shared/config.ts';
import { pickSettings } from './pick-settings.ts';

test('the functions get a few settings from the shell, and nothing else', () => {
  const picked = pickSettings({
    FEED_IGNORED_COLUMNS: 'LAST_REFRESHED',
    MAX_REJECTED_PERCENT: '7.5',
    FEED_BUCKET: 'mine',
    PGHOST: 'elsewhere',
  });
  expect(picked).toEqual({ FEED_IGNORED_COLUMNS: 'LAST_REFRESHED', MAX_REJECTED_PERCENT: '7.5' });
  const required = { GOOGLE_CLOUD_PROJECT: 'p', FEED_BUCKET: 'b', DATABASE_URL: 'postgres://x' };
  expect(parseConfig({ ...required, ...picked })).toMatchObject({
    FEED_IGNORED_COLUMNS: new Set(['LAST_REFRESHED']),
    MAX_REJECTED_PERCENT: 7.5,
  });
});
