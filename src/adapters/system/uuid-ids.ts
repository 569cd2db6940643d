import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Ids } from '../../domain/ports/ids.js';

/** UUIDs of version 7 (RFC 9562): the first 48 bits are the time in milliseconds, the rest is random. */
@Injectable()
export class UuidIds extends Ids {
  override next(): string {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(Date.now(), 0, 6);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
