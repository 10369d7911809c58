import type { Place } from './tree.ts';

/** The parts that a YAML text is made of. Block starts and ends come from its indentation. */
export type YamlToken =
  | { readonly kind: PlainTokenKind; readonly place: Place }
  | {
      readonly kind: 'scalar';
      readonly place: Place;
      readonly text: string;
      /** Written without quotes, and not as a block. */
      readonly isPlain: boolean;
    }
  | { readonly kind: 'alias' | 'anchor'; readonly place: Place; readonly name: string }
  | {
      readonly kind: 'tag';
      readonly place: Place;
      readonly handle: string;
      readonly suffix: string;
    }
  | { readonly kind: 'tagDirective'; readonly place: Place; readonly handle: string }
  | { readonly kind: 'error'; readonly place: Place; readonly message: string };

export type PlainTokenKind =
  | 'streamEnd'
  | 'versionDirective'
  /** `%YAML` with another version than 1.1. */
  | 'foreignVersion'
  | 'documentStart'
  | 'documentEnd'
  | 'blockSequenceStart'
  | 'blockMappingStart'
  | 'blockEnd'
  | 'flowSequenceStart'
  | 'flowSequenceEnd'
  | 'flowMappingStart'
  | 'flowMappingEnd'
  | 'blockEntry'
  | 'flowEntry'
  | 'key'
  | 'value';
