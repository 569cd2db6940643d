import { z } from 'zod';
import { areVerifierKeys, isBare, isSafe, isSigningKey, isUrl, isWebhookSecret } from './setting-values.js';

/**
 * Every setting of the environment, with its default and what it amounts to. This file is the only reader of the
 * environment; `.env.example` documents the same list.
 */
const longestMs = 10 * 365 * 86_400_000; // 10 years: beyond that, moments are no dates any more
/** A positive number of a unit, given in milliseconds. */
const duration = (unitMs: number, fallback: number) =>
  z.coerce
    .number()
    .positive()
    .max(longestMs / unitMs)
    .default(fallback)
    .transform((value) => value * unitMs);
const seconds = (fallback: number) => duration(1_000, fallback);
/** Days between commas, in growing order, given in milliseconds. */
const days = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((value) => value.split(',').map((one) => Number(one) * 86_400_000))
    .refine((all) => all.every((one, index) => one > (all[index - 1] ?? 0) && one <= longestMs));
const optional = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : value));
/** A URL of one of these kinds, or nothing. What it holds besides (passwords!) is never told in a problem. */
const url = (...protocols: readonly string[]) =>
  optional.refine((value) => value === null || protocols.some((one) => isUrl(value, `${one}:`)));
/** How many a minute, a day or at once; 0 = no limit. */
const most = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000_000).default(fallback);
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const uuid = z.uuid().transform((value) => value.toLowerCase());

const schema = z.object({
  /** Spelt exactly: a `Production` that counts as development would trust the development key. */
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port(3000),
  WORKER_PORT: port(0),
  METRICS_PORT: port(0),
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  WORKER_LANES: z.enum(['all', 'enforcement', 'screening']).default('all'),
  LANE_STALLED_SECONDS: z.coerce.number().int().min(2).max(3_600).default(15),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  POSTERN_DATA_DIR: z.string().default('.postern'),
  REQUEST_TIMEOUT_SECONDS: seconds(30), // a body of 256 kB over 70 kbit/s
  RATE_LIMIT_TENANT: most(240_000), // points a minute: 4,000 single reads a second
  RATE_LIMIT_PRINCIPAL: most(60_000), // 1,000 single reads a second, or 200 submits
  RATE_LIMIT_ADDRESS: most(20_000), // refused sign-ins a minute
  EVENT_STREAMS: most(2_000),
  EVENT_STREAMS_TENANT: most(500),
  EVENT_STREAMS_PRINCIPAL: most(100),
  EVENT_STREAMS_STAFF: most(200),
  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_APP_URL: url('postgres', 'postgresql'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  REDIS_URL: url('redis', 'rediss'),
  QUEUE_BACKEND: z.enum(['postgres', 'redis']).optional(),
  QUEUE_PREFIX: z.string().default('{postern}'),
  POLICY_PACK: z
    .string()
    .regex(/^P(10|[0-9])$/)
    .default('P3'),
  PLATFORM_TENANT_ID: uuid.default('00000000-0000-4000-8000-000000000001'),
  TOKEN_AUDIENCE: z.string().default('api://postern'),
  TOKEN_ISSUER_TEMPLATE: z.string().includes('{tid}').default('https://login.microsoftonline.com/{tid}/v2.0'),
  TOKEN_KEYS_TEMPLATE: z
    .string()
    .includes('{tid}')
    .default('https://login.microsoftonline.com/{tid}/discovery/v2.0/keys'),
  TOKEN_KEYS_COOLDOWN_SECONDS: seconds(30),
  /** Comma-separated, so that one can follow the other: whoever holds one may deliver events of the cloud. */
  EVENT_SECRETS: optional.refine(
    (value) => value === null || value.split(',').every((one) => one.trim().length >= 32),
  ),
  /** Signs list cursors and hashes contacts; the same for every process of a deployment. */
  POSTERN_SECRET: optional,
  /** Signs checkpoints of the audit and receipts of decisions: Ed25519, PKCS#8 in base64. */
  AUDIT_SIGNING_KEY: optional.refine((value) => value === null || isSigningKey(value)),
  /** What this deployment's log is called: the first line of its checkpoints, the name of its key. */
  AUDIT_ORIGIN: optional.refine((value) => value === null || /^[^\s+]{1,200}$/.test(value)),
  AUDIT_RETIRED_KEYS: optional.refine((value) => value === null || areVerifierKeys(value)),
  ARM_ENDPOINT: z.url().default('https://management.azure.com'),
  ARM_CREDENTIAL: z.enum(['azure', 'static']).default('azure'),
  ARM_TOKEN: optional,
  ARM_TOKEN_SCOPE: z.string().default('https://management.azure.com/.default'),
  /** Unset: `signed-http` in production, the emulator's switchboard elsewhere. */
  GATE_ADAPTER: z.enum(['emulator', 'signed-http']).optional(),
  GATE_URL: url('https', 'http'),
  /** Standard Webhooks 1.0: `whsec_` and 24 to 64 bytes in base64. */
  GATE_SECRET: optional.refine((value) => value === null || isWebhookSecret(value)),
  /** `host:port`, an IPv6 address in brackets. */
  DNS_RESOLVER: optional.refine(
    (value) => value === null || /^(\[[\da-f:]+\]|[^\s:]+):\d{1,5}$/i.test(value),
  ),
  BLOCKLIST_ZONES: optional,
  SMTP_URL: url('smtp', 'smtps'),
  MAIL_FROM: optional.refine((value) => value === null || value.includes('@')),
  /** One address, of a team: whoever reads it looks after machines that the service stopped and cannot start. */
  SUPPORT_MAIL: optional.refine((value) => value === null || /^[^\s,@]+@[^\s,@]+$/.test(value)),
  CHECK_ROUND_TIMEOUT_SECONDS: seconds(600), // 10 minutes
  INFORMATION_PATIENCE_DAYS: duration(86_400_000, 14), // 2 weeks
  CLAIM_SECONDS: seconds(1_800), // 30 minutes
  RELATIONSHIP_FRESH_DAYS: duration(86_400_000, 30), // a month
  OPERATION_DEADLINE_SECONDS: seconds(1_200), // 20 minutes
  REVIEW_WITHIN_HOURS: duration(3_600_000, 48), // 2 days
  ORDER_SEEN_SECONDS: seconds(60),
  SHORTEST_WINDOW_SECONDS: seconds(240), // 4 minutes: two for a deallocate, two for a start
  GONE_CONFIRM_SECONDS: seconds(60),
  ACTIVITY_LOG_LATE_SECONDS: seconds(1_200), // 20 minutes
  CLOCK_MARGIN_SECONDS: seconds(300), // 5 minutes
  CLOCK_TOLERANCE_SECONDS: z.coerce
    .number()
    .min(20)
    .max(longestMs / 1_000)
    .default(60)
    .transform((value) => value * 1_000),
  CONTROL_PROOF_WAIT_HOURS: duration(3_600_000, 72), // 3 days
  CONTROL_PROOF_DAYS: duration(86_400_000, 30), // a month
  OPERATOR_MAX_UNAVAILABLE: z
    .string()
    .regex(/^([1-9][0-9]*|[1-9][0-9]?%|100%)$/)
    .default('25%'),
  OBSERVE_SECONDS: seconds(15),
  WATCH_SECONDS: seconds(300), // 5 minutes
  WATCH_LOOKS_A_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(300), // 5 minutes for 1,500 exemptions
  ACTIVITY_LOG_SECONDS: seconds(60),
  FILINGS_A_DAY_SUBSCRIPTION: most(5),
  FILINGS_A_DAY_TENANT: most(200), // four batches of 50
  MAILS_A_DAY_ADDRESS: most(40),
  MAILS_A_DAY_SUBSCRIPTION: most(20),
  REMIND_AFTER_DAYS: days('1,3,7'),
  REMIND_EVERY_DAYS: duration(86_400_000, 7), // weekly
  SWEEP_SECONDS: seconds(5),
  LEASE_SECONDS: seconds(60),
  LOST_AFTER_SECONDS: seconds(60),
  RELAY_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(1_000),
});

export type Environment = z.infer<typeof schema>;

/** Every setting there is, for whoever documents them. */
export const settingNames: readonly string[] = Object.keys(schema.shape);

/** Thrown for a configuration that cannot work: every problem at once, by name, never by value. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the configuration cannot work:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Parses the environment once. Throws ConfigurationError with every problem. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) {
    const problems = contradictions(parsed.data);
    if (problems.length > 0) throw new ConfigurationError(problems);
    return Object.freeze(parsed.data);
  }
  const { issues } = parsed.error;
  const wrong = new Set(issues.map((issue) => issue.path.join('.')));
  // The rest is judged as if what is wrong were not given, so that one start tells everything.
  const rest = schema.parse(Object.fromEntries(given.filter(([name]) => !wrong.has(name))));
  throw new ConfigurationError([
    ...issues.map((issue) => `${issue.path.join('.')}: ${wordsFor(issue.code)}`),
    ...contradictions(rest).filter((problem) => ![...wrong].some((name) => namesIn(problem).includes(name))),
  ]);
}

/** Which settings a problem is about: what is wrong in itself is not told to be missing as well. */
function namesIn(problem: string): readonly string[] {
  return problem.match(/\b[A-Z]+(_[A-Z]+)+/g) ?? [];
}

function wordsFor(code: string): string {
  return `is not a value that this setting takes (${code}); see .env.example`;
}

/** What single settings cannot say of each other. */
function contradictions(env: Environment): readonly string[] {
  const inProduction = env.NODE_ENV === 'production';
  const reachable = (name: string, value: string | null) =>
    claim(
      value === null || isSafe(value, inProduction),
      `${name}: must be https, or http on loopback outside production`,
    );
  return [
    reachable('ARM_ENDPOINT', env.ARM_ENDPOINT),
    claim(isBare(env.ARM_ENDPOINT, 'origin'), 'ARM_ENDPOINT: is scheme, host and port, and nothing else'),
    reachable('GATE_URL', env.GATE_URL),
    claim(
      env.GATE_URL === null || isBare(env.GATE_URL, 'base'),
      'GATE_URL: takes no name, password, query or fragment',
    ),
    // The keys decide whose tokens are believed: whoever can change them on the wire is anybody.
    reachable('TOKEN_KEYS_TEMPLATE', env.TOKEN_KEYS_TEMPLATE.replaceAll('{tid}', 'tid')),
    claim(
      env.ARM_CREDENTIAL !== 'static' || env.ARM_TOKEN !== null,
      'ARM_TOKEN: is needed with ARM_CREDENTIAL=static',
    ),
    claim(
      env.QUEUE_BACKEND !== 'redis' || env.REDIS_URL !== null,
      'REDIS_URL: is needed with QUEUE_BACKEND=redis',
    ),
    ...gateContradictions(env, inProduction),
    claim((env.SMTP_URL === null) === (env.MAIL_FROM === null), 'SMTP_URL and MAIL_FROM: both or none'),
    claim(env.SUPPORT_MAIL === null || env.SMTP_URL !== null, 'SUPPORT_MAIL: needs the relay of SMTP_URL'),
    claim(
      !inProduction || (env.POSTERN_SECRET?.length ?? 0) >= 32,
      'POSTERN_SECRET: is needed in production, at least 32 characters',
    ),
    claim(
      !inProduction || (env.AUDIT_SIGNING_KEY !== null && env.AUDIT_ORIGIN !== null),
      'AUDIT_SIGNING_KEY and AUDIT_ORIGIN: are needed in production',
    ),
  ].filter((problem) => problem !== null);
}

/** An order to the gate that nobody signed could be anybody's: there is no unsigned way but the emulator's. */
function gateContradictions(env: Environment, inProduction: boolean): readonly (string | null)[] {
  const isSigned = env.GATE_ADAPTER === 'signed-http' || (env.GATE_ADAPTER === undefined && inProduction);
  return [
    claim(
      env.GATE_ADAPTER !== 'emulator' || !inProduction,
      'GATE_ADAPTER: the emulator’s switchboard is no gate for production',
    ),
    claim(
      !isSigned || (env.GATE_URL !== null && env.GATE_SECRET !== null),
      'GATE_URL and GATE_SECRET: are needed with GATE_ADAPTER=signed-http',
    ),
  ];
}

function claim(isSo: boolean, problem: string): string | null {
  return isSo ? null : problem;
}
