import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeploymentSecret } from './deployment-secret.js';

let dataDir: string;
beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'postern-secret-')), 'data');
});
afterEach(() => rmSync(path.dirname(dataDir), { recursive: true }));

const cursorKey = (secret: DeploymentSecret) => secret.keyFor('cursor').toString('hex');

describe('the secret of a deployment', () => {
  it('gives every process the same key for a purpose, and each purpose its own', () => {
    const secret = new DeploymentSecret('configured', null);
    expect(cursorKey(secret)).toBe(cursorKey(new DeploymentSecret('configured', null)));
    expect(cursorKey(secret)).not.toBe(cursorKey(new DeploymentSecret('another', null)));
    expect(secret.keyFor('contact')).not.toEqual(secret.keyFor('cursor'));
    expect(secret.keyFor('cursor')).toHaveLength(32);
  });

  it('is kept in the data directory where none is configured: whoever comes first makes it', () => {
    const first = new DeploymentSecret(null, dataDir);
    const file = path.join(dataDir, 'secret');
    expect(cursorKey(new DeploymentSecret(null, dataDir))).toBe(cursorKey(first));
    expect(readFileSync(file, 'utf8').length).toBeGreaterThanOrEqual(43);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['secret']);
  });

  it('is the configured one where there are both, and leaves nothing behind', () => {
    const secret = new DeploymentSecret('configured', dataDir);
    expect(cursorKey(secret)).toBe(cursorKey(new DeploymentSecret('configured', null)));
    expect(() => readdirSync(dataDir)).toThrow('ENOENT');
  });

  it('must come from somewhere', () => {
    expect(() => new DeploymentSecret(null, null)).toThrow('POSTERN_SECRET is needed');
  });
});

describe('a contact', () => {
  const secret = new DeploymentSecret('configured', null);

  it('is recognised however it is spelt', () => {
    expect(secret.contactHash(' Mara@Customer.example ')).toBe(secret.contactHash('mara@customer.example'));
    expect(secret.contactHash('mara@customer.example')).not.toBe(secret.contactHash('eve@customer.example'));
  });

  it('cannot be told from its hash, nor found without the secret', () => {
    const hash = secret.contactHash('mara@customer.example');
    expect(hash).toMatch(/^[\da-f]{64}$/);
    expect(new DeploymentSecret('another', null).contactHash('mara@customer.example')).not.toBe(hash);
  });
});
