import type { ProfileFormat } from '@telltale/instrumentation-profiler/process';

const STATUS_MS_MAX = 1000;
const ANSWER_MS_EXTRA = 15_000;

export interface AskedProcess {
  /** Where Telltale's monitoring server may answer. */
  readonly url: string;
  readonly key: string | undefined;
  readonly pid: number;
}

export interface Asked {
  readonly seconds: number;
  readonly format: ProfileFormat;
  readonly intervalMs: number;
  readonly hasIdle: boolean;
  readonly hasWorkers: boolean;
}

/** Whether the process with this id has Telltale in it and lets us ask. */
export async function hasTelltale({ url, key, pid }: AskedProcess): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/monitoring/status`, {
      headers: headersOf(key),
      signal: AbortSignal.timeout(STATUS_MS_MAX),
    });
    return answer.ok && ((await answer.json()) as { pid?: unknown }).pid === pid;
  } catch {
    return false;
  }
}

/**
 * Asks a process for its own profile: no debugger port is opened.
 *
 * @throws {Error} in one line: what it refused, or that it ended
 */
export async function askForProfile(
  { url, key }: AskedProcess,
  { seconds, format, intervalMs, hasIdle, hasWorkers }: Asked,
): Promise<Uint8Array> {
  const query = new URLSearchParams({
    seconds: String(seconds),
    format,
    interval_ms: String(intervalMs),
    idle: String(hasIdle),
    workers: String(hasWorkers),
  });
  const answer = await fetch(`${url}/monitoring/profile?${query.toString()}`, {
    headers: headersOf(key),
    signal: AbortSignal.timeout(seconds * 1000 + ANSWER_MS_EXTRA),
  }).catch((cause: unknown) => {
    throw new Error(`The process at ${url} gave no profile: ${(cause as Error).message}`);
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (answer.ok) return bytes;
  const { error } = JSON.parse(new TextDecoder().decode(bytes)) as { error?: { message?: string } };
  throw new Error(error?.message ?? `The process at ${url} answered HTTP ${answer.status}`);
}

const headersOf = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { 'x-api-key': key };
