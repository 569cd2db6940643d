import path from 'node:path';
import ts from 'typescript';

/** The thresholds of the house: one idea a file, and half an idea is no file. The hard ones: a test is no place for taste. */
export const limits = { linesOfFile: 400, linesOfFunction: 40, constructorParameters: 7 } as const;

/** A folder with an index is a list that others extend (architecture: "no barrels but the registries"). */
const registries: readonly string[] = [
  'src/domain/policy/packs/index.ts',
  'src/domain/fraud/checks/index.ts',
];

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.ts$/;
const migrationName = /^\d{13}-[A-Z][A-Za-z0-9]+\.ts$/;
const vagueFile = /(^|[-.])(utils?|helpers?|misc|services?|managers?)([-.]|$)/;
const vagueType = /(Service|Manager|Utils?|Helpers?)$/;

function fileBreaches(file: string, text: string): string[] {
  const name = path.basename(file);
  const found: string[] = [];
  const lines = text.trimEnd().split('\n').length;
  if (lines > limits.linesOfFile) found.push(`${lines} lines`);
  const pattern = /^migrations\/[^/]+$/.test(file) ? migrationName : kebabCase;
  if (!pattern.test(name)) found.push('a file name out of order');
  if (vagueFile.test(name)) found.push('a file name that says nothing');
  if (name === 'index.ts' && !registries.includes(file)) found.push('an index that is no registry');
  return found;
}

function lengthOf(node: ts.Node, source: ts.SourceFile): number {
  const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  return source.getLineAndCharacterOfPosition(node.getEnd()).line - start + 1;
}

function nameOf(node: ts.FunctionLikeDeclaration, source: ts.SourceFile): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name) return node.name.getText(source);
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText(source)
    : 'a function';
}

function functionBreaches(node: ts.Node, source: ts.SourceFile): string[] {
  if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return [];
  const found: string[] = [];
  const lines = lengthOf(node, source);
  if (lines > limits.linesOfFunction) found.push(`${nameOf(node, source)} has ${lines} lines`);
  if (ts.isConstructorDeclaration(node) && node.parameters.length > limits.constructorParameters) {
    found.push(`a constructor with ${node.parameters.length} parameters`);
  }
  return found;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function declarationBreaches(node: ts.Node): string[] {
  const found: string[] = [];
  if (isDefaultExport(node)) found.push('a default export');
  if (ts.isEnumDeclaration(node)) found.push(`enum ${node.name.text}`);
  if (ts.isExportDeclaration(node) && !node.exportClause) found.push('export * (a barrel)');
  const isType =
    ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
  if (isType && node.name && vagueType.test(node.name.text)) found.push(`${node.name.text} says nothing`);
  return found;
}

/** Specs are read as lists of sentences: their describe blocks are long, and that is well. */
function isBoundInLength(file: string): boolean {
  return !file.endsWith('.spec.ts') && !file.startsWith('migrations/');
}

/** Every breach of the conventions in one file, as `<file>: <what>`; `file` is relative to the project. */
export function breaches(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found = fileBreaches(file, text);
  const visit = (node: ts.Node): void => {
    found.push(...declarationBreaches(node));
    if (isBoundInLength(file)) found.push(...functionBreaches(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.map((what) => `${file}: ${what}`);
}
