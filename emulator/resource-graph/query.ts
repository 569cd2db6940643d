/**
 * As much of the query language as a search for machines needs
 * (https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language): tables, `union` of another one in
 * brackets, `where` with `==`, `=~`, `in`, `in~` and `and`, `extend`, `project`, `order by`, `take`; columns by paths,
 * `tostring()` and `tolower()`; texts in single or double quotes, with a backslash before what is meant as it stands.
 */
export type Row = Readonly<Record<string, unknown>>;

export interface Query {
  readonly run: (tables: Tables) => readonly Row[];
  /** Whether its rows can be told apart from page to page: the column `id` is among them, and nothing cuts them off. */
  readonly isPageable: (rows: readonly Row[]) => boolean;
}

/** Rows by the name of their table in lower case. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** What the language, or this emulator, does not know; with the token that it came to. */
export class QueryError extends Error {
  constructor(readonly token: string) {
    super('ParserFailure');
    this.name = 'QueryError';
  }
}

type Step = (rows: readonly Row[], tables: Tables) => readonly Row[];
type Value = (row: Row) => unknown;

const tokenForm =
  /(in~|[A-Za-z_$][\w$]*)|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|(\d+)|(=~|==|[|(),.=])/y;

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign' | 'end';
  readonly text: string;
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(source.charAt(at))) at += 1;
    if (at >= source.length) return tokens;
    tokenForm.lastIndex = at;
    const match = tokenForm.exec(source);
    if (match === null) throw new QueryError(source.slice(at, at + 20));
    at = tokenForm.lastIndex;
    const [, word, single, double, number, sign] = match;
    const text = single ?? double;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
}

/** Throws QueryError for what is no query. */
export function parseQuery(source: string): Query {
  const parser = new Parser(tokensOf(source));
  const steps = parser.pipeline();
  parser.mustEnd();
  return {
    run: (tables) => steps.reduce<readonly Row[]>((rows, step) => step(rows, tables), []),
    isPageable: (rows) => !parser.isCutOff && rows.every((row) => 'id' in row),
  };
}

class Parser {
  private at = 0;
  isCutOff = false;

  constructor(private readonly tokens: readonly Token[]) {}

  /** A table, and what is done with its rows. */
  pipeline(): readonly Step[] {
    const table = this.word().toLowerCase();
    const steps: Step[] = [(_rows, tables) => tableOf(tables, table)];
    while (this.takes('|')) steps.push(this.step());
    return steps;
  }

  mustEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected();
  }

  private step(): Step {
    const name = this.word().toLowerCase();
    if (name === 'where') return this.where();
    if (name === 'extend') return this.extend();
    if (name === 'project') return this.project();
    if (name === 'union') return this.union();
    if (name === 'order' || name === 'sort') return this.order();
    if (name === 'take' || name === 'limit') return this.take();
    throw new QueryError(name);
  }

  private where(): Step {
    const tests = [this.test()];
    while (this.takes('and')) tests.push(this.test());
    return (rows) => rows.filter((row) => tests.every((test) => test(row)));
  }

  private test(): (row: Row) => boolean {
    const value = this.value();
    const sign = this.next().text;
    const same = (one: unknown, other: string) => textOf(one) === other;
    const alike = (one: unknown, other: string) => same(textOf(one).toLowerCase(), other.toLowerCase());
    if (sign === '==' || sign === '=~') {
      const wanted = this.text();
      return (row) => (sign === '==' ? same : alike)(value(row), wanted);
    }
    if (sign !== 'in' && sign !== 'in~') throw new QueryError(sign);
    this.must('(');
    const wanted = [this.text()];
    while (this.takes(',')) wanted.push(this.text());
    this.must(')');
    return (row) => wanted.some((one) => (sign === 'in' ? same : alike)(value(row), one));
  }

  private extend(): Step {
    const name = this.word();
    this.must('=');
    const value = this.value();
    return (rows) => rows.map((row) => ({ ...row, [name]: value(row) }));
  }

  private project(): Step {
    const names = [this.word()];
    while (this.takes(',')) names.push(this.word());
    return (rows) => rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
  }

  private union(): Step {
    const isBracketed = this.takes('(');
    const steps = isBracketed ? this.pipeline() : [this.tableStep()];
    if (isBracketed) this.must(')');
    return (rows, tables) => [
      ...rows,
      ...steps.reduce<readonly Row[]>((others, step) => step(others, tables), []),
    ];
  }

  private tableStep(): Step {
    const name = this.word().toLowerCase();
    return (_rows, tables) => tableOf(tables, name);
  }

  private order(): Step {
    this.must('by');
    const value = this.value();
    const isUp = this.takes('asc');
    // Without a word the order is descending.
    if (!isUp) this.takes('desc');
    const direction = isUp ? 1 : -1;
    const text = (row: Row) => textOf(value(row));
    return (rows) =>
      rows.toSorted(
        (one, other) => direction * (text(one) < text(other) ? -1 : Number(text(one) > text(other))),
      );
  }

  private take(): Step {
    const { kind, text } = this.next();
    if (kind !== 'number') throw new QueryError(text);
    this.isCutOff = true;
    return (rows) => rows.slice(0, Number(text));
  }

  private value(): Value {
    const name = this.word();
    if (['tostring', 'tolower'].includes(name.toLowerCase()) && this.takes('(')) {
      const inner = this.value();
      this.must(')');
      const isLower = name.toLowerCase() === 'tolower';
      return (row) => {
        const text = textOf(inner(row));
        return isLower ? text.toLowerCase() : text;
      };
    }
    const path = [name];
    while (this.takes('.')) path.push(this.word());
    return (row) => path.reduce<unknown>((from, step) => partOf(from, step), row);
  }

  private text(): string {
    const { kind, text } = this.next();
    if (kind !== 'text') throw new QueryError(text);
    return text;
  }

  private word(): string {
    const { kind, text } = this.next();
    if (kind !== 'word') throw new QueryError(text);
    return text;
  }

  private must(text: string): void {
    if (!this.takes(text)) throw this.unexpected();
  }

  private takes(text: string): boolean {
    const { kind, text: found } = this.peek();
    if (kind === 'text' || found.toLowerCase() !== text) return false;
    this.at += 1;
    return true;
  }

  private next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  private unexpected(): QueryError {
    return new QueryError(this.peek().text);
  }
}

function tableOf(tables: Tables, name: string): readonly Row[] {
  const rows = tables[name];
  if (rows === undefined) throw new QueryError(name);
  return rows;
}

function partOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Row)[name] : undefined;
}

/** What a value is as a text: nothing is an empty one. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
