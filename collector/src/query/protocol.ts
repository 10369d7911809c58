import type { MessagePort } from 'node:worker_threads';

import type { LabelMatcher } from '../promql/ast.ts';

import type { QueryJob, QueryRefusal } from '../exchange/query.ts';
import type { LabelsChunk, SamplesChunk } from './series-chunk.ts';
import type { QuerySettings } from './settings.ts';

/** What a worker gets when it is made. */
export interface WorkerStart {
  /** Where it asks for series. */
  readonly port: MessagePort;
  /** One number, raised for each message on the port, which the worker waits for. */
  readonly signal: SharedArrayBuffer;
}

/** A job for a worker that has none. */
export interface WorkerTask {
  readonly job: QueryJob;
  readonly settings: QuerySettings;
  readonly timeoutMs: number;
}

/** What a worker says of its job: pieces of the body, then one of the other two. */
export type WorkerReport =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'done' }
  | QueryRefusal;

/** What a worker asks of the store. */
export type SelectionRequest =
  | {
      readonly kind: 'series';
      /** `=` matchers only. */
      readonly matchers: readonly LabelMatcher[];
      readonly startMs: number;
      readonly endMs: number;
      readonly withSamples: boolean;
    }
  | {
      readonly kind: 'samples';
      readonly references: Float64Array;
      readonly startMs: number;
      readonly endMs: number;
    };

/** A part of the answer to a request, then its end. */
export type SelectionReply =
  | { readonly kind: 'part'; readonly labels?: LabelsChunk; readonly samples?: SamplesChunk }
  | { readonly kind: 'end' }
  | { readonly kind: 'too much'; readonly bytesMax: number };
