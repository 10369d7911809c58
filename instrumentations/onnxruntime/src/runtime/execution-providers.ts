import type { RuntimeModule } from '../internal-types.ts';

const PROVIDERS_MAX = 16;
const NAME_LENGTH_MAX = 32;
const DEFAULT_PROVIDERS: readonly string[] = Object.freeze(['cpu']);

/** The providers that session options ask for, in order; ONNX Runtime's default is `cpu`. */
export function requestedProviders(options: unknown): readonly string[] {
  if (typeof options !== 'object' || options === null) return DEFAULT_PROVIDERS;
  const { executionProviders } = options as { executionProviders?: unknown };
  if (!Array.isArray(executionProviders)) return DEFAULT_PROVIDERS;
  const names = executionProviders.slice(0, PROVIDERS_MAX).map(providerName);
  return Object.freeze(names.filter((name) => name !== undefined));
}

function providerName(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry.slice(0, NAME_LENGTH_MAX);
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { name } = entry as { name?: unknown };
  return typeof name === 'string' ? name.slice(0, NAME_LENGTH_MAX) : undefined;
}

/**
 * The providers a session was given: those asked for that this build knows. ONNX Runtime drops
 * unknown names with a console warning, and refuses the session when a known one cannot be loaded.
 * Which provider runs which operator only an operator profile tells.
 */
export function registeredProviders(
  requested: readonly string[],
  runtime: RuntimeModule | undefined,
): readonly string[] | undefined {
  if (typeof runtime?.listSupportedBackends !== 'function') return undefined;
  try {
    const known = new Set(runtime.listSupportedBackends().map((backend) => backend.name));
    const registered = requested.filter((name) => known.has(name));
    return registered.length > 0 ? registered : undefined;
  } catch {
    return undefined;
  }
}
