const ansi = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
/** Lines of Node's report of an uncaught error that say nothing of its cause. */
const frames = /^\s|^[}\]]|^Node\.js v|^Emitted |^node:|^file:/;
const longest = 300;

/**
 * The line of a process's error output that says most about its end: the last one that is no stack frame, on one line,
 * bounded, without control characters and without the passwords of URLs.
 */
export function lastWords(output: string): string {
  const lines = output.replace(ansi, '').split(/\r?\n/);
  const line = lines.findLast((one) => one.trim() !== '' && !frames.test(one)) ?? '';
  return line
    .replace(/\/\/[^/\s@]*@/g, '//…@')
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim()
    .slice(0, longest);
}
