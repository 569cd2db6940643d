// Jest takes `testTimeout` from the command line or the root only: a tier's own is set here, before its tests.
jest.setTimeout(globalThis.tierSeconds * 1000);
