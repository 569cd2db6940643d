import { readEnvironment, type Environment } from './env.js';

/** The configuration in parts, as the rings take it; parsed and frozen once at the start of a process. */
export interface Configuration {
  readonly isProduction: boolean;
  readonly logLevel: string;
  readonly dataDir: string;
  /** Null outside production where nothing is set: then the launcher's data directory keeps one. */
  readonly secret: string | null;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly workerPort: number;
    readonly metricsPort: number;
    readonly trustedHops: number;
    readonly requestTimeoutMs: number;
  };
  readonly worker: {
    /** `all`: the process carries out enforcement, and runs screening in a process of its own beside it. */
    readonly lanes: 'all' | 'enforcement' | 'screening';
    readonly laneStalledSeconds: number;
  };
  /** A process whose clock differs more from the database's does nothing until it is right again. */
  readonly clockToleranceMs: number;
  /** 0 = no limit. */
  readonly limits: {
    readonly tenantPoints: number;
    readonly principalPoints: number;
    readonly refusedSignIns: number;
    readonly streams: number;
    readonly streamsOfTenant: number;
    readonly streamsOfPrincipal: number;
    readonly streamsForStaff: number;
  };
  readonly database: {
    readonly ownerUrl: string | null;
    readonly appUrl: string | null;
    readonly poolSize: number;
  };
  readonly queue: {
    readonly backend: 'postgres' | 'redis';
    readonly redisUrl: string | null;
    readonly prefix: string;
    readonly sweepEveryMs: number;
    readonly leaseMs: number;
    readonly lostAfterMs: number;
    readonly pollMs: number;
  };
  readonly audit: {
    readonly origin: string;
    /** Null outside production where nothing is set: then the launcher's data directory keeps one. */
    readonly signingKey: string | null;
    readonly retiredKeys: readonly string[];
  };
  readonly tokens: {
    readonly audience: string;
    readonly issuerTemplate: string;
    readonly keysTemplate: string;
    readonly keysCooldownMs: number;
    readonly platformTenantId: string;
    readonly eventSecrets: readonly string[];
  };
  readonly arm: {
    readonly endpoint: string;
    readonly credential: 'azure' | 'static';
    readonly token: string | null;
    readonly scope: string;
  };
  readonly gate: {
    readonly adapter: 'emulator' | 'signed-http';
    readonly url: string | null;
    readonly secret: string | null;
  };
  readonly dns: { readonly resolver: string | null; readonly blocklistZones: readonly string[] | null };
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  /** Where calls for a support engineer go; null where they are a line in the log. */
  readonly supportMail: string | null;
  readonly settings: {
    readonly defaultPack: string;
    readonly platformTenantId: string;
    readonly checkRoundTimeoutMs: number;
    readonly informationPatienceMs: number;
    readonly claimMs: number;
    readonly relationshipsFreshForMs: number;
    readonly operationDeadlineMs: number;
    readonly reviewWithinMs: number;
    readonly orderSeenMs: number;
    readonly shortestWindowMs: number;
    readonly goneConfirmMs: number;
    readonly logLateMs: number;
    readonly clockMarginMs: number;
    readonly controlProofWaitMs: number;
    readonly controlProofMs: number;
    readonly operatorMaxUnavailable: number | string;
    readonly observeEveryMs: number;
    readonly watchEveryMs: number;
    readonly watchLooksAMinute: number;
    readonly activityLogEveryMs: number;
    readonly remindAfterMs: readonly number[];
    readonly remindEveryMs: number;
    readonly engineersAreMailed: boolean;
    readonly filingsADayOfSubscription: number;
    readonly filingsADayOfTenant: number;
    readonly mailsADayOfAddress: number;
    readonly mailsADayOfSubscription: number;
  };
}

/** Reads and parts the environment. Throws ConfigurationError with every problem, never with a value. */
export function readConfiguration(env: NodeJS.ProcessEnv = process.env): Configuration {
  const e = readEnvironment(env);
  const isProduction = e.NODE_ENV === 'production';
  return frozen({
    isProduction,
    logLevel: e.LOG_LEVEL,
    dataDir: e.POSTERN_DATA_DIR,
    secret: e.POSTERN_SECRET,
    http: httpOf(e),
    clockToleranceMs: e.CLOCK_TOLERANCE_SECONDS,
    worker: { lanes: e.WORKER_LANES, laneStalledSeconds: e.LANE_STALLED_SECONDS },
    limits: limitsOf(e),
    database: { ownerUrl: e.DATABASE_URL, appUrl: e.DATABASE_APP_URL, poolSize: e.DATABASE_POOL_SIZE },
    queue: queueOf(e),
    audit: auditOf(e),
    tokens: {
      audience: e.TOKEN_AUDIENCE,
      issuerTemplate: e.TOKEN_ISSUER_TEMPLATE,
      keysTemplate: e.TOKEN_KEYS_TEMPLATE,
      keysCooldownMs: e.TOKEN_KEYS_COOLDOWN_SECONDS,
      platformTenantId: e.PLATFORM_TENANT_ID,
      eventSecrets: listOf(e.EVENT_SECRETS) ?? [],
    },
    arm: {
      endpoint: new URL(e.ARM_ENDPOINT).origin,
      credential: e.ARM_CREDENTIAL,
      token: e.ARM_TOKEN,
      scope: e.ARM_TOKEN_SCOPE,
    },
    gate: {
      adapter: e.GATE_ADAPTER ?? (isProduction ? 'signed-http' : 'emulator'),
      url: e.GATE_URL,
      secret: e.GATE_SECRET,
    },
    dns: { resolver: e.DNS_RESOLVER, blocklistZones: listOf(e.BLOCKLIST_ZONES) },
    mail: e.SMTP_URL === null || e.MAIL_FROM === null ? null : { smtpUrl: e.SMTP_URL, from: e.MAIL_FROM },
    supportMail: e.SUPPORT_MAIL,
    settings: settingsOf(e),
  });
}

/** What stands between commas; null where nothing is given. */
function listOf(value: string | null): readonly string[] | null {
  if (value === null) return null;
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function httpOf(e: Environment): Configuration['http'] {
  const requestTimeoutMs = e.REQUEST_TIMEOUT_SECONDS;
  return {
    host: e.HOST,
    port: e.PORT,
    workerPort: e.WORKER_PORT,
    metricsPort: e.METRICS_PORT,
    trustedHops: e.TRUSTED_PROXY_HOPS,
    requestTimeoutMs,
  };
}

function limitsOf(e: Environment): Configuration['limits'] {
  return {
    tenantPoints: e.RATE_LIMIT_TENANT,
    principalPoints: e.RATE_LIMIT_PRINCIPAL,
    refusedSignIns: e.RATE_LIMIT_ADDRESS,
    streams: e.EVENT_STREAMS,
    streamsOfTenant: e.EVENT_STREAMS_TENANT,
    streamsOfPrincipal: e.EVENT_STREAMS_PRINCIPAL,
    streamsForStaff: e.EVENT_STREAMS_STAFF,
  };
}

/** Frozen with its parts: nobody changes a setting while the process runs. */
function frozen(configuration: Configuration): Configuration {
  for (const part of Object.values(configuration)) Object.freeze(part);
  return Object.freeze(configuration);
}

function auditOf(e: Environment): Configuration['audit'] {
  return {
    origin: e.AUDIT_ORIGIN ?? 'postern.localhost/audit',
    signingKey: e.AUDIT_SIGNING_KEY,
    retiredKeys: listOf(e.AUDIT_RETIRED_KEYS) ?? [],
  };
}

function settingsOf(e: Environment): Configuration['settings'] {
  const limit = e.OPERATOR_MAX_UNAVAILABLE;
  return {
    defaultPack: e.POLICY_PACK,
    platformTenantId: e.PLATFORM_TENANT_ID,
    checkRoundTimeoutMs: e.CHECK_ROUND_TIMEOUT_SECONDS,
    informationPatienceMs: e.INFORMATION_PATIENCE_DAYS,
    claimMs: e.CLAIM_SECONDS,
    relationshipsFreshForMs: e.RELATIONSHIP_FRESH_DAYS,
    operationDeadlineMs: e.OPERATION_DEADLINE_SECONDS,
    reviewWithinMs: e.REVIEW_WITHIN_HOURS,
    orderSeenMs: e.ORDER_SEEN_SECONDS,
    shortestWindowMs: e.SHORTEST_WINDOW_SECONDS,
    goneConfirmMs: e.GONE_CONFIRM_SECONDS,
    logLateMs: e.ACTIVITY_LOG_LATE_SECONDS,
    clockMarginMs: e.CLOCK_MARGIN_SECONDS,
    controlProofWaitMs: e.CONTROL_PROOF_WAIT_HOURS,
    controlProofMs: e.CONTROL_PROOF_DAYS,
    operatorMaxUnavailable: limit.endsWith('%') ? limit : Number(limit),
    observeEveryMs: e.OBSERVE_SECONDS,
    watchEveryMs: e.WATCH_SECONDS,
    watchLooksAMinute: e.WATCH_LOOKS_A_MINUTE,
    activityLogEveryMs: e.ACTIVITY_LOG_SECONDS,
    remindAfterMs: e.REMIND_AFTER_DAYS,
    remindEveryMs: e.REMIND_EVERY_DAYS,
    engineersAreMailed: e.SUPPORT_MAIL !== null,
    filingsADayOfSubscription: e.FILINGS_A_DAY_SUBSCRIPTION,
    filingsADayOfTenant: e.FILINGS_A_DAY_TENANT,
    mailsADayOfAddress: e.MAILS_A_DAY_ADDRESS,
    mailsADayOfSubscription: e.MAILS_A_DAY_SUBSCRIPTION,
  };
}

function queueOf(e: ReturnType<typeof readEnvironment>): Configuration['queue'] {
  return {
    backend: e.QUEUE_BACKEND ?? (e.REDIS_URL === null ? 'postgres' : 'redis'),
    redisUrl: e.REDIS_URL,
    prefix: e.QUEUE_PREFIX,
    sweepEveryMs: e.SWEEP_SECONDS,
    leaseMs: e.LEASE_SECONDS,
    lostAfterMs: e.LOST_AFTER_SECONDS,
    pollMs: e.RELAY_POLL_MS,
  };
}
