import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from './dependency-rules.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'postern-deployment-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a check of `tools` over the project as if one text in it stood for another. */
function check(tool: string, file?: string, change: readonly [from: string, to: string] = ['', '']): string {
  const others = readdirSync(projectRoot).filter((name) => name !== file);
  for (const name of others) symlinkSync(path.join(projectRoot, name), path.join(directory, name));
  if (file !== undefined) {
    const text = readFileSync(path.join(projectRoot, file), 'utf8');
    expect(text).toContain(change[0]);
    writeFileSync(path.join(directory, file), text.replace(change[0], change[1]));
  }
  const { status, stderr } = spawnSync(process.execPath, [path.join(projectRoot, tool), directory], {
    encoding: 'utf8',
  });
  expect(status === 0).toBe(stderr === '');
  return stderr;
}

describe('the deployment files', () => {
  const deployment = 'tools/check-deployment.mjs';

  it('hold', () => {
    expect(check(deployment)).toBe('');
  });

  it.each<[problem: string, file: string, from: string, to: string]>([
    ['the file system is not read_only', 'docker-compose.yml', '  read_only: true\n', ''],
    ['capabilities are kept', 'docker-compose.yml', '  cap_drop: [ALL]\n', ''],
    [
      'capabilities are kept',
      'docker-compose.yml',
      '    user: redis\n',
      '    user: redis\n    cap_add: [CHOWN]\n',
    ],
    ['it may gain privileges', 'docker-compose.yml', "  security_opt: ['no-new-privileges:true']\n", ''],
    ['api: no mem_limit', 'docker-compose.yml', '  mem_limit: 512m\n', ''],
    ['postgres: it starts as root', 'docker-compose.yml', '    user: postgres\n', ''],
    ['redis:7 has no exact version', 'docker-compose.yml', 'redis:7.4.11-alpine', 'redis:7'],
    ['node:24-slim has no exact version', 'Dockerfile', 'node:24.21.0-trixie-slim', 'node:24-slim'],
    ['is not Node 24.', 'Dockerfile', 'node:24.21.0-trixie-slim', 'node:22.13.0-trixie-slim'],
    [
      'is neither a stage nor NODE_IMAGE',
      'Dockerfile',
      'FROM ${NODE_IMAGE} AS runtime',
      'FROM node AS runtime',
    ],
    ['runs scripts of packages', 'Dockerfile', 'npm ci --omit=dev --ignore-scripts', 'npm ci --omit=dev'],
    [
      'carries development packages',
      'Dockerfile',
      'npm ci --omit=dev --ignore-scripts',
      'npm ci --ignore-scripts',
    ],
  ])('are refused where %s', (problem, file, from, to) => {
    expect(check(deployment, file, [from, to])).toContain(problem);
  });
});

describe('the packages of production', () => {
  const engines = 'tools/check-engines.mjs';

  it('run on every version of Node that we promise', () => {
    expect(check(engines)).toBe('');
  });

  it('are refused, by name, where one does not', () => {
    const promised = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    const found = check(engines, 'package.json', [promised.engines.node, '>=12']);
    expect(found).toMatch(/^pg@[\d.]+ runs on Node >= ?[\d.]+ only; we promise >=12$/m);
  });
});
