// Loaded into a process by NODE_OPTIONS=--import: SIGUSR2 has a promise reject that nobody waits for, SIGPIPE has an error
// thrown that nobody catches. Both quote what must not be told.
const failure = () =>
  Object.assign(
    new Error('as ops@canary.example at https://canary.example/?sig=canary\n    at canary (/canary.js:1:1)'),
    {
      code: 'ECANARY',
    },
  );

process.on('SIGUSR2', () => void Promise.reject(failure()));
process.on('SIGPIPE', () => {
  throw failure();
});
