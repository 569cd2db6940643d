import ts from 'typescript';

/** Where a promise is only kept. */
const keepers = ['push', 'unshift', 'set', 'add', 'splice'];

/** What never rejects, or takes over every rejection. */
const settlers = ['allSettled'];
/**
 * Finds promises that may reject while nobody waits for them: made, and waited for only after another `await`, or only on
 * one of two ways, or put away in a field. Node ends a process for one that rejects meanwhile.
 */
export class LateAwaits {
  found = [];

  constructor(checker) {
    this.checker = checker;
  }

  /** What is wrong in a source file: where, counted from 0, and what. */
  in(source) {
    const visit = (node) => {
      if (ts.isVariableDeclaration(node)) this.lookAtVariable(node);
      if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) this.lookAtField(node);
      if (ts.isCallExpression(node)) this.lookAtKept(node);
      if (ts.isArrayLiteralExpression(node)) this.lookAtSiblings(node.elements);
      if (ts.isObjectLiteralExpression(node)) this.lookAtSiblings(node.properties);
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) this.lookAtSiblings(node.arguments ?? []);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return this.found;
  }

  report(node, what) {
    this.found.push({ ...node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()), what });
  }

  /** `const one = work(); await another(); await one;` */
  lookAtVariable(declaration) {
    const { name, initializer } = declaration;
    if (initializer === undefined || !ts.isIdentifier(name) || !this.isPending(initializer)) return;
    const body = bodyAround(declaration);
    const taken = this.usesOf(name, body).find((use) => isTaken(use) && bodyAround(use) === body);
    if (taken === undefined) {
      if (this.isReassigned(name)) return;
      this.report(name, `${name.text} is waited for by nobody`);
      return;
    }
    if (isConditional(taken, declaration)) this.report(name, `${name.text} is waited for on one way only`);
    const first = awaitsIn(body).find(
      (one) => one.pos >= declaration.end && one.getStart() < taken.getStart() && !contains(one, taken),
    );
    if (first !== undefined) this.report(name, `${name.text} is waited for after another await`);
  }

  /** `this.one = work();` without a catch. */
  lookAtField({ left, right }) {
    if (!ts.isPropertyAccessExpression(left) && !ts.isElementAccessExpression(left)) return;
    if (!this.isPending(right)) return;
    const body = bodyAround(left);
    const isReturned = ts.isReturnStatement(left.parent.parent) || isAwaited(left.parent);
    const isTakenSoon = readsOf(left, body).some((read) => read.pos > right.end && isTaken(read));
    if (!isReturned && !isTakenSoon)
      this.report(left, `${left.getText()} keeps a promise that nobody waits for`);
  }

  /** `pending.push(work())` without a catch. */
  lookAtKept({ expression, arguments: given }) {
    if (!ts.isPropertyAccessExpression(expression) || !keepers.includes(expression.name.text)) return;
    for (const one of given)
      if (!ts.isIdentifier(one) && this.isPending(one))
        this.report(one, `${expression.getText()} keeps a promise that nobody waits for`);
  }

  /** `[work(), await another()]` */
  lookAtSiblings(siblings) {
    const lastAwait = siblings.findLastIndex((one) => hasOwnAwait(one));
    for (const one of siblings.slice(0, Math.max(0, lastAwait))) {
      const value = ts.isPropertyAssignment(one) ? one.initializer : one;
      if (ts.isExpression(value) && !ts.isIdentifier(value) && this.isPending(value))
        this.report(value, 'a promise waits beside an await');
    }
  }

  /** Whether an expression makes a promise that may reject. */
  isPending(expression) {
    if (ts.isAwaitExpression(expression) || ts.isIdentifier(expression)) return false;
    if (ts.isFunctionLike(expression)) return false;
    if (!this.isPromise(this.checker.getTypeAtLocation(expression))) return false;
    return !neverRejects(expression);
  }

  isPromise(type) {
    // What may be missing was looked up, not made.
    if (type.isUnion() && type.types.some(({ flags }) => (flags & ts.TypeFlags.Undefined) !== 0))
      return false;
    if (type.isUnion()) return type.types.some((one) => this.isPromise(one));
    if (this.checker.isArrayType(type)) {
      const [element] = this.checker.getTypeArguments(type);
      return element !== undefined && this.isPromise(element);
    }
    return type.getProperty('then') !== undefined && type.getProperty('catch') !== undefined;
  }

  usesOf(name, body) {
    const symbol = this.checker.getSymbolAtLocation(name);
    const uses = [];
    const visit = (node) => {
      if (ts.isIdentifier(node) && node !== name && node.text === name.text) {
        const own = ts.isShorthandPropertyAssignment(node.parent)
          ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
          : this.checker.getSymbolAtLocation(node);
        if (own === symbol) uses.push(node);
      }
      ts.forEachChild(node, visit);
    };
    visit(body);
    return uses;
  }

  /** A variable that is filled later, as `let wake = …`: it holds what is looked at where it is filled. */
  isReassigned(name) {
    const list = name.parent.parent;
    return ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.Let) !== 0;
  }
}

function isAssignment(kind) {
  return kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
}

function bodyAround(node) {
  for (let one = node.parent; ; one = one.parent)
    if (ts.isSourceFile(one) || (ts.isFunctionLike(one) && 'body' in one)) return one;
}

function contains(outer, inner) {
  return outer.getStart() <= inner.getStart() && inner.end <= outer.end;
}

/** Awaits of the function itself, not of functions inside of it, in their order. */
function awaitsIn(body) {
  const found = [];
  const visit = (node) => {
    if (node !== body && ts.isFunctionLike(node)) return;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined))
      found.push(node);
    ts.forEachChild(node, visit);
  };

  visit(body);
  return found;
}

function hasOwnAwait(node) {
  return awaitsIn(node).length > 0 && !ts.isFunctionLike(node);
}
/** `.catch(…)` or `.then(…, …)` at the end of a chain, with nothing but `.finally` after it; or a promise that cannot reject. */
function neverRejects(expression) {
  if (ts.isParenthesizedExpression(expression)) return neverRejects(expression.expression);
  if (ts.isBinaryExpression(expression)) return neverRejects(expression.right);
  if (ts.isNewExpression(expression)) {
    const [executor] = expression.arguments ?? [];
    return executor !== undefined && ts.isArrowFunction(executor) && executor.parameters.length < 2;
  }
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return false;
  const { name, expression: before } = expression.expression;
  const handlers = expression.arguments.length;
  if (name.text === 'catch' || (name.text === 'then' && handlers === 2) || settlers.includes(name.text))
    return true;
  if (name.text === 'resolve' && before.getText() === 'Promise') return true;
  return name.text === 'finally' && neverRejects(before);
}

function isAwaited(node) {
  let one = node.parent;
  while (ts.isParenthesizedExpression(one)) one = one.parent;
  return ts.isAwaitExpression(one);
}

/** Whether whoever gets it here waits for it: an await, a return, a handler, or a call that is given it for more than keeping. */
function isTaken(use) {
  for (let node = use; ; node = node.parent) {
    const { parent } = node;
    if (ts.isAwaitExpression(parent) || ts.isReturnStatement(parent)) return true;
    if (ts.isArrowFunction(parent) && parent.body === node) return true;
    if (
      ts.isPropertyAccessExpression(parent) &&
      parent.expression === node &&
      ts.isCallExpression(parent.parent)
    ) {
      // What comes of it is a promise of its own, and looked at as such.
      if (['then', 'catch', 'finally'].includes(parent.name.text)) return true;
    }
    if (ts.isCallExpression(parent) && parent.expression !== node && !isKeeping(parent)) return true;
    if (ts.isStatement(parent) || ts.isFunctionLike(parent)) return false;
  }
}

function isKeeping({ expression }) {
  return ts.isPropertyAccessExpression(expression) && keepers.includes(expression.name.text);
}

/** Whether the use stands on a branch that the declaration does not stand on. */
function isConditional(use, declaration) {
  for (let node = use; !contains(node.parent, declaration); node = node.parent) {
    const { parent } = node;
    if (ts.isIfStatement(parent) && parent.expression !== node) return true;
    if (ts.isConditionalExpression(parent) && parent.condition !== node) return true;
    if (ts.isCaseOrDefaultClause(parent) || ts.isCatchClause(parent)) return true;
    if (ts.isBinaryExpression(parent) && isShortCircuit(parent.operatorToken.kind) && parent.right === node)
      return true;
    if (
      (ts.isForStatement(parent) || ts.isWhileStatement(parent) || ts.isForOfStatement(parent)) &&
      parent.statement === node
    )
      return true;
  }
  return false;
}

function isShortCircuit(kind) {
  const { AmpersandAmpersandToken, BarBarToken, QuestionQuestionToken } = ts.SyntaxKind;
  return [AmpersandAmpersandToken, BarBarToken, QuestionQuestionToken].includes(kind);
}

/** Reads of the same field in the same function. */
function readsOf(field, body) {
  const found = [];
  const visit = (node) => {
    if (node !== body && ts.isFunctionLike(node)) return;
    if (node !== field && ts.isPropertyAccessExpression(node) && node.getText() === field.getText())
      found.push(node);
    ts.forEachChild(node, visit);
  };

  visit(body);
  return found;
}

/** The same as a rule of ESLint, for files that are linted with types. */
export const lateAwaits = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      late: 'Here {{what}}: if it rejects meanwhile the process ends. Wait for it with Promise.all, or catch.',
    },
  },
  create: ({ sourceCode, report }) => ({
    'Program:exit'(root) {
      const { program, esTreeNodeToTSNodeMap } = sourceCode.parserServices;
      const source = esTreeNodeToTSNodeMap.get(root);
      for (const { line, character, what } of new LateAwaits(program.getTypeChecker()).in(source))
        report({ loc: { line: line + 1, column: character }, messageId: 'late', data: { what } });
    },
  }),
};
