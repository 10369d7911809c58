export const SERVICE_IMAGE = 'localhost/telltale-collector:test';
export const OPERATOR_IMAGE = 'localhost/telltale-autoinstrumentation-nodejs:test';

/** Checks that `run.ts` makes, for the line that says how many were skipped. */
export const CHECK_COUNT = 17;
