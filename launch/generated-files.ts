import { describeLifecycles } from '../src/domain/describe-lifecycles.js';
import { describePolicy } from '../src/domain/policy/describe-policy.js';
import { policyPacks } from '../src/domain/policy/packs/index.js';
import { freshSchema } from './schema-dump.js';
import { openApiDocument } from '../src/http/openapi.js';

/** A committed file that is drawn from code. */
export interface GeneratedFile {
  /** Relative to the project. */
  readonly file: string;
  readonly content: () => string | Promise<string>;
}

/** THE list of generated files: a new one is one line here, and CI compares it from then on. */
export const generatedFiles: readonly GeneratedFile[] = [
  { file: 'docs/lifecycle.md', content: describeLifecycles },
  { file: 'docs/policy.md', content: () => describePolicy(policyPacks) },
  { file: 'docs/schema.sql', content: freshSchema },
  { file: 'openapi.json', content: () => `${JSON.stringify(openApiDocument(), null, 2)}\n` },
];
