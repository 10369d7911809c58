/**
 * The `node:diagnostics_channel` on which an instrumentation of a runtime tells when runs start and
 * end, for code that divides a resource among them. Nothing is built or sent without a listener.
 */
export const INFERENCE_CHANNEL: string = 'telltale:inference';

/** One message: the same `run` object at both ends. */
export interface InferenceMessage {
  readonly phase: 'start' | 'end';
  readonly run: object;
  /** `performance.now()`. */
  readonly atMs: number;
  /** Execution providers that the session asked for. */
  readonly providers: readonly string[];
}
