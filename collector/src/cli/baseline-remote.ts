import { readFileSync, writeFileSync } from 'node:fs';

import { request } from 'undici';

import { parseBaseline, type StreamKey } from '@telltale/statistics';

import { readSecretFile } from '../config/secrets.ts';
import { sha256 } from '../runtime/fleet/sha256.ts';
import type { CommandIo } from './command-io.ts';

export interface RemoteFlags {
  readonly url: string;
  readonly keyFile?: string;
  readonly keyEnv?: string;
}

export interface StreamFlags {
  readonly model: string;
  readonly version: string;
  readonly stream: string;
  readonly direction: 'input' | 'output';
  readonly segment?: string;
  readonly season?: string;
}

const TIMEOUT_MS = 30_000;

/** Sends a baseline file to the service, where it becomes the current one. */
export async function pushBaseline(
  file: string,
  flags: RemoteFlags,
  io: CommandIo,
): Promise<number> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    io.stderr(`Cannot read "${file}": ${(error as NodeJS.ErrnoException).code ?? String(error)}\n`);
    return 1;
  }
  const parsed = parseBaseline(text, sha256);
  if (!parsed.ok) {
    const { field, reason } = parsed.problem;
    io.stderr(`Cannot use "${file}": ${field === '' ? '' : `${field}: `}${reason}\n`);
    return 1;
  }
  const path = baselinePath(parsed.baseline.key);
  const answer = await ask(flags, { method: 'PUT', path, body: text }, io);
  if (answer === undefined) return 1;
  io.stdout(`${(JSON.parse(answer) as { readonly id: string }).id}\n`);
  return 0;
}

/** Writes the current baseline of a stream to a file or to standard output. */
export async function pullBaseline(
  flags: RemoteFlags & StreamFlags & { readonly out?: string },
  io: CommandIo,
): Promise<number> {
  const text = await ask(flags, { method: 'GET', path: baselinePath(keyOf(flags)) }, io);
  if (text === undefined) return 1;
  const parsed = parseBaseline(text, sha256);
  if (!parsed.ok) {
    io.stderr(
      `Cannot use what the service sent: ${parsed.problem.field}: ${parsed.problem.reason}\n`,
    );
    return 1;
  }
  if (flags.out === undefined) io.stdout(text);
  else {
    writeFileSync(flags.out, text);
    io.stdout(`${flags.out}: ${parsed.id}\n`);
  }
  return 0;
}

interface ListedBaseline {
  readonly id: string;
  readonly stream: Omit<StreamKey, 'segment'> & { readonly segment: string | null };
  readonly kind: string;
  readonly source: string;
  readonly quality: string;
  readonly size: number;
  readonly storedAt: string;
  readonly isCurrent: boolean;
}

/** Every baseline that the service keeps, one a line; the current ones with a star. */
export async function listBaselines(
  flags: RemoteFlags & { readonly json?: boolean },
  io: CommandIo,
): Promise<number> {
  const text = await ask(flags, { method: 'GET', path: '/monitoring/drift/baselines' }, io);
  if (text === undefined) return 1;
  if (flags.json === true) {
    io.stdout(`${text}\n`);
    return 0;
  }
  const { baselines } = JSON.parse(text) as { readonly baselines: readonly ListedBaseline[] };
  for (const { id, stream, kind, source, quality, size, storedAt, isCurrent } of baselines) {
    const { model, version, name, direction, segment } = stream;
    const owner = `${model} ${version === '' ? '-' : version} ${direction} ${name}`;
    const where = segment === null ? owner : `${owner} (${segment})`;
    const what = `${kind}, ${size} values, ${source}, ${quality}`;
    io.stdout(`${isCurrent ? '*' : ' '} ${id.slice(0, 12)} ${storedAt} ${where}: ${what}\n`);
  }
  if (baselines.length === 0) io.stderr('The service keeps no baseline yet\n');
  return 0;
}

/** Asks the service for a baseline of what its instances sent; writes it when `out` is given. */
export async function buildFromFleet(
  flags: RemoteFlags & StreamFlags & { readonly of: string; readonly out?: string },
  io: CommandIo,
): Promise<number> {
  const path = baselinePath(keyOf(flags)).replace(/(?=\?)/u, '/build');
  const body = JSON.stringify({ from: flags.of });
  const answer = await ask(flags, { method: 'POST', path, body }, io);
  if (answer === undefined) return 1;
  if (flags.out !== undefined) return pullBaseline(flags, io);
  io.stdout(`${(JSON.parse(answer) as { readonly id: string }).id}\n`);
  return 0;
}

function keyOf({ model, version, stream, direction, segment, season }: StreamFlags): StreamKey {
  return {
    model,
    version,
    name: stream,
    direction,
    ...(segment === undefined ? {} : { segment }),
    ...(season === undefined ? {} : { season }),
  };
}

function baselinePath(key: StreamKey): string {
  const { model, version, name, direction, segment, season } = key;
  const parts = [model, version, name].map(encodeURIComponent).join('/');
  const query = new URLSearchParams({
    direction,
    ...(segment === undefined ? {} : { segment }),
    ...(season === undefined ? {} : { season }),
  });
  return `/monitoring/drift/baselines/${parts}?${query.toString()}`;
}

/** The body of a good answer; `undefined` after a message on standard error. */
async function ask(
  flags: RemoteFlags,
  call: { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string; readonly body?: string },
  io: CommandIo,
): Promise<string | undefined> {
  try {
    const type = call.body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await request(new URL(call.path, flags.url), {
      method: call.method,
      headers: { ...type, ...authorization(flags) },
      ...(call.body === undefined ? {} : { body: call.body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.body.text();
    const status = response.statusCode;
    if (status === 200) return text;
    io.stderr(`${messageIn(text) ?? 'Cannot use the answer'} (status ${status})\n`);
  } catch (error) {
    io.stderr(`Cannot ask ${flags.url}: ${explain(error)}\n`);
  }
  return undefined;
}

function authorization({ keyFile, keyEnv }: RemoteFlags): Record<string, string> {
  const fromFile = keyFile === undefined ? undefined : readSecretFile(process.cwd(), keyFile);
  const key = fromFile ?? (keyEnv === undefined ? undefined : process.env[keyEnv]);
  if (keyEnv !== undefined && key === undefined) {
    throw new Error(`the environment variable ${keyEnv} is not set`);
  }
  return key === undefined ? {} : { 'x-api-key': key };
}

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: { readonly message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}

function explain(error: unknown): string {
  const { cause } = error as Error;
  return cause instanceof Error ? cause.message : (error as Error).message;
}
