import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
interface Judged {
  readonly messages: readonly { readonly ruleId: string | null }[];
}

/** What the project's own rules say of a text, as if it stood in a file of the project. */
function rulesBrokenBy(text: string): readonly (string | null)[] {
  const eslint = path.join(root, 'node_modules', 'eslint', 'bin', 'eslint.js');
  const args = [eslint, '--stdin', '--stdin-filename', 'tools/sample.mjs', '--format', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: 'utf8' });
  if (stdout === '') throw new Error(`eslint said nothing: ${stderr}`);
  return (JSON.parse(stdout) as readonly Judged[]).flatMap(({ messages }) =>
    messages.map(({ ruleId }) => ruleId),
  );
}

it('a pattern whose steps grow with the square of the text is refused, and a linear one is not (F18)', () => {
  const patterns = ['/^([-+~?]?)([a-z0-9]+)(.*)$/', '/^(a+)+$/', '/\\s+$/', '/^[a-z]+$/'];
  const text = patterns.map((pattern, at) => `export const p${String(at)} = ${pattern};`).join('\n');
  expect(rulesBrokenBy(text)).toEqual([
    'regexp/no-super-linear-backtracking',
    'regexp/no-super-linear-backtracking',
    'regexp/no-super-linear-move',
  ]);
});

it('also where it is put together of parts', () => {
  const text = "const part = '[a-z]+';\nexport const p = new RegExp(`^(${part})+$`);";
  expect(rulesBrokenBy(text)).toEqual(['regexp/no-super-linear-backtracking']);
});
