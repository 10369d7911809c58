import { countError } from '../self-metrics.ts';

/**
 * A call of the application that never throws into it, whatever it is given: a failure is counted
 * and answered with the fallback.
 */
export function guarded<A extends unknown[], R>(
  part: string,
  call: (...args: A) => R,
  fallback: R,
): (...args: A) => R {
  return (...args) => {
    try {
      return call(...args);
    } catch {
      countError(part, 'invalid_call');
      return fallback;
    }
  };
}
