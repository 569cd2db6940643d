import type { TokenCredential } from '@azure/identity';
import type { Configuration } from '../../config/configuration.js';
import type { ArmToken } from './arm-client.js';

/** The credential that is configured: a given token, or the platform's identity (workload identity first). */
export function armCredential(arm: Configuration['arm']): ArmToken {
  if (arm.credential === 'static') return { token: () => Promise.resolve(arm.token ?? '') };
  return azureCredential(arm.scope);
}

/** Loaded only where it is used: the library is large, and development does without it. It caches and renews itself. */
function azureCredential(scope: string): ArmToken {
  let credential: Promise<TokenCredential> | null = null;
  return {
    token: async (abortSignal) => {
      credential ??= import('@azure/identity').then(
        ({ DefaultAzureCredential }) => new DefaultAzureCredential(),
      );
      const token = await (await credential).getToken(scope, { abortSignal });
      if (token === null) throw new Error('no token for the control plane could be had');
      return token.token;
    },
  };
}
