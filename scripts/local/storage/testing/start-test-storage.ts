import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bucket, Storage } from '@google-cloud/storage';
import express from 'express';
import { createFaultSwitch, type FaultSwitch } from '../../rest/fault-switch.ts';
import { createStorageApi, type StorageApiOptions } from '../create-storage-api.ts';

/** A storage server of a test's own, with Google's client pointed at it. */
export type TestStorage = AsyncDisposable & {
  readonly directory: string;
  readonly url: string;
  readonly storage: Storage;
  readonly faults: FaultSwitch;
  /** A new process on the same directory: what was only in memory is gone. */
  restart(): Promise<TestStorage>;
};

export async function startTestStorage(
  options: Partial<StorageApiOptions> = {},
): Promise<TestStorage> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'storage-'));
  const api = createStorageApi({ ...options, directory });
  const faults = createFaultSwitch();
  const server = createServer(express().use(faults.handler, api.router));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function stop(): Promise<void> {
    await api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  return {
    directory,
    url,
    faults,
    storage: new Storage({
      apiEndpoint: url,
      projectId: 'test-project',
      retryOptions: { autoRetry: false },
    }),
    restart: async () => {
      await stop();
      return startTestStorage({ ...options, directory });
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The same with one bucket, `permits-feed`. */
export async function startWithBucket(): Promise<TestStorage & { readonly bucket: Bucket }> {
  const server = await startTestStorage();
  const [bucket] = await server.storage.createBucket('permits-feed');
  return { ...server, bucket };
}

/** A megabyte and more of text without a pattern that a lost or doubled piece could hide in. */
export const TEST_CONTENT = Buffer.from(
  Array.from({ length: 100_000 }, (_, index) => `{"_id":${index}}`).join(',\n'),
);
