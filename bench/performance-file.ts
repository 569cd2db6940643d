import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import type { Extent } from './extent.js';

const file = path.resolve(import.meta.dirname, '..', '..', 'docs', 'performance.md');

/** The machine and the day, without which a figure says nothing. */
export function measuredOn(): string {
  const day = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${day}: ${String(cpus().length)} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${String(memory)} GiB, Node ${process.version}.`;
}

/** Prints what a bench found, and records it as one section of docs/performance.md unless it was a quick one. */
export function tellSection(title: string, lines: readonly string[], { isRecorded }: Extent): void {
  const section = [`## ${title}`, '', ...lines, ''].join('\n');
  if (isRecorded) writeSection(title, section);
  process.stdout.write(section);
}

/** Leaves what other benches wrote. */
function writeSection(title: string, section: string): void {
  const [head = '', ...sections] = readFileSync(file, 'utf8').split(/^(?=## )/m);
  const known = sections.findIndex((one) => one.startsWith(`## ${title}\n`));
  if (known < 0) sections.push(section);
  else sections[known] = section;
  const text = [head, ...sections].map((one) => one.trimEnd()).join('\n\n');
  writeFileSync(file, `${text}\n`);
}
