import { Controller } from '@nestjs/common';
import { RecordConsent } from '../../application/record-consent.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './partner.routes.js';

@Controller()
export class ConsentController {
  constructor(private readonly consent: RecordConsent) {}

  @On(routes.recordConsent)
  async recordConsent(@In() { call, params, body }: InputOf<typeof routes.recordConsent>) {
    return rendered(200, await this.consent.run(call, { requestId: params.id, consent: body }));
  }
}
