import type { QueryRefusal } from '../exchange/query.ts';

/** A job that cannot be done as it was asked for. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly type: QueryRefusal['type'];

  constructor(type: QueryRefusal['type'], message: string) {
    super(message);
    this.type = type;
  }
}
