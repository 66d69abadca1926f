import { z } from 'zod';
import { cleanName } from './mapping/clean-names.ts';
import { FEED_COLUMNS } from './mapping/columns.ts';

const TORONTO_CKAN = 'https://ckan0.cf.opendata.inter.prod-toronto.ca';

const hosts = z
  .string()
  .transform((text) => text.split(',').flatMap((host) => host.trim().toLowerCase() || []));
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const httpUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const count = z.coerce.number().int().positive();

const MAX_IGNORED_COLUMNS = 50;
const columns = z
  .string()
  .transform((text): ReadonlySet<string> => {
    const names = text.split(',').map(cleanName);
    return new Set(names.filter((name) => name !== ''));
  })
  .refine((names) => names.size <= MAX_IGNORED_COLUMNS, {
    message: `at most ${MAX_IGNORED_COLUMNS} columns can be ignored`,
  })
  .superRefine((names, context) => {
    for (const [name] of FEED_COLUMNS.filter(([mapped]) => names.has(mapped))) {
      context.addIssue(`${name} is a mapped column, which cannot be ignored`);
    }
  });

/** Makes a cross-check run even if a variable is wrong, so one error lists every fault. */
function always() {
  return true;
}

const environment = z
  .object({
    GOOGLE_CLOUD_PROJECT: z.string().min(1),
    /** Bucket of the feed objects: `runs/<run_id>/feed.json.gz`. */
    FEED_BUCKET: z.string().min(1),
    /** A PostgreSQL URL; in the cloud, CLOUD_SQL_INSTANCE is set instead. */
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    /** `project:region:instance`, reached through the Cloud SQL connector as an IAM user. */
    CLOUD_SQL_INSTANCE: z
      .string()
      .regex(/^[^:]+:[^:]+:[^:]+$/)
      .optional(),
    DATABASE_USER: z.string().min(1).optional(),
    DATABASE_NAME: z.string().min(1).default('permits'),
    /** At least 2: download's transaction holds one connection while it queries on another. */
    DATABASE_POOL_SIZE: count.min(2).default(5),
    CKAN_BASE_URL: httpUrl.default(TORONTO_CKAN),
    CKAN_PACKAGE: z.string().min(1).default('building-permits-active-permits'),
    /** Hosts or origins besides CKAN_BASE_URL that a feed may come from, comma-separated. */
    FEED_ALLOWED_HOSTS: hosts.default([]).readonly(),
    /** Limit of the feed's text after gunzip, because a small file can expand to a huge feed. */
    MAX_FEED_BYTES: count.default(2_147_483_648),
    FEED_ALLOW_LOCAL_FILES: flag.default(false),
    /** The feed at CKAN_BASE_URL is not the City's, but the local cloud's made-up one. */
    FEED_IS_MADE_UP: flag.default(false),
    /** Unmapped columns to drop, comma-separated, such as one that changes every day. */
    FEED_IGNORED_COLUMNS: columns.default(new Set<string>()),
    CHUNK_RECORDS: count.max(50_000).default(5_000),
    /** A run with a larger share of rejects fails: the mapping may be broken. */
    MAX_REJECTED_PERCENT: z.coerce.number().min(0).max(100).default(1),
    WORKFLOW_LOCATION: z.string().min(1).default('northamerica-northeast2'),
    WORKFLOW_NAME: z.string().min(1).default('permit-sync'),
    /** What `Host` may be, on any port, comma-separated; empty: it is not checked. */
    ALLOWED_HOSTS: hosts.default([]).readonly(),
    /** One endpoint for every Google API, such as the local cloud's. */
    GOOGLE_API_ENDPOINT: httpUrl.optional(),
  })
  .refine((env) => (env.DATABASE_URL === undefined) !== (env.CLOUD_SQL_INSTANCE === undefined), {
    path: ['DATABASE_URL'],
    message: 'set exactly one of DATABASE_URL and CLOUD_SQL_INSTANCE',
    when: always,
  })
  .refine((env) => env.CLOUD_SQL_INSTANCE === undefined || env.DATABASE_USER !== undefined, {
    path: ['DATABASE_USER'],
    message: 'CLOUD_SQL_INSTANCE needs DATABASE_USER, the IAM database user',
    when: always,
  });

export type Config = Readonly<z.infer<typeof environment>>;

/** Names of all variables that parseConfig reads. */
export const CONFIG_VARIABLES = Object.keys(environment.shape);

/**
 * Reads the configuration from environment variables.
 *
 * @throws Error with one line per variable that is missing or invalid.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment variables are not valid:\n${lines.join('\n')}`);
}
