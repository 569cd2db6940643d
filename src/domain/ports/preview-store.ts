import type { KeptPreview } from '../enforcement/kept-preview.js';

export interface PreviewStore {
  find(requestId: string): Promise<KeptPreview | null>;
  save(kept: KeptPreview): Promise<void>;
  /** Forgets it; where there is none nothing happens. */
  remove(requestId: string): Promise<void>;
}
