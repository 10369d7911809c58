import { KeyedCounter } from '../runtime/service/keyed-counter.ts';

/** Requests and unkept records since the start, counted over all listeners. */
export class RequestCounters {
  readonly requests: KeyedCounter = new KeyedCounter(['route', 'status']);
  /** Log records and spans that were read and not kept. */
  readonly discarded: KeyedCounter = new KeyedCounter(['signal']);
}
