import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from './dependency-rules.js';

/** Nothing of the person who runs this: no hooks, no settings of git, no repository that a hook is called in. */
const environment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

describe('the subjects of commits', () => {
  let repository: string;

  beforeEach(() => {
    repository = mkdtempSync(path.join(tmpdir(), 'postern-subjects-'));
    git('init', '--quiet');
    commit('The first, from before the check, '.repeat(9));
  });
  afterEach(() => rmSync(repository, { recursive: true }));

  function git(...args: string[]): string {
    const identity = ['-c', 'user.name=Postern', '-c', 'user.email=postern@example.com'];
    const options = { cwd: repository, env: environment, encoding: 'utf8' as const };
    return execFileSync('git', [...identity, ...args], options).trim();
  }

  function commit(subject: string): void {
    git('commit', '--quiet', '--allow-empty', '--message', subject);
  }

  function check(base: string) {
    const tool = path.join(projectRoot, 'tools', 'check-subjects.mjs');
    return spawnSync(process.execPath, [tool, repository, base], { env: environment, encoding: 'utf8' });
  }

  it('may have 72 characters and no more, and older commits are left alone', () => {
    const base = git('rev-parse', 'HEAD');
    commit('x'.repeat(72));
    expect(check(base)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    commit('y'.repeat(73));
    commit('Short again');
    const { status, stderr } = check(base);
    expect(status).toBe(1);
    expect(stderr).toContain(`${'y'.repeat(73)}\n  has 73 characters`);
    expect(stderr).not.toContain('xxx');
  });

  it('are not checked, and it is said, in a clone that does not reach back far enough', () => {
    const { status, stdout } = check('0123456789012345678901234567890123456789');
    expect(status).toBe(0);
    expect(stdout).toContain('not checked');
  });
});

describe('the other versions of Node', () => {
  it('are those whose major is not the one of the machine', () => {
    const tool = path.join(projectRoot, 'tools', 'on-other-nodes.mjs');
    const source = `import { toRun } from ${JSON.stringify(tool)};
      console.log(JSON.stringify(['20.1.0', '24.0.0'].map((own) => toRun(['24.21.0', '22.23.5'], own))));`;
    const told = execFileSync(process.execPath, ['--input-type=module', '--eval', source], {
      encoding: 'utf8',
    });
    expect(JSON.parse(told)).toEqual([['24.21.0', '22.23.5'], ['22.23.5']]);
  });
});

describe('.ci/run', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'postern-ci-'));
    for (const name of ['.ci', 'bin']) mkdirSync(path.join(directory, name));
    copyFileSync(path.join(projectRoot, '.ci', 'run'), path.join(directory, '.ci', 'run'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('ends its running step and what that started on SIGTERM, and still counts in its last line', async () => {
    const node = path.join(directory, 'bin', 'node');
    // Its first step calls node. This one leaves a child that holds the output open until it is stopped too.
    writeFileSync(
      node,
      "#!/bin/sh\ntrap 'echo the step was stopped; exit 1' TERM\nsleep 100000 &\necho ready\nwait\n",
    );
    chmodSync(node, 0o755);
    const env = { ...environment, PATH: `${path.dirname(node)}:${environment.PATH ?? ''}` };
    const ci = spawn(path.join(directory, '.ci', 'run'), { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    ci.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (text.includes('ready')) ci.kill('SIGTERM');
    });
    expect(await once(ci, 'close')).toEqual([1, null]);
    expect(output).toContain('the step was stopped');
    expect(output.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
  });
});
