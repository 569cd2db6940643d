import { Injectable } from '@nestjs/common';
import { Clock } from '../../domain/ports/clock.js';

/** The machine's own clock. */
@Injectable()
export class SystemClock extends Clock {
  override now(): string {
    return new Date().toISOString();
  }
}
