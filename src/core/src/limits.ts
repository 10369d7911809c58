/** Bounds in the user's process. Each one that is hit shows in a counter or as `_OTHER`. */
export const MODEL_NAMES_MAX: number = 100;
/** Outcomes, levels and categories a model. */
export const PREDICTION_VALUES_MAX: number = 50;
/** Rows of a run whose confidence and event are recorded; the outcomes of all are counted. */
export const DETAILED_ROWS_PER_RUN_MAX: number = 1_024;
export const RUN_SPANS_PER_PARENT_MAX: number = 32;
export const ROOT_RUN_SPANS_PER_SECOND_MAX: number = 100;
export const TENSOR_DESCRIPTIONS_MAX: number = 16;
export const TENSOR_DESCRIPTION_LENGTH_MAX: number = 96;
export const ATTRIBUTE_TEXT_LENGTH_MAX: number = 256;
/** How long a flush at exit may hold the process, in milliseconds. */
export const FLUSH_TIMEOUT_MS: number = 2_000;
