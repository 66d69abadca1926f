import { z } from 'zod';

const MAX_PATH_CHARACTERS = 2048;

/** A text that PostgreSQL can store, which has no character NUL. */
export const storedText = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0'), 'has a NUL character');

export const filePath = storedText.max(MAX_PATH_CHARACTERS);
