import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** The root of the project. */
export const projectRoot = path.resolve(import.meta.dirname, '..', '..');

interface CruiseResult {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { from: string; to: string; rule: { name: string } }[];
  };
}

/** What cruising some folders found. */
export interface Cruise {
  readonly modules: number;
  /** `<rule>: <from> -> <to>`, one for each import that a rule forbids. */
  readonly violations: readonly string[];
}

/** Runs the rules of .dependency-cruiser.cjs over `folders` of the tree at `directory`. */
export function cruise(directory: string, folders: readonly string[]): Cruise {
  const program = path.join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = path.join(projectRoot, '.dependency-cruiser.cjs');
  const args = [program, '--config', config, '--output-type', 'json', ...folders];
  const done = spawnSync(process.execPath, args, {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (!done.stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${done.stderr}`);
  const { summary } = JSON.parse(done.stdout) as CruiseResult;
  const violations = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  return { modules: summary.totalCruised, violations };
}
