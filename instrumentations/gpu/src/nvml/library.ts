import type { Koffi, KoffiLibrary, NativeFunction } from './foreign-functions.ts';
import { SYMBOLS, type SymbolName } from './symbols.ts';

const TYPES: Readonly<Record<string, string>> = {
  // koffi gives opaque pointers as BigInt, and takes them for this type.
  h: 'uintptr_t',
  p: 'void *',
  u: 'uint32_t',
  i: 'int',
  U: 'uint64_t',
};

const LINUX_PATHS = ['libnvidia-ml.so.1', '/usr/lib/wsl/lib/libnvidia-ml.so.1'];

/** Tells another thread that a native call is under way. */
export interface CallWatch {
  enter(name: SymbolName): void;
  leave(): void;
}

/** Where NVML may be, the path of the option first. */
export function libraryPaths(option: string | undefined, platform: string): readonly string[] {
  const standard = platform === 'win32' ? ['C:\\Windows\\System32\\nvml.dll'] : LINUX_PATHS;
  return option === undefined ? standard : [option, ...standard];
}

/**
 * NVML, each function bound alone and when it is first used: a driver that lacks one loses only the
 * metrics of that one.
 */
export class NvmlLibrary {
  readonly path: string;
  readonly #library: KoffiLibrary;
  readonly #watch: CallWatch;
  readonly #bound = new Map<SymbolName, NativeFunction | undefined>();

  /** @throws when none of the paths can be loaded */
  constructor(koffi: Koffi, paths: readonly string[], watch: CallWatch) {
    const [path, library] = loadFirst(koffi, paths);
    this.path = path;
    this.#library = library;
    this.#watch = watch;
  }

  has(name: SymbolName): boolean {
    return this.#bind(name) !== undefined;
  }

  /** NVML's return code; 13, as NVML says it, for a function that is missing. */
  call(name: SymbolName, ...args: readonly unknown[]): number {
    const bound = this.#bind(name);
    if (bound === undefined) return 13;
    this.#watch.enter(name);
    try {
      return bound(...args);
    } finally {
      this.#watch.leave();
    }
  }

  /**
   * As `call`, for the functions of a handle, which are most of a cycle: a list spread into a call is
   * slower than the call of the driver itself.
   */
  callFor(name: SymbolName, handle: bigint, args: readonly unknown[]): number {
    const bound = this.#bind(name);
    if (bound === undefined) return 13;
    this.#watch.enter(name);
    try {
      if (args.length === 1) return bound(handle, args[0]);
      if (args.length === 2) return bound(handle, args[0], args[1]);
      return bound(handle, ...args);
    } finally {
      this.#watch.leave();
    }
  }

  #bind(name: SymbolName): NativeFunction | undefined {
    const known = this.#bound.get(name);
    if (known !== undefined || this.#bound.has(name)) return known;
    let bound: NativeFunction | undefined;
    try {
      const types = SYMBOLS[name].split('').map((letter) => TYPES[letter] ?? 'void *');
      bound = this.#library.func(name, 'int', types);
    } catch {
      // An older driver: "Cannot find function ... in shared library".
    }
    this.#bound.set(name, bound);
    return bound;
  }
}

function loadFirst(koffi: Koffi, paths: readonly string[]): readonly [string, KoffiLibrary] {
  let reason: unknown = new Error('no path of NVML');
  for (const path of paths) {
    try {
      return [path, koffi.load(path)];
    } catch (cause) {
      reason = cause;
    }
  }
  const because = reason instanceof Error ? reason.message : String(reason);
  throw new Error(`none of ${paths.join(', ')} can be loaded: ${because}`, { cause: reason });
}
