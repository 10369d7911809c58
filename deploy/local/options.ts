import { join } from 'node:path';

import { Command, InvalidArgumentError, Option } from 'commander';

import { defaultFolder } from './stack.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface LocalOptions {
  /** How long the demo runs; `undefined`: until Ctrl-C. */
  readonly forMs: number | undefined;
  readonly isJson: boolean;
  readonly hasDemo: boolean;
  readonly hasJaeger2: boolean;
  readonly networkPrefix: string;
  readonly folder: string;
  /** Where pictures of the dashboards go, if they are wanted. */
  readonly pictures: string | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

/** Reads the command line; prints help or what is wrong with it and ends the process. */
export function parseLocalOptions(argv: readonly string[]): LocalOptions {
  const options = new Command('stack')
    .description(
      'Runs the whole stack from local programs, without Docker: OTel Collector, Prometheus, ' +
        'Alertmanager, a trace store and the alert service, with the demo application.',
    )
    .addOption(
      new Option('--for <duration>', 'how long, such as 60s or 5m; then every panel is asked')
        .argParser(parseDuration)
        .default(undefined, 'until Ctrl-C'),
    )
    .option('--json', 'print one JSON object with the result as the last line', false)
    .option('--no-demo', 'start the programs only')
    .option('--jaeger-2', 'Jaeger 2 as the trace store (sh tools/peers.sh jaeger)', false)
    .option('--network <prefix>', 'three numbers of a loopback network', parsePrefix, '127.9.0')
    .option(
      '--folder <path>',
      'where data and logs lie (default: a folder of the network below .telltale)',
    )
    .option('--pictures <path>', 'with --for: draw each dashboard into this folder, with Chromium')
    .parse(argv)
    .opts<{
      for?: number;
      json: boolean;
      demo: boolean;
      jaeger2: boolean;
      network: string;
      folder?: string;
      pictures?: string;
    }>();
  return {
    forMs: options.for,
    isJson: options.json,
    hasDemo: options.demo,
    hasJaeger2: options.jaeger2,
    networkPrefix: options.network,
    folder: options.folder ?? defaultFolder(ROOT, options.network),
    pictures: options.pictures,
  };
}

function parseDuration(text: string): number {
  const groups = /^(?<amount>\d+)(?<unit>s|m)$/u.exec(text)?.groups;
  const durationMs = Number(groups?.['amount']) * (UNITS_MS[groups?.['unit'] ?? ''] ?? Number.NaN);
  if (durationMs > 0) return durationMs;
  throw new InvalidArgumentError('Expected a whole number with s or m, such as 60s.');
}

function parsePrefix(text: string): string {
  const parts = text.split('.');
  const areNumbers = parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) <= 255);
  if (parts.length === 3 && parts[0] === '127' && areNumbers) return text;
  throw new InvalidArgumentError('Expected a loopback network such as 127.9.0.');
}
