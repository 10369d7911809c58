import { type Logger, type LoggerProvider, logs } from '@opentelemetry/api';

import { ProviderWatch } from './provider-watch.ts';

/** The logger of a scope at the global LoggerProvider of the moment. */
export function followLogger(...scope: Parameters<LoggerProvider['getLogger']>): () => Logger {
  const watch = new ProviderWatch(() => logs.getLoggerProvider());
  let logger: Logger | undefined;
  return () => {
    const provider = watch.changed();
    if (provider !== undefined) logger = provider.getLogger(...scope);
    logger ??= logs.getLoggerProvider().getLogger(...scope);
    return logger;
  };
}
