import { Command, InvalidArgumentError, Option } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const DEFAULT_FOR_MS = 20_000;

export interface DemoOptions {
  /** How long requests are sent; `undefined`: until Ctrl-C. */
  readonly forMs: number | undefined;
  readonly isJson: boolean;
  /** Port of the service; 0 takes a free one. */
  readonly port: number;
  /** Port of the Prometheus page; 0 takes a free one. */
  readonly metricsPort: number;
  readonly requestsPerSecond: number;
  /** Put the OTel Collector between the service and the receivers. */
  readonly hasOtelCollector: boolean;
}

/** Reads the command line; prints help or what is wrong with it and ends the process. */
export function parseOptions(argv: readonly string[], isTerminal: boolean): DemoOptions {
  const command = new Command('demo')
    .description(
      'Serves a phishing classifier, sends it real rows, and shows what Telltale sees of it.',
    )
    .addOption(
      new Option('--for <duration>', 'how long, such as 500ms, 20s or 2m')
        .argParser(parseDurationMs)
        .default(undefined, 'until Ctrl-C in a terminal, else 20s'),
    )
    .option('--json', 'print one JSON object with the result as the last line', false)
    .option('--port <number>', 'port of the service, 0 for a free one', parsePort, 0)
    .option('--metrics-port <number>', 'port of /metrics, 0 for a free one', parsePort, 0)
    .option('--rate <number>', 'requests per second', parseRate, 120)
    .option('--otelcol', 'put the OTel Collector in front; npm run tools builds it', false)
    .parse(argv);
  const options = command.opts<{
    for?: number;
    json: boolean;
    port: number;
    metricsPort: number;
    rate: number;
    otelcol: boolean;
  }>();
  const isOpenEnded = isTerminal && !options.json;
  return {
    forMs: options.for ?? (isOpenEnded ? undefined : DEFAULT_FOR_MS),
    isJson: options.json,
    port: options.port,
    metricsPort: options.metricsPort,
    requestsPerSecond: options.rate,
    hasOtelCollector: options.otelcol,
  };
}

function parseDurationMs(text: string): number {
  const groups = /^(?<amount>\d+)(?<unit>ms|s|m)$/u.exec(text)?.groups;
  const durationMs = Number(groups?.['amount']) * (UNITS_MS[groups?.['unit'] ?? ''] ?? Number.NaN);
  if (durationMs > 0) return durationMs;
  throw new InvalidArgumentError('Expected a whole number with ms, s or m, such as 20s.');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port between 0 and 65535.');
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 10_000) return rate;
  throw new InvalidArgumentError('Expected a number of requests between 0 and 10000.');
}
