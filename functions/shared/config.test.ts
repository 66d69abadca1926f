import { describe, expect, test } from 'vitest';
import { CONFIG_VARIABLES, parseConfig } from './config.ts';

const REQUIRED = {
  GOOGLE_CLOUD_PROJECT: 'permits-project',
  FEED_BUCKET: 'feeds',
  DATABASE_URL: 'postgres://sync@127.0.0.1:5432/permits',
};
const CLOUD_SQL = {
  GOOGLE_CLOUD_PROJECT: 'permits-project',
  FEED_BUCKET: 'feeds',
  CLOUD_SQL_INSTANCE: 'project:region:instance',
  DATABASE_USER: 'sync@project.iam',
};

/** The variables that parseConfig complains about. */
function faultsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    parseConfig(env);
  } catch (error) {
    const [, ...lines] = String(error).split('\n');
    return lines.map((line) => line.trim().split(':')[0] ?? '').sort();
  }
  return [];
}

describe('parseConfig', () => {
  test('requires three variables and has defaults for the others', () => {
    expect(parseConfig(REQUIRED)).toEqual({
      ...REQUIRED,
      DATABASE_NAME: 'permits',
      DATABASE_POOL_SIZE: 5,
      CKAN_BASE_URL: 'https://ckan0.cf.opendata.inter.prod-toronto.ca',
      CKAN_PACKAGE: 'building-permits-active-permits',
      FEED_ALLOWED_HOSTS: [],
      MAX_FEED_BYTES: 2_147_483_648,
      FEED_ALLOW_LOCAL_FILES: false,
      FEED_IGNORED_COLUMNS: new Set(),
      FEED_IS_MADE_UP: false,
      CHUNK_RECORDS: 5_000,
      MAX_REJECTED_PERCENT: 1,
      WORKFLOW_LOCATION: 'northamerica-northeast2',
      WORKFLOW_NAME: 'permit-sync',
      ALLOWED_HOSTS: [],
    });
  });

  test('reads every variable in CONFIG_VARIABLES and ignores others', () => {
    const env = {
      ...REQUIRED,
      DATABASE_POOL_SIZE: '8',
      CKAN_BASE_URL: 'http://127.0.0.1:8080/portal//',
      FEED_ALLOWED_HOSTS: ' Files.example ,, http://127.0.0.1:9000 ',
      MAX_FEED_BYTES: '1000',
      FEED_ALLOW_LOCAL_FILES: 'true',
      FEED_IGNORED_COLUMNS: ' LAST_REFRESHED ,,OWN ID',
      FEED_IS_MADE_UP: 'true',
      CHUNK_RECORDS: '100',
      MAX_REJECTED_PERCENT: '2.5',
      GOOGLE_API_ENDPOINT: 'http://127.0.0.1:8080/',
      ALLOWED_HOSTS: 'localhost, [::1]',
      HOME: '/root',
    };
    const config = parseConfig(env);
    expect(config).toMatchObject({
      DATABASE_POOL_SIZE: 8,
      CKAN_BASE_URL: 'http://127.0.0.1:8080/portal',
      FEED_ALLOWED_HOSTS: ['files.example', 'http://127.0.0.1:9000'],
      MAX_FEED_BYTES: 1_000,
      FEED_ALLOW_LOCAL_FILES: true,
      FEED_IGNORED_COLUMNS: new Set(['LAST_REFRESHED', 'OWN ID']),
      FEED_IS_MADE_UP: true,
      CHUNK_RECORDS: 100,
      MAX_REJECTED_PERCENT: 2.5,
      GOOGLE_API_ENDPOINT: 'http://127.0.0.1:8080',
      ALLOWED_HOSTS: ['localhost', '[::1]'],
    });
    const optional = ['CLOUD_SQL_INSTANCE', 'DATABASE_USER'];
    expect([...Object.keys(config), ...optional].sort()).toEqual([...CONFIG_VARIABLES].sort());
  });

  test('treats an empty variable as unset', () => {
    const empty = Object.fromEntries(CONFIG_VARIABLES.map((name) => [name, '']));
    expect(parseConfig({ ...empty, ...REQUIRED })).toEqual(parseConfig(REQUIRED));
    expect(faultsOf({ ...REQUIRED, FEED_BUCKET: '' })).toEqual(['FEED_BUCKET']);
  });

  test('lists every bad variable in one error', () => {
    const env = {
      DATABASE_POOL_SIZE: '1',
      CKAN_BASE_URL: 'ftp://portal.example',
      FEED_ALLOW_LOCAL_FILES: 'yes',
      CHUNK_RECORDS: '0',
      CLOUD_SQL_INSTANCE: 'only-a-name',
    };
    expect(faultsOf(env)).toEqual([
      'CHUNK_RECORDS',
      'CKAN_BASE_URL',
      'CLOUD_SQL_INSTANCE',
      'DATABASE_POOL_SIZE',
      'DATABASE_USER',
      'FEED_ALLOW_LOCAL_FILES',
      'FEED_BUCKET',
      'GOOGLE_CLOUD_PROJECT',
    ]);
  });

  test('lists a missing database along with other faults', () => {
    expect(faultsOf({})).toEqual(['DATABASE_URL', 'FEED_BUCKET', 'GOOGLE_CLOUD_PROJECT']);
  });

  test.each([
    ['neither', { DATABASE_URL: undefined }, ['DATABASE_URL']],
    ['both', { ...CLOUD_SQL }, ['DATABASE_URL']],
  ])('requires exactly one of DATABASE_URL and CLOUD_SQL_INSTANCE, not %s', (_, env, faults) => {
    expect(faultsOf({ ...REQUIRED, ...env })).toEqual(faults);
  });

  test('accepts CLOUD_SQL_INSTANCE only with its IAM user', () => {
    expect(parseConfig(CLOUD_SQL)).toMatchObject(CLOUD_SQL);
    expect(faultsOf({ ...CLOUD_SQL, DATABASE_USER: undefined })).toEqual(['DATABASE_USER']);
  });

  test.each([
    ['DATABASE_URL', 'mysql://127.0.0.1/permits'],
    ['DATABASE_POOL_SIZE', '2.5'],
    ['DATABASE_POOL_SIZE', 'many'],
    ['CHUNK_RECORDS', '50001'],
    ['CHUNK_RECORDS', '-1'],
    ['MAX_REJECTED_PERCENT', '101'],
    ['MAX_REJECTED_PERCENT', 'some'],
    ['GOOGLE_API_ENDPOINT', 'localhost:8080'],
    ['FEED_ALLOW_LOCAL_FILES', 'TRUE'],
    ['FEED_IGNORED_COLUMNS', 'LAST_REFRESHED, STATUS'],
    ['FEED_IGNORED_COLUMNS', Array.from({ length: 51 }, (_, index) => `C${index}`).join()],
  ])('refuses %s=%s', (name, value) => {
    expect(faultsOf({ ...REQUIRED, [name]: value })).toEqual([name]);
  });

  test('says why a mapped column cannot be ignored', () => {
    expect(() => parseConfig({ ...REQUIRED, FEED_IGNORED_COLUMNS: 'A, STATUS' })).toThrow(
      'FEED_IGNORED_COLUMNS: STATUS is a mapped column, which cannot be ignored',
    );
  });

  test('never repeats a value, which may be a password', () => {
    const env = { ...REQUIRED, DATABASE_URL: 'mysql://sync:secret@127.0.0.1/permits' };
    expect(() => parseConfig(env)).toThrow('DATABASE_URL');
    expect(() => parseConfig(env)).not.toThrow('secret');
  });

  test('returns a frozen object', () => {
    const config = parseConfig(REQUIRED);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.FEED_ALLOWED_HOSTS)).toBe(true);
  });
});
