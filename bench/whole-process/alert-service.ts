import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../test/support/collector/service-process.ts';
import { Program } from './program.ts';

/** The program as people run it: built, with no flag of ours. */
const MAIN = join(import.meta.dirname, '../../collector/dist/main.js');

/** A program that takes metrics over OTLP and evaluates rules. */
export interface MeasuredServer {
  readonly name: string;
  readonly metricsUrl: string;
  readonly apiUrl: string;
  readonly folder: string;
  /** All its processes; the first takes the metrics. */
  readonly programs: readonly Program[];
}

export interface ServerOptions {
  readonly webhookUrl: string;
  /** A Prometheus rule file, as text. */
  readonly rules: string;
  /** Further lines of `telltale.yaml` below `collector:`, indented by two. */
  readonly settings?: string;
}

export async function startAlertService(options: ServerOptions): Promise<MeasuredServer> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-whole-'));
  const [otlp, api] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'rules.yml'), options.rules);
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlp}', api: '127.0.0.1:${api}'}
  data_dir: ./data
  retain_all: 1h
  rules: [rules.yml]
  notify: {receivers: [{name: hook, type: webhook, url: '${options.webhookUrl}'}]}
  log: {level: warn}
${options.settings ?? ''}`,
  );
  const apiUrl = `http://127.0.0.1:${api}`;
  const program = new Program({
    command: process.execPath,
    args: [MAIN, 'serve', '--config', 'telltale.yaml'],
    folder,
    readyUrl: `${apiUrl}/-/ready`,
  });
  await program.waitUntilReady();
  const metricsUrl = `http://127.0.0.1:${otlp}/v1/metrics`;
  return { name: 'telltale', metricsUrl, apiUrl, folder, programs: [program] };
}
