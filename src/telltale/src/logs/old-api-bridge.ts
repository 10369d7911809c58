import type { Logger, LoggerProvider } from '@opentelemetry/api';

import { followLogger } from '@telltale/instrument';

/** Where every copy of `@opentelemetry/api-logs` keeps the provider, and the version it asks for. */
const OLD_API = Symbol.for('io.opentelemetry.js.api.logs');
const OLD_API_VERSION = 1;

type OldApi = (version: number) => LoggerProvider;

/**
 * Instrumentations of winston and console still emit through `@opentelemetry/api-logs`, where SDK 3
 * registers nothing, so their records are lost. This answers there with loggers that follow the
 * provider of `@opentelemetry/api`, also one that the application registers later.
 *
 * Nothing is done when an SDK has registered itself there.
 */
export function bridgeOldLogsApi(): void {
  const holder = globalThis as { [OLD_API]?: OldApi };
  if (holder[OLD_API] !== undefined) return;
  const bridge: LoggerProvider = { getLogger: (...scope) => followingLogger(scope) };
  const silent: LoggerProvider = { getLogger: () => SILENT };
  holder[OLD_API] = (version) => (version === OLD_API_VERSION ? bridge : silent);
}

const SILENT: Logger = { emit: () => {}, enabled: () => false };

type Scope = Parameters<LoggerProvider['getLogger']>;

function followingLogger(scope: Scope): Logger {
  const current = followLogger(...scope);
  return {
    emit: (record) => current().emit(record),
    enabled: (options) => current().enabled(options),
  };
}
