import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import type { MeasuredServer } from '../whole-process/alert-service.ts';
import { fleetBody, METRIC_NAMES, ROUND_SECONDS, SERIES_A_SERVICE } from './fleet.ts';

const ROUND_MS = ROUND_SECONDS * 1000;
/** Series are born and windows fill. */
const WARMUP_ROUNDS = 3;
const ROUNDS = 3;
/** Services of one request, so that no body is above what servers take. */
const SERVICES_A_BODY = 50;

export interface Shard {
  readonly server: MeasuredServer;
  /** Numbers of the services that send to it. */
  readonly part: readonly number[];
}

/**
 * Milliseconds of CPU that each shard took for one round.
 *
 * @returns `undefined` where a round takes longer than rounds are apart: the machine is too small,
 *   or too busy, for the size.
 * @throws {Error} a server refuses points, lacks a series or does not evaluate a rule: its figure
 *   would be too low.
 */
export async function measureRounds(
  shards: readonly Shard[],
): Promise<{ readonly series: number; readonly msOfEach: readonly number[] } | undefined> {
  const { bodies, firstMs } = encodeAll(shards);
  await sleep(Math.max(0, firstMs - Date.now()));
  let dueMs = performance.now();
  let before: readonly number[] = [];
  for (const [round, ofShards] of bodies.entries()) {
    await sleep(Math.max(0, dueMs - performance.now()));
    if (round === WARMUP_ROUNDS) before = shards.map(cpuMs);
    await Promise.all(
      shards.map(async ({ server }, index) => {
        for (const body of ofShards[index] ?? []) await send(server.metricsUrl, body);
      }),
    );
    dueMs += ROUND_MS;
    const isLate = performance.now() > dueMs;
    if (isLate && round >= WARMUP_ROUNDS) return undefined;
    // Series are born slowly.
    if (isLate) dueMs = performance.now();
  }
  await sleep(Math.max(0, dueMs - performance.now()));
  const msOfEach = shards.map((shard, index) => (cpuMs(shard) - (before[index] ?? 0)) / ROUNDS);
  await Promise.all(shards.map(checkWork));
  const services = shards.reduce((sum, { part }) => sum + part.length, 0);
  return { series: services * SERIES_A_SERVICE, msOfEach };
}

interface Requests {
  /** By round, shard and order. */
  readonly bodies: readonly (readonly (readonly Uint8Array[])[])[];
  /** The time of the first points. */
  readonly firstMs: number;
}

/** All requests, made beforehand for a time that is still to come, so that no point is late. */
function encodeAll(shards: readonly Shard[]): Requests {
  const startedMs = performance.now();
  encodeRound(shards, 0, Date.now());
  const rounds = WARMUP_ROUNDS + ROUNDS;
  const firstMs = Math.ceil(Date.now() + (performance.now() - startedMs) * rounds * 1.5);
  const bodies = Array.from({ length: rounds }, (_, round) =>
    encodeRound(shards, round, firstMs + round * ROUND_MS),
  );
  return { bodies, firstMs };
}

const encodeRound = (
  shards: readonly Shard[],
  round: number,
  timeMs: number,
): readonly (readonly Uint8Array[])[] =>
  shards.map(({ part }) =>
    Array.from({ length: Math.ceil(part.length / SERVICES_A_BODY) }, (_, index) => {
      const services = part.slice(index * SERVICES_A_BODY, (index + 1) * SERVICES_A_BODY);
      return gzipSync(fleetBody(services, round, timeMs));
    }),
  );

const cpuMs = ({ server }: Shard): number =>
  server.programs.reduce((sum, program) => sum + program.figures().cpuSeconds, 0) * 1000;

async function send(url: string, body: Uint8Array): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer.slice(0, 200)}`);
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly { readonly health: string; readonly lastEvaluation: string }[];
    }[];
  };
}

/** After the figure was taken: was all of the work done? */
async function checkWork({ server, part }: Shard): Promise<void> {
  const { name, apiUrl } = server;
  let series = 0;
  // One metric after the other: no server need answer for all at once.
  for (const metric of METRIC_NAMES) series += await countOf(apiUrl, metric);
  const expected = part.length * SERIES_A_SERVICE;
  if (series !== expected) throw new Error(`${name} has ${series} series, not ${expected}`);
  const answer = (await (await fetch(`${apiUrl}/api/v1/rules`)).json()) as RulesAnswer;
  const oldestMs = Date.now() - 2 * ROUND_MS - 1000;
  for (const { health, lastEvaluation } of answer.data.groups.flatMap(({ rules }) => rules)) {
    if (health !== 'ok' || Date.parse(lastEvaluation) < oldestMs) {
      throw new Error(`${name}: a rule is ${health}, evaluated last at ${lastEvaluation}`);
    }
  }
}

async function countOf(apiUrl: string, metric: string): Promise<number> {
  const answer = await fetch(`${apiUrl}/api/v1/query?query=count(${metric})`);
  const { data, error } = (await answer.json()) as {
    readonly error?: string;
    readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  if (data === undefined) throw new Error(`${apiUrl} does not count ${metric}: ${error}`);
  return Number(data.result[0]?.value[1] ?? 0);
}
