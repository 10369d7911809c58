/**
 * Who runs the SDK: we (`own`), `OTEL_CONFIG_FILE` (`node`), another tool with us for the signals that
 * it leaves (`beside`), another tool alone (`attach`), or neither (`off`).
 */
export type SdkMode = 'own' | 'node' | 'beside' | 'attach' | 'off';

/**
 * What an instrumentation of OpenTelemetry looks like, of whatever version: so that neither side
 * needs the other's packages.
 */
export interface AnyInstrumentation {
  readonly instrumentationName: string;
  readonly instrumentationVersion: string;
  enable(): void;
  disable(): void;
  setTracerProvider(provider: object): void;
  setMeterProvider(provider: object): void;
  setLoggerProvider?(provider: object): void;
  setConfig(config: object): void;
  getConfig(): { readonly enabled?: boolean };
}

export interface StartOptions {
  /** Options by dotted key, as they would stand in `telltale.yaml`; stronger than all else. */
  readonly options?: Readonly<Record<string, string>>;
  /** Instrumentations besides Telltale's own. */
  readonly instrumentations?: readonly AnyInstrumentation[];
}

export interface Started {
  readonly mode: SdkMode;
  /** Resolves with the port of the Prometheus page; `undefined` when there is none. */
  readonly pagePort: Promise<number | undefined>;
  /** Whether the register file is to hook `import`. */
  readonly wantsEsmHook: boolean;
}
