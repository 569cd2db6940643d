import { once } from 'node:events';
import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are; what came back until the server closed the connection. */
export async function sendBytes(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let seen = '';
  socket.setEncoding('utf8').on('data', (part: string) => (seen += part));
  // A server that refuses what is still being sent may reset the connection; what it said before counts.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return rawAnswer(seen);
}

function rawAnswer(text: string): RawAnswer {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: body.join('\r\n\r\n'),
  };
}
