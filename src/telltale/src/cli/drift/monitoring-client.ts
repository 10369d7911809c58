import { readFileSync } from 'node:fs';

import { reasonOf } from '../../diagnostics.ts';

/** Where a running process answers, and the key that it asks for. */
export interface MonitoringAddress {
  /** Such as `http://127.0.0.1:9464`. */
  readonly url: string;
  readonly key: string | undefined;
}

export interface MonitoringQuestion {
  readonly method: 'GET' | 'POST';
  /** From `/monitoring` on, with its query. */
  readonly path: string;
  readonly body?: object;
}

/** A question that got no answer, with what to do about it. */
export class MonitoringError extends Error {}

const TIMEOUT_MS = 10_000;

/**
 * Asks a running process.
 *
 * @returns the text of the answer
 * @throws {MonitoringError} when there is no answer, or the answer is a refusal
 */
export async function askMonitoring(
  { url, key }: MonitoringAddress,
  { method, path, body }: MonitoringQuestion,
): Promise<string> {
  const { base, authorization } = readAddress(url);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${base}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new MonitoringError(unreachable(base, cause));
  }
  if (response.ok) return text;
  throw new MonitoringError(refused(base, response.status, text));
}

/**
 * The key to send: the first line of a file, or else that of the environment.
 *
 * @throws {MonitoringError} when the file cannot be read
 */
export function readKey(
  keyFile: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (keyFile === undefined) return env['TELLTALE_API_KEY'];
  try {
    const lines = readFileSync(keyFile, 'utf8').split(/\r?\n/u);
    return lines.map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('#'));
  } catch (cause) {
    throw new MonitoringError(`Cannot read the key in "${keyFile}": ${reasonOf(cause)}`);
  }
}

/** An address with its credentials, which `fetch` refuses and no message shows, put aside. */
function readAddress(address: string): {
  readonly base: string;
  readonly authorization: string | undefined;
} {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol)) {
    throw new MonitoringError(
      'Cannot use --url: expected an address such as http://127.0.0.1:9464',
    );
  }
  const { origin, pathname, username, password } = url;
  const base = `${origin}${pathname.replace(/\/+$/u, '')}`;
  if (username === '') return { base, authorization: undefined };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function unreachable(place: string, cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = (inner as NodeJS.ErrnoException).code ?? (inner as Error).name;
  if (code === 'TimeoutError') return `Cannot reach ${place}: no answer within ${TIMEOUT_MS} ms`;
  if (code !== 'ECONNREFUSED') return `Cannot reach ${place}: ${reasonOf(inner)}`;
  return (
    `Cannot reach ${place}: nothing listens there; start the application with ` +
    '--require telltale/register, or name its address with --url'
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  unauthorized: 'set TELLTALE_API_KEY or give --key-file',
  not_installed: 'the list "instrumentations" of its configuration has to name drift',
  unknown_stream: '"telltale drift status" lists those there are',
  learning: '"telltale drift status" shows how far it is',
  ambiguous_stream: 'add --model, --version, --direction or --segment',
};

function refused(place: string, status: number, text: string): string {
  const { code = '', message } = errorOf(text);
  if (message === undefined) {
    return `Cannot understand ${place}: HTTP ${status}, and no answer of Telltale; is it another server?`;
  }
  const advice = ADVICE[code];
  return `${message} (${place}, HTTP ${status})${advice === undefined ? '' : `; ${advice}`}`;
}

function errorOf(text: string): { readonly code?: string; readonly message?: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    return typeof error?.message === 'string'
      ? { code: String(error.code), message: error.message }
      : {};
  } catch {
    return {};
  }
}
