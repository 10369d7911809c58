import { childrenOf, count, longest } from '../seen.ts';
import { firstLog, firstOf, type Scenario, TO_SINK, wide } from './scenario.ts';

export const LIMITS: readonly Scenario[] = [
  {
    name: 'limits of every attribute',
    base: TO_SINK,
    variables: {
      OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '30',
      OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '2',
      OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: '3',
    },
    facts: {
      OTEL_ATTRIBUTE_COUNT_LIMIT: (run) => [count(wide(run)), count(firstLog(run))],
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: (run) => [longest(wide(run)), longest(firstLog(run))],
      OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: (run) => count(firstOf(run, 'events')),
      OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: (run) => count(firstOf(run, 'links')),
    },
  },
  {
    name: 'limits of spans and log records',
    base: TO_SINK,
    variables: {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '9',
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '40',
      OTEL_SPAN_EVENT_COUNT_LIMIT: '5',
      OTEL_SPAN_LINK_COUNT_LIMIT: '4',
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3',
      OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '11',
      OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '50',
    },
    facts: {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: (run) => count(wide(run)),
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: (run) => longest(wide(run)),
      OTEL_SPAN_EVENT_COUNT_LIMIT: (run) => childrenOf(wide(run), 'events').length,
      OTEL_SPAN_LINK_COUNT_LIMIT: (run) => childrenOf(wide(run), 'links').length,
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: (run) => count(firstOf(run, 'events')),
      OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: (run) => count(firstOf(run, 'links')),
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: (run) => count(firstLog(run)),
      OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: (run) => longest(firstLog(run)),
    },
  },
];
