import type { InstrumentationConfig } from '@opentelemetry/instrumentation';

export interface RuntimeInstrumentationConfig extends InstrumentationConfig {
  /** Folder in front of `/proc` and `/sys`. Default: none, the machine's own. */
  readonly root?: string;
}
