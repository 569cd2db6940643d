import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readConfiguration } from './configuration.js';
import { ConfigurationError, readEnvironment, settingNames } from './env.js';

const production = {
  NODE_ENV: 'production',
  POSTERN_SECRET: 's'.repeat(32),
  AUDIT_SIGNING_KEY: Buffer.from(`302e020100300506032b657004220420${'07'.repeat(32)}`, 'hex').toString(
    'base64',
  ),
  AUDIT_ORIGIN: 'postern.example/audit',
  GATE_URL: 'https://fabric.example',
  GATE_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
};

/** What is wrong with an environment, a line a problem. */
function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfiguration(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the example of the settings', () => {
  const example = parseEnv(readFileSync('.env.example', 'utf8'));

  it('names every setting, and none that there is not', () => {
    expect(Object.keys(example).sort()).toEqual([...settingNames].sort());
  });

  it('gives each its default', () => {
    expect(readEnvironment(example)).toEqual(readEnvironment({}));
  });
});

describe('the configuration', () => {
  it('works outside production with nothing set', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('takes an empty value for none', () => {
    expect(readConfiguration({ PORT: '', ARM_TOKEN: '', QUEUE_BACKEND: '' })).toEqual(readConfiguration({}));
  });

  it('is frozen in all its parts', () => {
    const configuration = readConfiguration({});
    for (const part of [configuration, configuration.settings, configuration.arm, configuration.gate])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('tells every problem at once, by name and never by value', () => {
    const secrets = { SMTP_URL: 'user:hunter2@relay', GATE_SECRET: 'hunter2', REDIS_URL: 'hunter2' };
    const problems = problemsOf({ ...secrets, PORT: 'hunter2', CLAIM_SECONDS: '-1', POLICY_PACK: 'P11' });
    const names = ['PORT', 'REDIS_URL', 'POLICY_PACK', 'GATE_SECRET', 'SMTP_URL', 'CLAIM_SECONDS'];
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(names.sort());
    expect(problems.join()).not.toContain('hunter2');
  });

  it('tells what is wrong in itself and what contradicts in one go, and nothing twice', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: 'hunter2',
      GATE_SECRET: 'hunter2',
      ARM_CREDENTIAL: 'static',
      QUEUE_BACKEND: 'redis',
      REDIS_URL: 'hunter2',
    });
    const names = [
      'ARM_TOKEN',
      'AUDIT_SIGNING_KEY and AUDIT_ORIGIN',
      'GATE_SECRET',
      'PORT',
      'POSTERN_SECRET',
      'REDIS_URL',
    ];
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(names);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('puts the problems into the error’s own words, a line each', () => {
    expect(() => readConfiguration({ PORT: 'hunter2', CLAIM_SECONDS: '0' })).toThrow(
      /cannot work:\n {2}- PORT: .*\n {2}- CLAIM_SECONDS: /,
    );
  });

  it('takes an endpoint with or without its last slash', () => {
    const { arm } = readConfiguration({ ARM_ENDPOINT: 'http://127.0.0.1:3001/' });
    expect(arm.endpoint).toBe('http://127.0.0.1:3001');
  });

  it('gives durations in milliseconds', () => {
    const { settings } = readConfiguration({ CLAIM_SECONDS: '0.5', INFORMATION_PATIENCE_DAYS: '1' });
    expect(settings).toMatchObject({
      claimMs: 500,
      informationPatienceMs: 86_400_000,
      reviewWithinMs: 172_800_000,
    });
  });

  it.each([
    ['25%', '25%'],
    ['3', 3],
  ])('takes the operator’s limit %s', (given, limit) => {
    expect(readConfiguration({ OPERATOR_MAX_UNAVAILABLE: given }).settings.operatorMaxUnavailable).toBe(
      limit,
    );
  });

  it.each(['0', '0%', '101%', '-1', 'all'])('refuses the operator’s limit %s', (given) => {
    expect(problemsOf({ OPERATOR_MAX_UNAVAILABLE: given })).toHaveLength(1);
  });

  it.each([
    [{}, 'postgres'],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, 'redis'],
    [{ REDIS_URL: 'redis://127.0.0.1:1', QUEUE_BACKEND: 'postgres' }, 'postgres'],
  ])('given %j queues on %s', (env, backend) => {
    expect(readConfiguration(env).queue.backend).toBe(backend);
  });

  it.each([
    [{ QUEUE_BACKEND: 'redis' }, 'REDIS_URL'],
    [{ ARM_CREDENTIAL: 'static' }, 'ARM_TOKEN'],
    [{ ARM_ENDPOINT: 'http://cloud.example' }, 'ARM_ENDPOINT'],
    [{ GATE_ADAPTER: 'signed-http' }, 'GATE_URL and GATE_SECRET'],
    [{ ARM_ENDPOINT: 'https://cloud.example/path' }, 'ARM_ENDPOINT'],
    [{ ARM_ENDPOINT: 'https://user:word@cloud.example' }, 'ARM_ENDPOINT'],
    [{ GATE_URL: 'http://fabric.example' }, 'GATE_URL'],
    [{ GATE_URL: 'https://user:word@fabric.example/v1' }, 'GATE_URL'],
    [{ GATE_URL: 'https://fabric.example/v1?key=word' }, 'GATE_URL'],
    [{ GATE_SECRET: `whsec_${'a'.repeat(33)}` }, 'GATE_SECRET'],
    [{ GATE_SECRET: `whsec_${Buffer.alloc(23).toString('base64')}` }, 'GATE_SECRET'],
    [{ AUDIT_SIGNING_KEY: Buffer.alloc(48).toString('base64') }, 'AUDIT_SIGNING_KEY'],
    [{ AUDIT_ORIGIN: 'two words' }, 'AUDIT_ORIGIN'],
    [{ AUDIT_RETIRED_KEYS: 'postern.example/audit' }, 'AUDIT_RETIRED_KEYS'],
    // Longer than dates go: it would end as an exception in the middle of the work.
    [{ CLAIM_SECONDS: '1e300' }, 'CLAIM_SECONDS'],
    [{ INFORMATION_PATIENCE_DAYS: 'Infinity' }, 'INFORMATION_PATIENCE_DAYS'],
    [{ TOKEN_KEYS_TEMPLATE: 'http://login.example/{tid}' }, 'TOKEN_KEYS_TEMPLATE'],
    [{ SMTP_URL: 'smtp://relay.example' }, 'SMTP_URL and MAIL_FROM'],
    [{ SUPPORT_MAIL: 'desk@postern.example' }, 'SUPPORT_MAIL'],
    [{ SUPPORT_MAIL: 'desk' }, 'SUPPORT_MAIL'],
    [{ DNS_RESOLVER: '127.0.0.1' }, 'DNS_RESOLVER'],
    // Whoever meant production must not get the trust of development.
    [{ NODE_ENV: 'Production' }, 'NODE_ENV'],
  ])('refuses %j', (env, name) => {
    expect(problemsOf(env).map((problem) => problem.split(':')[0])).toEqual([name]);
  });
});

describe('in production', () => {
  it('starts with a secret and a signed gate, which is the default there', () => {
    expect(readConfiguration(production).gate.adapter).toBe('signed-http');
  });

  it.each([
    [{ ARM_ENDPOINT: 'http://127.0.0.1:1' }, 'ARM_ENDPOINT'],
    [{ GATE_ADAPTER: 'emulator' }, 'GATE_ADAPTER'],
    [{ GATE_SECRET: '' }, 'GATE_URL and GATE_SECRET'],
    [{ GATE_URL: 'http://127.0.0.1:1' }, 'GATE_URL'],
    [{ POSTERN_SECRET: '' }, 'POSTERN_SECRET'],
    [{ POSTERN_SECRET: 'short' }, 'POSTERN_SECRET'],
    [{ AUDIT_SIGNING_KEY: '' }, 'AUDIT_SIGNING_KEY and AUDIT_ORIGIN'],
    [{ AUDIT_ORIGIN: '' }, 'AUDIT_SIGNING_KEY and AUDIT_ORIGIN'],
  ])('refuses %j', (env, name) => {
    expect(problemsOf({ ...production, ...env }).map((problem) => problem.split(':')[0])).toEqual([name]);
  });
});
