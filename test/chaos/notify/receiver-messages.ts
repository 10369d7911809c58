/** Kinds of receivers, one path each. */
export const RECEIVERS = ['healthy', 'busy', 'failing', 'hanging', 'closing', 'down'] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

/** A message that a receiver accepted; alerts by their label `id`. */
export interface AcceptedMessage {
  readonly atMs: number;
  readonly receiver: ReceiverName;
  readonly key: string;
  readonly groupKey: string;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

/** A request that came in a pause which the receiver had asked for. */
export interface EarlyRequest {
  readonly groupKey: string;
  readonly atMs: number;
  /** When the pause was asked for, and until when. */
  readonly askedMs: number;
  readonly untilMs: number;
}

/** How long the thread of the receivers did not get to answer: the harness' share of a delay. */
export interface Stalls {
  readonly maxMs: number;
  readonly meanMs: number;
}

export interface ReceiverSetup {
  readonly seed: number;
}

export type ToReceivers =
  /** The receiver that is down works from now on. */
  | { readonly kind: 'recover' }
  /** Kills a process as soon as a message was accepted, before it can read the answer. */
  | { readonly kind: 'kill at accept'; readonly pid: number }
  | { readonly kind: 'spare' }
  | { readonly kind: 'count' }
  | { readonly kind: 'stop' };

export type FromReceivers =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'accepted'; readonly message: AcceptedMessage; readonly isKill: boolean }
  | { readonly kind: 'early'; readonly early: EarlyRequest }
  | { readonly kind: 'counted'; readonly requests: number; readonly stalls: Stalls };
