/** Records that evidence takes in one go, at most: as many as the lists for a run are long. */
export const RUN_RECORDS_MAX = 32;

/**
 * Keeps products finite to the end of a run, after which they are capped: the largest factor of a
 * record is 11 but for outcomes that were never seen, and an infinity times a factor of 0 would stay no
 * number for good. Capping only lowers evidence, so it is safe.
 */
export const EVIDENCE_MAX = 1e250;
