/** Who says what this package emits. */
export const SCOPE = '@telltale/instrumentation-drift';
