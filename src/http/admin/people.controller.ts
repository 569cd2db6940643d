import { Controller } from '@nestjs/common';
import { EraseContact } from '../../application/erase-contact.js';
import { ErasePerson } from '../../application/erase-person.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './people.routes.js';

@Controller()
export class PeopleController {
  constructor(
    private readonly person: ErasePerson,
    private readonly contact: EraseContact,
  ) {}

  @On(routes.erasePerson)
  async erasePerson(@In() { call, params, body }: InputOf<typeof routes.erasePerson>) {
    const { reason, tenantId = null } = body;
    return rendered(200, await this.person.run(call, { objectId: params.id, tenantId, reason }));
  }

  @On(routes.eraseContact)
  async eraseContact(@In() { call, body }: InputOf<typeof routes.eraseContact>) {
    return rendered(200, await this.contact.run(call, body));
  }
}
