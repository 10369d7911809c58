import { type Context, trace } from '@opentelemetry/api';

import { sharedState } from '@telltale/core';
import type { ExactProfiler, RunIn } from '@telltale/instrumentation-profiler';

/** Where every copy of the API finds what is registered. */
const API_KEY = Symbol.for('opentelemetry.js.api.1');

type With = (this: unknown, ...args: readonly [Context, ...unknown[]]) => unknown;

interface ContextManager {
  with: With;
}

const state = (): { profiler?: ExactProfiler } =>
  sharedState('telltale.exact-profiler', () => ({}));

/** Tells spans exactly, where the configuration wants it and can have it. */
export const exactProfiler = (): ExactProfiler | undefined => state().profiler;

/**
 * Tells spans exactly from now on.
 *
 * @throws {Error} that says what is missing
 */
export async function startExactly(): Promise<void> {
  const { ExactProfiler: Profiler, loadWallProfiler } = await import(
    '@telltale/instrumentation-profiler'
  );
  state().profiler ??= new Profiler(loadWallProfiler(), followContexts);
}

/**
 * Runs whatever becomes active in a span as work of that span, while a profile is recorded.
 *
 * @returns how to leave the context manager as it was
 */
function followContexts(runIn: RunIn): () => void {
  const api = (globalThis as { [API_KEY]?: { readonly context?: ContextManager } })[API_KEY];
  const manager = api?.context;
  if (manager === undefined) return () => undefined;
  const inner = manager.with;
  const isOwn = Object.hasOwn(manager, 'with');
  const follow: With = function (this: unknown, context, ...rest) {
    const spanId = trace.getSpan(context)?.spanContext().spanId;
    return runIn(spanId, () => Reflect.apply(inner, this, [context, ...rest]));
  };
  manager.with = follow;
  return () => {
    // Who wrapped it after us keeps a function that does nothing of its own any more.
    if (manager.with !== follow) return;
    if (isOwn) manager.with = inner;
    else Reflect.deleteProperty(manager, 'with');
  };
}
