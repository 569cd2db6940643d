// The subject of a commit has at most 72 characters, so that logs and reviews show all of it.
// Commits up to the one below are older than this check.
import { spawnSync } from 'node:child_process';
import { root } from './prepare.mjs';

const since = '0b96524';
const longest = 72;

/** Another repository and commit than the project's are for the tests of this check. */
const [directory = root, base = since] = process.argv.slice(2);
const git = (...args) => spawnSync('git', args, { cwd: directory, encoding: 'utf8' });

function main() {
  if (git('merge-base', '--is-ancestor', base, 'HEAD').status !== 0) {
    process.stdout.write(
      `Subjects of commits are not checked: this clone's history does not reach back to ${base}.\n`,
    );
    return;
  }
  const log = git('log', '--no-merges', '--format=%h %s', `${base}..HEAD`);
  if (log.status !== 0) throw new Error(`git log failed: ${log.stderr}`);
  for (const line of log.stdout.split('\n').filter(Boolean)) {
    const space = line.indexOf(' ');
    const length = [...line.slice(space + 1)].length;
    if (length <= longest) continue;
    process.stderr.write(`${line}\n  has ${length} characters; at most ${longest}: git rebase -i, reword\n`);
    process.exitCode = 1;
  }
}

main();
