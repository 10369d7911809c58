import type { Attributes, Context } from '@opentelemetry/api';

import type { EventRow } from '@telltale/core';

export interface EventContent {
  readonly body: string;
  readonly attributes: Attributes;
  readonly context: Context;
}

/** Where log events go. */
export interface EventOutput {
  /** Whether events of a kind go anywhere. Asked before one is put together. */
  wants(event: EventRow): boolean;
  /** Emits a log event within the budget of its kind and model. */
  emit(event: EventRow, record: EventContent): void;
}
