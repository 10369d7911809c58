/** Where every copy of the OpenTelemetry API of major version 1 keeps what is registered. */
const API_KEY = Symbol.for('opentelemetry.js.api.1');

export type ApiSignal = 'trace' | 'metrics' | 'logs' | 'context' | 'propagation';

const SIGNALS: readonly ApiSignal[] = ['trace', 'metrics', 'logs', 'context', 'propagation'];

type ApiGlobals = Partial<Record<ApiSignal | 'diag', unknown>>;

const holder = globalThis as { [API_KEY]?: ApiGlobals };

/** Whether somebody has registered a provider of telemetry already. */
export function hasGlobalProvider(): boolean {
  const api = holder[API_KEY];
  return api?.metrics !== undefined || api?.trace !== undefined;
}

/** Whether somebody shows OpenTelemetry's diagnostics already. */
export function hasDiagnosticLogger(): boolean {
  return holder[API_KEY]?.diag !== undefined;
}

/**
 * Lets an SDK that the application starts later replace ours.
 *
 * The API keeps the first registration and refuses the next with a log line, which would leave the
 * application's own exporters without data. Every copy of the API, of any version 1.x, registers in
 * the same steps: it assigns `globalThis[key]` to itself, reads the slot, and writes the slot if it
 * was empty. A plain read of a provider never assigns. So an accessor on `globalThis[key]` tells a
 * registration from a read, and the slots that hold ours look empty to the former. This needs no
 * module hook, so it also works for ECMAScript modules on every Node.js.
 *
 * `onTaken` is called once a signal, while the registration runs.
 */
export function yieldGlobals(onTaken: (signal: ApiSignal) => void): void {
  const api = holder[API_KEY];
  if (api === undefined) return;
  let isRegistering = false;
  for (const signal of SIGNALS) {
    if (api[signal] !== undefined) defineSlot(signal, api[signal]);
  }
  // The diagnostic logger is overridden without reading its slot first: the write ends that step.
  let logger = api.diag;
  Object.defineProperty(api, 'diag', {
    configurable: true,
    enumerable: true,
    get: () => logger,
    set: (value: unknown) => {
      isRegistering = false;
      logger = value;
    },
  });
  Object.defineProperty(globalThis, API_KEY, {
    configurable: true,
    enumerable: false,
    get: () => api,
    set: (value: unknown) => {
      if (value !== api) Object.defineProperty(globalThis, API_KEY, { value, writable: true });
      else beginRegistration();
    },
  });

  function beginRegistration(): void {
    isRegistering = true;
    queueMicrotask(() => {
      isRegistering = false;
    });
  }

  function defineSlot(signal: ApiSignal, ours: unknown): void {
    let value = ours;
    let isOurs = true;
    Object.defineProperty(api, signal, {
      configurable: true,
      enumerable: true,
      get: () => {
        if (!isRegistering) return value;
        isRegistering = false;
        return isOurs ? undefined : value;
      },
      set: (theirs: unknown) => {
        value = theirs;
        isRegistering = false;
        if (!isOurs) return;
        isOurs = false;
        onTaken(signal);
      },
    });
  }
}
