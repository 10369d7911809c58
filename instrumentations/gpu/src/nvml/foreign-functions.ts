import { createRequire } from 'node:module';

/** The part of koffi that is used. */
export interface Koffi {
  load(path: string): KoffiLibrary;
}

export interface KoffiLibrary {
  func(name: string, result: string, parameters: readonly string[]): NativeFunction;
}

export type NativeFunction = (...args: readonly unknown[]) => number;

/**
 * koffi, from the first place that has it: beside this package, or in the application. It is an
 * optional peer, so that a native module is installed only on request.
 *
 * @throws the reason of the last place
 */
export function loadKoffi(places: readonly string[]): Koffi {
  let reason: unknown = new Error('no place to look for koffi');
  for (const place of places) {
    try {
      return createRequire(place)('koffi') as Koffi;
    } catch (cause) {
      reason = cause;
    }
  }
  throw reason;
}
