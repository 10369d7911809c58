import { DiagConsoleLogger, type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { diagLogLevelFromString } from '@opentelemetry/core';

import type { Config } from '../config.ts';
import { reasonOf, report } from '../diagnostics.ts';
import { countDroppedEvents } from '../self-metrics.ts';

/** Everything of ours logs under the name of its package. */
const OURS = /^(?:@telltale\/|telltale$)/u;
/** The one message of the SDK that tells of lost telemetry. */
const LOSS = /^Dropped (?<amount>\d+) (?<what>\w+)/u;

/**
 * Shows warnings and errors of our instrumentations, one line each. The rest of OpenTelemetry's
 * diagnostics stays as quiet as without us; `OTEL_LOG_LEVEL` shows it all, as upstream does.
 */
export function showDiagnostics(config: Config): void {
  const level = config.isSet('OTEL_LOG_LEVEL') ? config.text('OTEL_LOG_LEVEL') : undefined;
  if (level === undefined) {
    listen();
    return;
  }
  const logLevel = diagLogLevelFromString(level) ?? DiagLogLevel.INFO;
  diag.setLogger(new DiagConsoleLogger(), { logLevel, suppressOverrideMessage: true });
}

/**
 * Hears the diagnostics of this copy of the API, the one that our SDK and instrumentations use. A
 * logger for all copies would be one that the application overrides, which the API warns of.
 */
function listen(): void {
  const lines = new DiagLines();
  const { error, warn, createComponentLogger } = diag;
  diag.error = (message, ...details) => {
    error.call(diag, message, ...details);
    lines.error(message, ...details);
  };
  diag.warn = (message, ...details) => {
    warn.call(diag, message, ...details);
    lines.warn(message, ...details);
  };
  diag.createComponentLogger = ({ namespace, ...options }) => {
    const name = namespace ?? '';
    const logger = createComponentLogger.call(diag, { namespace: name, ...options });
    return {
      error: (message, ...details) => {
        logger.error(message, ...details);
        lines.error(name, message, ...details);
      },
      warn: (message, ...details) => {
        logger.warn(message, ...details);
        lines.warn(name, message, ...details);
      },
      info: (message, ...details) => logger.info(message, ...details),
      debug: (message, ...details) => logger.debug(message, ...details),
      verbose: (message, ...details) => logger.verbose(message, ...details),
    };
  };
}

class DiagLines implements DiagLogger {
  error(message: string, ...details: unknown[]): void {
    show(message, details);
  }

  warn(message: string, ...details: unknown[]): void {
    show(message, details);
  }

  info(): void {}

  debug(): void {}

  verbose(): void {}
}

function show(message: string, details: readonly unknown[]): void {
  const { amount, what } = LOSS.exec(message)?.groups ?? {};
  if (amount !== undefined && what !== undefined) {
    report('otel', message);
    countDroppedEvents(what === 'spans' ? 'traces' : 'logs', 'queue', Number(amount));
  }
  // A component logger puts its name before the message.
  if (!OURS.test(message)) return;
  const [text = '', ...rest] = details;
  const words = [text, ...rest.map(reasonOf)].map(String);
  report(`${message} ${String(text)}`.slice(0, 100), words.join(': '));
}
