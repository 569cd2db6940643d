import { parseArgs } from 'node:util';
import { developmentToken, personas, type Persona } from './development-token.js';

// `npm run --silent token -- <persona>`: one token on standard output and nothing else.

const usage =
  'usage: npm run --silent token -- <persona> [--tenant T] [--oid O] [--roles A,B] [--expires-in SECONDS]';

function refuse(why: string): never {
  console.error(`postern: ${why}\n${usage}\npersonas: ${Object.keys(personas).join(', ')}`);
  process.exit(2);
}

function readArguments() {
  const options = {
    tenant: { type: 'string' },
    oid: { type: 'string' },
    roles: { type: 'string' },
    'expires-in': { type: 'string' },
  } as const;
  // `--expires-in -60`: parseArgs takes a value that begins with a dash only when it is written with `=`.
  const args = process.argv
    .slice(2)
    .join('\0')
    .replace(/--expires-in\0/g, '--expires-in=')
    .split('\0')
    .filter(Boolean);
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { values, positionals } = readArguments();

function isPersona(name: string | undefined): name is Persona {
  return name !== undefined && Object.hasOwn(personas, name);
}

// Like the service: a `Production` that counted as development would hand out what nobody should have.
const { NODE_ENV: environment } = process.env;
if (environment && environment !== 'development' && environment !== 'test') {
  console.error(
    'postern: development tokens are made where NODE_ENV is development or test, and the service believes them nowhere else. Get a token from your tenant (docs/identity.md).',
  );
  process.exit(1);
}

const [persona] = positionals;
const expiresIn = Number(values['expires-in'] ?? 3600);
if (positionals.length > 1) refuse('one persona at a time');
if (!isPersona(persona))
  refuse(persona === undefined ? 'say which persona' : `there is no persona ${persona}`);
if (!Number.isInteger(expiresIn)) refuse('--expires-in takes a whole number of seconds');
const audience = process.env['TOKEN_AUDIENCE'];
const issuerTemplate = process.env['TOKEN_ISSUER_TEMPLATE'];
const token = await developmentToken(persona, {
  dataDir: process.env['POSTERN_DATA_DIR'] ?? '.postern',
  expiresIn,
  ...(values.tenant && { tenant: values.tenant }),
  ...(values.oid && { oid: values.oid }),
  ...(values.roles !== undefined && { roles: values.roles.split(',').filter(Boolean) }),
  ...(audience && { audience }),
  ...(issuerTemplate && { issuerTemplate }),
});
console.log(token);
