import { registrantVersion } from './registrant-version.ts';

/** Where every copy of the OpenTelemetry API of major version 1 keeps what is registered. */
const API_KEY = Symbol.for('opentelemetry.js.api.1');
/**
 * The version that readers see. A copy of the API uses what a newer one registered and ignores what
 * an older one did, so a version above all of them serves all of them.
 */
const VERSION_FOR_READERS = '1.999.999';

export type ApiSignal = 'trace' | 'metrics' | 'logs' | 'context' | 'propagation';

const SIGNALS: readonly ApiSignal[] = ['trace', 'metrics', 'logs', 'context', 'propagation'];

type Slots = Partial<Record<ApiSignal | 'diag' | 'version', unknown>>;

const holder = globalThis as { [API_KEY]?: Slots };

/** Whether a provider of telemetry is registered already. */
export function hasGlobalProvider(): boolean {
  const api = holder[API_KEY];
  return api?.metrics !== undefined || api?.trace !== undefined;
}

/** Whether OpenTelemetry's diagnostics are shown already. */
export function hasDiagnosticLogger(): boolean {
  return holder[API_KEY]?.diag !== undefined;
}

/**
 * What all copies of the API in this process share, opened for all of them.
 *
 * The API serves one version: a copy refuses to register beside another version, reads nothing from
 * an older one, and keeps the first registration for good. With several tools in a process that
 * silently costs the telemetry of some. Every copy of any version 1.x registers in the same steps:
 * it reads `globalThis[key]`, assigns it to itself, reads the slot unless it may override, compares
 * the version with its own, and writes the slot. A plain read of a provider never assigns. So
 * accessors tell a registration from a read: a registration is shown its own version and slots of
 * ours look empty to it; a reader is shown a version that it takes. This needs no module hook, so it
 * also works for ECMAScript modules, bundles, and copies loaded before or after this.
 */
export class ApiGlobals {
  /** What is registered. The object of the first copy of the API, if that was not ours. */
  #slots: Slots | undefined;
  readonly #facade: Slots = {};
  readonly #ours = new Set<ApiSignal>();
  #isRegistering = false;
  #onTaken: (signal: ApiSignal) => void = () => {};

  constructor() {
    this.#slots = holder[API_KEY];
    for (const [name, value] of Object.entries(this.#slots ?? {})) {
      if (name !== 'version') Object.assign(this.#facade, { [name]: value });
    }
    for (const signal of SIGNALS) this.#defineSlot(signal);
    this.#defineLogger();
    this.#defineVersion();
    this.#defineHolder();
  }

  has(signal: ApiSignal): boolean {
    return this.#slots?.[signal] !== undefined;
  }

  /** Registers ours unless another one is there. Returns whether it is registered. */
  register(signal: ApiSignal, instance: unknown): boolean {
    this.#slots ??= {};
    if (this.has(signal)) return false;
    this.#slots[signal] = instance;
    this.#ours.add(signal);
    return true;
  }

  /** `listener` is called once a signal, while another SDK takes the place of ours. */
  onTaken(listener: (signal: ApiSignal) => void): void {
    this.#onTaken = listener;
  }

  #defineHolder(): void {
    Object.defineProperty(globalThis, API_KEY, {
      configurable: true,
      enumerable: false,
      get: () => (this.#slots === undefined ? undefined : this.#facade),
      set: (value: Slots) => {
        // Nothing was there: the first copy goes on with the object that it made.
        if (value !== this.#facade) this.#slots = value;
        else this.#beginRegistration();
      },
    });
  }

  #beginRegistration(): void {
    this.#isRegistering = true;
    queueMicrotask(() => {
      this.#isRegistering = false;
    });
  }

  #defineVersion(): void {
    Object.defineProperty(this.#facade, 'version', {
      configurable: true,
      enumerable: true,
      get: () => {
        if (!this.#isRegistering) return VERSION_FOR_READERS;
        this.#isRegistering = false;
        return registrantVersion(this.#slots?.version);
      },
    });
  }

  #defineSlot(signal: ApiSignal): void {
    Object.defineProperty(this.#facade, signal, {
      configurable: true,
      enumerable: true,
      get: () =>
        this.#isRegistering && this.#ours.has(signal) ? undefined : this.#slots?.[signal],
      set: (theirs: unknown) => {
        this.#isRegistering = false;
        this.#slots = Object.assign(this.#slots ?? {}, { [signal]: theirs });
        if (this.#ours.delete(signal)) this.#onTaken(signal);
      },
    });
  }

  /** The diagnostic logger is overridden without reading its slot first. */
  #defineLogger(): void {
    Object.defineProperty(this.#facade, 'diag', {
      configurable: true,
      enumerable: true,
      get: () => this.#slots?.diag,
      set: (logger: unknown) => {
        this.#isRegistering = false;
        this.#slots = Object.assign(this.#slots ?? {}, { diag: logger });
      },
    });
  }
}
