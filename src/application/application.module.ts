import { Module } from '@nestjs/common';
import { verbs } from './verbs.js';

/**
 * Everything that one can do. The ports that the verbs ask for are bound by the composition root, in a global
 * module: this ring knows no adapter.
 */
@Module({ providers: [...verbs], exports: [...verbs] })
export class ApplicationModule {}
