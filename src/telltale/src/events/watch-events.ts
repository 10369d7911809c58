import type { EventType } from '@telltale/core';

import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';
import { captureConsoleOnce } from '../logs/capture-console.ts';
import { writesLines } from '../logs/line-processors.ts';
import { bridgeOldLogsApi } from '../logs/old-api-bridge.ts';
import type { SdkMode } from '../start-options.ts';
import { EVENTS_PER_SECOND, limitEvents } from './emit-event.ts';
import { watchRequests } from './request-events.ts';
import { watchUncaught } from './uncaught.ts';
import { chooseEvents, RARE_EVENTS, wantsEvents } from './wanted.ts';

const ALL_EVENTS: readonly EventType[] = [...RARE_EVENTS, 'REQUEST', 'PREDICTION'];

/** Starts what the configuration asks for of events and logs. */
export function watchEvents(config: Config, mode: SdkMode): void {
  chooseEvents(eventTypes(config));
  limitEvents(config.number('logs.events_per_second') ?? EVENTS_PER_SECOND);
  if (wantsEvents('REQUEST')) watchRequests();
  watchUncaught();
  const capture = config.text('logs.console');
  // Beside an SDK of the application no lines are written, so its own line must stay.
  const canWriteLines = mode === 'own' || mode === 'node';
  if (capture === 'otlp' || capture === 'json') {
    captureConsoleOnce(capture === 'json' && canWriteLines);
  }
  bridgeOldLogsApi();
  if (writesLines(config) && !canWriteLines) {
    report('logs', 'Cannot write lines of logs: another OpenTelemetry SDK runs in this process');
  }
}

/** Predictions and requests come in numbers, so they are emitted only on request. */
function eventTypes(config: Config): readonly EventType[] {
  if (config.isSet('logs.events')) return config.list('logs.events') as readonly EventType[];
  return writesLines(config) ? ALL_EVENTS : RARE_EVENTS;
}
