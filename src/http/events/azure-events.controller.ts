import { Controller } from '@nestjs/common';
import { RecordCloudHints } from '../../application/record-cloud-hints.js';
import { In, type InputOf } from '../incoming.js';
import { rendered, type Rendered } from '../rendered.js';
import { On } from '../route.js';
import { readDelivery } from './azure-events.js';
import * as routes from './events.routes.js';

/** Event Grid asks with this origin, in every region of the public cloud. */
const origin = /^(?:[\w-]+\.)*eventgrid\.azure\.(?:net|us|cn)$/i;

@Controller()
export class AzureEventsController {
  constructor(private readonly hints: RecordCloudHints) {}

  @On(routes.receiveAzureEvents)
  async receive(@In() { body, call }: InputOf<typeof routes.receiveAzureEvents>): Promise<Rendered> {
    const { validationCode, hints } = readDelivery(body);
    if (validationCode !== null) return rendered(200, { validationResponse: validationCode, taken: 0 });
    return rendered(200, await this.hints.run(call.traceId ?? '', hints));
  }

  @On(routes.allowAzureEvents)
  allow(@In() { raw }: InputOf<typeof routes.allowAzureEvents>): Rendered {
    const asked = String(raw.headers['webhook-request-origin'] ?? '');
    if (!origin.test(asked)) return rendered(200, {});
    return rendered(200, {}, { 'webhook-allowed-origin': asked, 'webhook-allowed-rate': '120' });
  }
}
