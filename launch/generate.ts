import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles } from './generated-files.js';
import { endOnUncaught, fail } from './stop-on-signal.js';

// `npm run generate` writes the files that are drawn from code; `npm run generate:check` compares them with what is
// committed, and fails when one differs.

const root = path.resolve(import.meta.dirname, '..', '..');
const isCheck = process.argv.includes('--check');

async function main(): Promise<void> {
  for (const { file, content } of generatedFiles) {
    const target = path.join(root, file);
    const wanted = await content();
    if (existsSync(target) && readFileSync(target, 'utf8') === wanted) continue;
    if (isCheck) {
      console.error(`${file} is not what the code says; run npm run generate`);
      process.exitCode = 1;
    } else {
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, wanted);
      console.log(`wrote ${file}`);
    }
  }
}

endOnUncaught('generate');
main().catch((error: unknown) => fail(`generate: ${error instanceof Error ? error.message : String(error)}`));
