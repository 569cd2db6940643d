import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Nonces } from '../../domain/ports/nonces.js';

@Injectable()
export class RandomNonces extends Nonces {
  override next(): string {
    return randomBytes(24).toString('base64url');
  }
}
