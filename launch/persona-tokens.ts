import { developmentToken, type Persona } from './development-token.js';

/** A token of each persona that the stories and the seed speak for. */
export async function personaTokens(dataDir: string) {
  const token = (persona: Persona) => developmentToken(persona, { dataDir });
  return {
    customer: await token('customer'),
    partner: await token('partner'),
    reviewer: await token('reviewer'),
    approver: await token('approver'),
    analyst: await token('analyst'),
    operator: await token('operator'),
    ingest: await token('ingest'),
  };
}
