import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, '..', '..', 'docs', 'performance.md');

/** The machine and the day, without which a figure says nothing. */
export function measuredOn(): string {
  const day = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${day}: ${String(cpus().length)} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${String(memory)} GiB, Node ${process.version}.`;
}

/** Writes one section of docs/performance.md and leaves what other benches wrote; prints it. */
export function writeSection(title: string, lines: readonly string[]): void {
  const section = [`## ${title}`, '', ...lines, ''].join('\n');
  const [head = '', ...sections] = readFileSync(file, 'utf8').split(/^(?=## )/m);
  const known = sections.findIndex((one) => one.startsWith(`## ${title}\n`));
  if (known < 0) sections.push(section);
  else sections[known] = section;
  const text = [head, ...sections].map((one) => one.trimEnd()).join('\n\n');
  writeFileSync(file, `${text}\n`);
  process.stdout.write(section);
}
