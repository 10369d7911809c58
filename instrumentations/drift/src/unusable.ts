/** A value that cannot be used, with the reason in words; never the value itself. */
export class Unusable {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
