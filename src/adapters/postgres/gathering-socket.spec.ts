import { createServer, type AddressInfo } from 'node:net';
import { GatheringSocket } from './gathering-socket.js';

it('sends in one piece what is written before the program waits, in its order', async () => {
  const arrived: string[] = [];
  const whole = new Promise<void>((resolve) => {
    const server = createServer((connection) => {
      connection.on('data', (piece) => arrived.push(piece.toString()));
      connection.on('end', () => {
        connection.end();
        server.close(() => resolve());
      });
    }).listen(0, '127.0.0.1', () => {
      const socket = new GatheringSocket();
      socket.connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('BEGIN;');
        socket.write('SELECT;');
        void Promise.resolve().then(() => {
          socket.write('COMMIT;');
          setImmediate(() => {
            socket.write('BEGIN;');
            socket.end();
          });
        });
      });
    });
  });
  await whole;
  expect(arrived.join('')).toBe('BEGIN;SELECT;COMMIT;BEGIN;');
  expect(arrived[0]).toMatch(/^BEGIN;SELECT;COMMIT;/);
});
