import type { Place } from './tree.ts';

/** What cannot be read as YAML, and where. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError';
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}
