import { Storage, type StorageOptions } from '@google-cloud/storage';

/** Creates a bucket unless it exists. */
export async function ensureBucket(options: StorageOptions, name: string): Promise<void> {
  const bucket = new Storage(options).bucket(name);
  const [exists] = await bucket.exists();
  if (!exists) await bucket.create();
}
