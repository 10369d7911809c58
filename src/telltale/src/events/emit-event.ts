import { type Attributes, type Context, context } from '@opentelemetry/api';

import {
  ATTR_TELLTALE_EVENT_TYPE,
  EVENT_ALERT,
  EVENT_PREDICTION,
  EVENT_REQUEST,
  type EventRow,
  type EventType,
  SCHEMA_URL,
  sharedState,
} from '@telltale/core';
import { followLogger } from '@telltale/instrument';

import { EventBudget } from '../logs/event-budget.ts';
import { plainAttributes } from '../logs/plain-attributes.ts';
import { countDroppedEvent, countError } from '../self-metrics.ts';
import { wantsEvents } from './wanted.ts';

const NAME_LENGTH_MAX = 256;
const BODY_LENGTH_MAX = 4_096;
/** Types times models. */
const BUDGETS_MAX = 600;

export const EVENTS_PER_SECOND = 100;
/** A burst may be this many seconds' worth. */
const BURST_SECONDS = 2;

const TYPES: readonly EventType[] = ['PERFORMANCE', 'REQUEST', 'PREDICTION', 'ALERT', 'ERROR'];

const SEVERITIES: Readonly<Record<EventType, number>> = {
  PERFORMANCE: 9,
  REQUEST: 9,
  PREDICTION: 9,
  ALERT: 13,
  ERROR: 17,
};

/** An application may start its own SDK at any time. */
const logger = followLogger('telltale', undefined, { schemaUrl: SCHEMA_URL });

/** Names of events to which the application gave none. */
const NAMES: Readonly<Record<EventType, string>> = {
  PERFORMANCE: 'ml.performance',
  REQUEST: EVENT_REQUEST.name,
  PREDICTION: EVENT_PREDICTION.name,
  ALERT: EVENT_ALERT.name,
  ERROR: 'ml.error',
};

const createBudget = (perSecond: number): EventBudget =>
  new EventBudget({ perSecond, burst: perSecond * BURST_SECONDS, keysMax: BUDGETS_MAX });

/** One state a process: the ESM and the CommonJS copy of this module share it. */
const state = sharedState('telltale.events', () => ({ budget: createBudget(EVENTS_PER_SECOND) }));

/** Sets how many events of one type and model may pass a second. */
export function limitEvents(perSecond: number): void {
  state.budget = createBudget(perSecond);
}

export interface EventContent {
  readonly message: string;
  readonly attributes: Attributes;
  /** What the budget is kept by, besides the type. */
  readonly model?: string;
  readonly severityNumber?: number;
  /** Where the trace ids come from. Default: the context of the call. */
  readonly context?: Context;
}

/** Emits an event of our own, within its budget. */
export function emitEvent(row: EventRow, content: EventContent): void {
  if (!wantsEvents(row.type) || !fits(row.type, content.model)) return;
  const { message, attributes, severityNumber = row.severityNumber } = content;
  logger().emit({
    eventName: row.name,
    severityNumber,
    body: message,
    attributes: { [ATTR_TELLTALE_EVENT_TYPE.name]: row.type, ...attributes },
    context: content.context ?? context.active(),
  });
}

/** Events of the application. */
export const events: {
  /**
   * Emits a structured event with the trace of the call: over OTLP, and as a line of the log file.
   * At most 100 a second of one type and `ml.model.name`, the rest is counted. Never throws.
   *
   * @example
   * events.emit('ALERT', 'fraud.ring_detected', { message: 'three cards, one device', cards: 3 });
   */
  readonly emit: (
    type: EventType,
    name?: string,
    attributes?: Readonly<Record<string, unknown>>,
  ) => void;
} = {
  emit: (type, name, attributes) => {
    try {
      emitOfApplication(type, name, attributes ?? {});
    } catch {
      countError('events', 'invalid_call');
    }
  },
};

function emitOfApplication(
  type: EventType,
  name: string | undefined,
  attributes: Readonly<Record<string, unknown>>,
): void {
  if (!TYPES.includes(type)) {
    countError('events', 'invalid_call');
    return;
  }
  const model = attributes['ml.model.name'];
  if (!fits(type, typeof model === 'string' ? model : undefined)) return;
  const isNamed = typeof name === 'string' && name !== '';
  const eventName = isNamed ? name.slice(0, NAME_LENGTH_MAX) : NAMES[type];
  const { message, ...rest } = attributes;
  logger().emit({
    eventName,
    severityNumber: SEVERITIES[type],
    body: typeof message === 'string' ? message.slice(0, BODY_LENGTH_MAX) : eventName,
    attributes: { ...plainAttributes(rest), [ATTR_TELLTALE_EVENT_TYPE.name]: type },
    context: context.active(),
  });
}

function fits(type: EventType, model = ''): boolean {
  if (state.budget.take(`${type} ${model}`, performance.now())) return true;
  countDroppedEvent(type, 'rate');
  return false;
}
