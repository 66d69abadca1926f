import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Bucket, type File, Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { uploadOptions } from '../../../functions/download/upload-options.ts';
import { classifyError } from '../../../functions/shared/errors.ts';
import { readObject } from '../../../functions/shared/read-object.ts';
import type { Fault } from '../rest/fault-switch.ts';
import { startTestStorage, TEST_CONTENT, type TestStorage } from './testing/start-test-storage.ts';

const READ = /^GET .*alt=media/;
const BEGIN_UPLOAD = /^POST \/upload/;
const UPLOAD = /^PUT \/upload/;

/** The reader's own five attempts, without its waits. */
const retry = { retries: 4, minTimeout: 1 };

/** Starts a server with a bucket of the functions' client, which retries after a second at most. */
async function start() {
  const storage = await startTestStorage();
  const { url: apiEndpoint } = storage;
  const retryOptions = { maxRetryDelay: 1 };
  const client = new Storage({ apiEndpoint, projectId: 'test-project', retryOptions });
  const [ofClient] = await client.createBucket('permits-feed');
  return { ...storage, bucket: ofClient };
}

let server: TestStorage;
let bucket: Bucket;

beforeAll(async () => {
  server = await start();
  ({ bucket } = server as Awaited<ReturnType<typeof start>>);
});

afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  server.faults.disarm();
});

const READ_FAULTS: readonly Fault[] = [
  { status: 503 },
  { status: 500 },
  { status: 429 },
  { cutResponseAfter: 0 },
  { cutResponseAfter: 1 },
  { cutResponseAfter: 700_000 },
];

describe('an object is read to its end', () => {
  beforeAll(() => bucket.file('feed').save(TEST_CONTENT));

  test.each(READ_FAULTS)('after %j', async (fault) => {
    server.faults.arm({ operation: READ, fault });
    const bytes = await buffer(readObject(bucket.file('feed'), { retry }));
    expect(bytes.equals(TEST_CONTENT)).toBe(true);
    expect(server.faults.disarm()).toBe(1);
  });

  test.each(READ_FAULTS)('in a range, after %j', async (fault) => {
    server.faults.arm({ operation: READ, fault });
    const bytes = await buffer(readObject(bucket.file('feed'), { start: 10, end: 900_000, retry }));
    expect(bytes.equals(TEST_CONTENT.subarray(10, 900_000))).toBe(true);
    expect(server.faults.disarm()).toBe(1);
  });

  test('as long as every attempt gets further', async () => {
    server.faults.arm({ operation: READ, fault: { cutResponseAfter: 100_000 }, times: 99 });
    const bytes = await buffer(readObject(bucket.file('feed'), { retry }));
    expect(bytes.equals(TEST_CONTENT)).toBe(true);
    expect(server.faults.disarm()).toBeGreaterThan(10);
  });

  test('if the connection is cut after its last byte', async () => {
    const fault = { cutResponseAfter: TEST_CONTENT.length };
    server.faults.arm({ operation: READ, fault }, { operation: READ, fault: { status: 503 } });
    const bytes = await buffer(readObject(bucket.file('feed'), { retry }));
    expect(bytes.equals(TEST_CONTENT)).toBe(true);
  });

  test('if it is empty', async () => {
    await bucket.file('empty').save('');
    server.faults.arm({ operation: READ, fault: { status: 503 } });
    expect(await buffer(readObject(bucket.file('empty'), { retry }))).toHaveLength(0);
  });
});

describe('a reader', () => {
  test.each<[Fault, string]>([
    [{ status: 503 }, 'google_api_unavailable'],
    [{ status: 429 }, 'google_api_unavailable'],
    [{ status: 500 }, 'google_api_unavailable'],
    [{ cutResponseAfter: 0 }, 'connection_failed'],
  ])('gives up after five attempts without progress: %j', async (fault, code) => {
    await bucket.file('feed').save(TEST_CONTENT);
    server.faults.arm({ operation: READ, fault, times: 99 });
    const error = await buffer(readObject(bucket.file('feed'), { retry })).catch(classifyError);
    expect(error).toMatchObject({ outcome: 'transient', code });
    expect(server.faults.disarm()).toBe(5);
  });

  test('does not try again for an object that does not exist', async () => {
    const missing = buffer(readObject(bucket.file('missing'), { retry: { retries: 99 } }));
    await expect(missing).rejects.toMatchObject({ code: 404 });
  });

  test('never joins two generations of an object', async () => {
    await bucket.file('replaced').save(TEST_CONTENT);
    server.faults.arm({ operation: READ, fault: { cutResponseAfter: 300_000 } });
    const parts = readObject(bucket.file('replaced'), { retry });
    await parts.next();
    await bucket.file('replaced').save(TEST_CONTENT);
    await expect(buffer(parts)).rejects.toMatchObject({ code: 404 });
  });

  test('causes no warning', async () => {
    await bucket.file('feed').save(TEST_CONTENT);
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    await buffer(readObject(bucket.file('feed'), { start: 0, end: 1000, retry }));
    // Node emits a warning in the next tick.
    await new Promise(setImmediate);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});

describe.concurrent('the upload of a feed', () => {
  /** Two chunks of the upload. */
  const content = randomBytes(9_000_000);

  async function upload(file: File): Promise<void> {
    await pipeline([content], file.createWriteStream(await uploadOptions(file)));
  }

  test.each<[RegExp, Fault]>([
    [BEGIN_UPLOAD, { status: 503 }],
    [BEGIN_UPLOAD, { status: 429 }],
    [BEGIN_UPLOAD, { cutResponseAfter: 0 }],
    [UPLOAD, { status: 503 }],
    [UPLOAD, { status: 429 }],
    [UPLOAD, { cutRequestAfter: 0 }],
    [UPLOAD, { cutRequestAfter: 5_000_000 }],
    [UPLOAD, { cutResponseAfter: 0 }],
  ])('goes on after %s %j', async (operation, fault) => {
    await using server = await start();
    const file = server.bucket.file('feed');
    await file.save('an earlier attempt');
    server.faults.arm({ operation, fault });
    await upload(file);
    expect(server.faults.disarm()).toBe(1);
    expect((await buffer(readObject(file))).equals(content)).toBe(true);
  });

  test('fails for good if every request does', async () => {
    await using server = await start();
    server.faults.arm({ operation: UPLOAD, fault: { status: 503 }, times: 99 });
    const failed = upload(server.bucket.file('feed')).catch(classifyError);
    expect(await failed).toMatchObject({ outcome: 'transient', code: 'google_api_unavailable' });
  });

  test('is refused if another object came meanwhile', async () => {
    await using server = await start();
    const file = server.bucket.file('feed');
    const options = await uploadOptions(file);
    await file.save('the other');
    await expect(pipeline([content], file.createWriteStream(options))).rejects.toThrow(
      'pre-conditions',
    );
    expect((await buffer(readObject(file))).toString()).toBe('the other');
  });

  test('is checked by MD5', async () => {
    await using server = await start();
    const file = server.bucket.file('feed');
    server.faults.arm({ operation: UPLOAD, fault: { changeRequestAt: 1000 } });
    await expect(upload(file)).rejects.toMatchObject({ code: 'FILE_NO_UPLOAD' });
    expect(await file.exists()).toEqual([false]);
  });
});
