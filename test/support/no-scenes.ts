import { type RestartScene, RestartScenes } from '../../src/domain/ports/restart-scenes.js';

const nothing = {
  kind: 'incomplete',
  code: 'timeout',
  message: 'the listing is not complete',
  retryAfterSeconds: null,
} as const;

const none = { burst: 1, perMinute: 1 } as const;

/** A cloud that shows nothing of what a plan would meet. */
export class NoScenes extends RestartScenes {
  override look(): Promise<RestartScene> {
    return Promise.resolve({
      subscription: { kind: 'unavailable', code: 'timeout', retryAfterSeconds: null },
      machines: nothing,
      powerStates: nothing,
      interfaces: nothing,
      publicAddresses: nothing,
      scaleSets: nothing,
      limits: { deallocate: none, start: none, deallocateInstance: none, startInstance: none },
    });
  }
}
