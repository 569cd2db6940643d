import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { breaches } from './conventions.js';
import { projectRoot } from './dependency-rules.js';

function sources(folder: string): readonly string[] {
  const directory = path.join(projectRoot, folder);
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => path.posix.join(folder, name));
}

const lines = (count: number) => 'use();\n'.repeat(count);

describe('the conventions', () => {
  it.each(['src', 'emulator', 'launch', 'migrations', 'bench'])('hold in %s', (folder) => {
    const found = sources(folder).flatMap((file) =>
      breaches(file, readFileSync(path.join(projectRoot, file), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  it.each<[what: string, file: string, text: string]>([
    ['401 lines', 'src/domain/long.ts', lines(401)],
    ['work has 41 lines', 'src/domain/long.ts', `function work() {\n${lines(39)}}\n`],
    ['run has 41 lines', 'src/domain/long.ts', `class Approve {\n  run() {\n${lines(39)}}\n}\n`],
    ['work has 41 lines', 'src/domain/long.ts', `const work = () => {\n${lines(39)}};\n`],
    [
      'a constructor with 8 parameters',
      'src/domain/wide.ts',
      'class Wide { constructor(a, b, c, d, e, f, g, h) {} }',
    ],
    ['a default export', 'src/domain/one.ts', 'export default class One {}'],
    ['a default export', 'src/domain/one.ts', 'const one = 1;\nexport default one;'],
    ['enum Colour', 'src/domain/colour.ts', 'export enum Colour { red }'],
    ['export * (a barrel)', 'src/domain/all.ts', "export * from './one.js';"],
    ['an index that is no registry', 'src/domain/index.ts', ''],
    ['a file name out of order', 'src/domain/openGate.ts', ''],
    ['a file name out of order', 'migrations/1-create.ts', ''],
    ['a file name that says nothing', 'src/domain/date-utils.ts', ''],
    ['a file name that says nothing', 'src/domain/order.service.ts', ''],
    ['OrderService says nothing', 'src/domain/order.ts', 'class OrderService {}'],
    ['GateManager says nothing', 'src/domain/gate.ts', 'export interface GateManager { open(): void }'],
  ])('refuse %s', (what, file, text) => {
    expect(breaches(file, text)).toContain(`${file}: ${what}`);
  });

  it('allow 400 lines, 40 lines a function, 7 parameters, and a registry', () => {
    const longest = `function work() {\n${lines(38)}}\n${lines(360)}`;
    expect(breaches('src/domain/fraud/checks/index.ts', longest)).toEqual([]);
    expect(breaches('src/domain/fit.ts', 'class Fit { constructor(a, b, c, d, e, f, g) {} }')).toEqual([]);
  });
});
