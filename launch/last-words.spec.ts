import { lastWords } from './last-words.js';

describe('the last words of a process', () => {
  it('are the error, not the stack and not what Node adds', () => {
    const output = [
      'worker: it runs',
      'node:events:497',
      "      throw er; // Unhandled 'error' event",
      '      ^',
      '',
      'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000',
      '    at Server.setupListenHandle [as _listen2] (node:net:1817:16)',
      "Emitted 'error' event on Server instance at:",
      '    at emitErrorNT (node:net:1796:8) {',
      "  code: 'EADDRINUSE'",
      '}',
      '',
      'Node.js v20.20.2',
      '',
    ];
    expect(lastWords(output.join('\n'))).toBe(
      'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000',
    );
  });

  it('carry no password, no colour and no control character, and are bounded', () => {
    const red = `${String.fromCharCode(27)}[31m`;
    expect(lastWords(`${red}no way to postgres://owner:secret@127.0.0.1/postern\u0007\u202e`)).toBe(
      'no way to postgres://…@127.0.0.1/postern',
    );
    expect(lastWords('x'.repeat(10_000))).toHaveLength(300);
    expect(lastWords('')).toBe('');
  });
});
