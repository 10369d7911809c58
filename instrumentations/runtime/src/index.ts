export { RuntimeInstrumentation } from './instrumentation.ts';
export type { RuntimeInstrumentationConfig } from './types.ts';
