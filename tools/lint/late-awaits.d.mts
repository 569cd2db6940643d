import type ts from 'typescript';

export declare class LateAwaits {
  constructor(checker: ts.TypeChecker);
  in(
    source: ts.SourceFile,
  ): readonly { readonly line: number; readonly character: number; readonly what: string }[];
}
