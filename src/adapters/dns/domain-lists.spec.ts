import { ListedDisposableDomains, PublicSuffixDomains } from './domain-lists.js';

describe('registrable domains', () => {
  it.each([
    ['mail.example.com', 'example.com'],
    ['mail.example.co.uk', 'example.co.uk'],
    ['EXAMPLE.com.', 'example.com'],
    // A suffix that a host keeps for its customers: each of them is somebody else.
    ['shop.azurewebsites.net', 'shop.azurewebsites.net'],
    ['co.uk', null],
    ['192.0.2.1', null],
    ['', null],
  ])('of %s is %s', (name, registrable) => {
    expect(new PublicSuffixDomains().of(name)).toBe(registrable);
  });
});

describe('disposable domains', () => {
  it.each([
    ['mailinator.com', true],
    ['inbox.mailinator.com', true],
    ['example.com', false],
    ['outlook.com', false],
    ['', false],
  ])('%s: %s', (domain, isDisposable) => {
    expect(new ListedDisposableDomains().isDisposable(domain)).toBe(isDisposable);
  });
});
