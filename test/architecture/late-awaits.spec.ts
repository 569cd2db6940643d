import ts from 'typescript';
import { LateAwaits } from '../../tools/lint/late-awaits.mjs';

const name = 'sample.ts';
const head = `
declare function work(): Promise<string>;
declare function another(): Promise<string>;
declare function fails(): Promise<never>;
declare const isSo: boolean;
declare class Kept { running: Promise<unknown> | null; pending: Promise<unknown>[]; }
`;

const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, strict: true, noEmit: true };
const host = ts.createCompilerHost(options);
const libraries = new Map<string, ts.SourceFile | undefined>();
/** The library's files are the same for every sample: read once. */
const library = (file: string): ts.SourceFile | undefined => {
  if (!libraries.has(file)) {
    const text = host.readFile(file);
    const parsed =
      text === undefined ? undefined : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    libraries.set(file, parsed);
  }
  return libraries.get(file);
};

/** What the rule finds in the body of an asynchronous method. */
function found(body: string): readonly string[] {
  const text = `${head}class Sample extends Kept { async run() {\n${body}\n} }`;
  const getSourceFile = (file: string) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true) : library(file);
  const program = ts.createProgram([name], options, { ...host, getSourceFile });
  const source = program.getSourceFile(name);
  if (source === undefined) throw new Error('there is no sample');
  return new LateAwaits(program.getTypeChecker()).in(source).map(({ what }) => what);
}

describe('the rule on promises that reject while nobody waits', () => {
  it.each<[bad: string, what: string]>([
    ['const one = work(); await another(); await one;', 'one is waited for after another await'],
    ['const one = work(); for await (const x of []) x; return one;', 'one is waited for after another await'],
    [
      'const all = [1].map(() => work()); await another(); await Promise.all(all);',
      'all is waited for after another await',
    ],
    ['const one = work(); return [await another(), await one];', 'one is waited for after another await'],
    ['const one = work(); if (isSo) await one;', 'one is waited for on one way only'],
    ['const one = work(); return isSo ? one : null;', 'one is waited for on one way only'],
    ['const one = work(); isSo && (await one);', 'one is waited for on one way only'],
    ['const one = work(); const later = () => one; later.toString();', 'one is waited for by nobody'],
    ['const one = work(); this.pending.push(one);', 'one is waited for by nobody'],
    ['const one = work().finally(() => 1); this.pending.push(one);', 'one is waited for by nobody'],
    ['this.running = work();', 'this.running keeps a promise that nobody waits for'],
    ['this.running ??= work();', 'this.running keeps a promise that nobody waits for'],
    ['this.pending.push(work());', 'this.pending.push keeps a promise that nobody waits for'],
    ['return Promise.all([work(), await another()]);', 'a promise waits beside an await'],
    ['return { one: work(), two: await another() };', 'a promise waits beside an await'],
  ])('refuses %s', (bad, what) => {
    expect(found(bad)).toEqual([what]);
  });

  it.each([
    'const [one, two] = await Promise.all([work(), another()]); return one + two;',
    'const one = work(); await one; await another();',
    'const one = work(); return one;',
    'const one = work(); one.catch(() => null); await another(); await one;',
    'const one = work().catch(() => null); await another(); await one;',
    'const one = work().then(() => 1, () => 2).finally(() => 3); await another(); await one;',
    'const all = Promise.allSettled([work()]); await another(); await all;',
    'const one = new Promise<void>((resolve) => resolve()); await another(); await one;',
    'const one = work(); try { await one; } finally { await another(); }',
    'this.running = work().catch(() => null); await another();',
    'this.running ??= work(); await this.running;',
    'const known = new Map<string, Promise<string>>().get(""); if (known !== undefined) return known; return work();',
    'return [await another(), work()];',
  ])('takes %s', (good) => {
    expect(found(good)).toEqual([]);
  });
});
