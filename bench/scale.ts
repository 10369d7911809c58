/**
 * The cost curve of deploy/scale.md: milliseconds of CPU of one round, in which every series gets
 * one point over OTLP and every rule is evaluated once, as series and rules grow. Whole processes,
 * by the kernel's count: the alert service, two shards of it of which each takes half of the
 * services (`ms` is the busier one's, which is what its machine must bear), and Prometheus.
 */
import { rmSync } from 'node:fs';

import { rulesFile, type Size, shardOf } from './scale/fleet.ts';
import { measureRounds } from './scale/rounds.ts';
import {
  type MeasuredServer,
  type ServerOptions,
  startAlertService,
} from './whole-process/alert-service.ts';
import { startPrometheus } from './whole-process/prometheus.ts';

/** Series grow with the rules as they are, then rules grow. */
const SIZES: readonly Size[] = [
  { services: 10, rules: 100 },
  { services: 100, rules: 100 },
  { services: 300, rules: 100 },
  { services: 100, rules: 500 },
];
const SHARDS = 2;
const SETTINGS = '  limits: {max_series: 2000000, max_series_per_metric: 1000000}\n';

interface Row {
  readonly series: number;
  readonly rules: number;
  readonly ms: number;
}

type Start = (options: ServerOptions) => Promise<MeasuredServer | undefined>;

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const figures = {
    alertService: await rowsOf(startAlertService, 1),
    twoShards: await rowsOf(startAlertService, SHARDS),
    prometheus: await rowsOf(startPrometheus, 1),
  };
  if (!options.isJson) {
    for (const [name, rows] of Object.entries(figures)) {
      process.stdout.write(`${name}\n`);
      console.table(rows);
    }
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Without the sizes that are too large here; empty where the program is not there. */
async function rowsOf(start: Start, shards: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const row = await measure(start, shards, size);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

async function measure(start: Start, shards: number, size: Size): Promise<Row | undefined> {
  const common = {
    webhookUrl: 'http://127.0.0.1:9/',
    rules: rulesFile(size.rules),
    settings: SETTINGS,
  };
  const servers: MeasuredServer[] = [];
  try {
    for (let shard = 0; shard < shards; shard += 1) {
      const server = await start(common);
      if (server === undefined) return undefined;
      servers.push(server);
    }
    const parts = servers.map((server, shard) => ({ server, part: shardOf(size, shard, shards) }));
    const measured = await measureRounds(parts);
    if (measured === undefined) {
      process.stderr.write(
        `${servers[0]?.name}, ${shards} of it: too slow here for ${JSON.stringify(size)}\n`,
      );
      return undefined;
    }
    const { series, msOfEach } = measured;
    return { series, rules: size.rules, ms: Math.round(Math.max(...msOfEach) * 10) / 10 };
  } finally {
    await Promise.all(servers.flatMap(({ programs }) => programs.map((each) => each.end())));
    for (const { folder } of servers) rmSync(folder, { recursive: true, force: true });
  }
}
