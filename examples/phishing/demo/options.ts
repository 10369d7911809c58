import { Command, InvalidArgumentError, Option } from 'commander';

import { SEED } from '../training/build-model.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const GPUS = ['auto', 'stub'] as const;
const DEFAULT_FOR_MS = 20_000;
const SCENARIO_FOR_MS = 60_000;
const SCENARIOS = ['alerts', 'drift', 'skew'] as const;
/** Drift is a matter of numbers, so its scenarios send more of them. */
const RATES: Readonly<Record<Scenario, number>> = { alerts: 120, drift: 160, skew: 160 };

/**
 * What happens during the run: the model becomes slow and fails, the traffic shifts, or it never was
 * like the data that the model was trained on.
 */
export type Scenario = (typeof SCENARIOS)[number];

export interface DemoOptions {
  /** How long requests are sent; `undefined`: until Ctrl-C. */
  readonly forMs: number | undefined;
  readonly isJson: boolean;
  /** Port of the service; 0 takes a free one. */
  readonly port: number;
  /** Port of the Prometheus page; 0 takes a free one. */
  readonly metricsPort: number;
  readonly requestsPerSecond: number;
  readonly scenario: Scenario;
  /** Of the order of rows and of what happens to them. */
  readonly seed: number;
  /** The service records no predictions: Telltale reads them from what the model answers. */
  readonly isAutomatic: boolean;
  /** Put the OTel Collector between the service and the receivers. */
  readonly hasOtelCollector: boolean;
  /** `stub`: a stand-in for the driver, so that GPU readings can be seen without a GPU. */
  readonly gpu: (typeof GPUS)[number];
  /** Leave a flamegraph of the service under load. */
  readonly hasProfile: boolean;
}

/** What commander makes of the command line. */
interface Flags {
  readonly for?: number;
  readonly json: boolean;
  readonly port: number;
  readonly metricsPort: number;
  readonly rate?: number;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly automatic: boolean;
  readonly otelcol: boolean;
  readonly gpu: (typeof GPUS)[number];
  readonly profile: boolean;
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
        .default(undefined, 'until Ctrl-C in a terminal, else 20s, or 60s for drift and skew'),
    )
    .option('--json', 'print one JSON object with the result as the last line', false)
    .option('--port <number>', 'port of the service, 0 for a free one', parsePort, 0)
    .option('--metrics-port <number>', 'port of /metrics, 0 for a free one', parsePort, 0)
    .addOption(
      new Option('--rate <number>', 'requests per second')
        .argParser(parseRate)
        .default(undefined, '120, or 160 for drift and skew'),
    )
    .addOption(
      new Option(
        '--scenario <name>',
        'alerts: the model becomes slow and fails; drift: the traffic shifts; skew: it never was like the training data',
      )
        .choices([...SCENARIOS])
        .default('alerts'),
    )
    .addOption(
      new Option('--gpu <which>', 'auto: those of this machine; stub: a stand-in, compiled with cc')
        .choices([...GPUS])
        .default('auto'),
    )
    .option('--profile', 'leave a flamegraph of the service under load', false)
    .option('--seed <number>', 'of the order of rows and of the shift', parseSeed, SEED)
    .option('--automatic', 'let Telltale read the predictions from the model by itself', false)
    .option('--otelcol', 'put the OTel Collector in front; npm run tools builds it', false)
    .parse(argv);
  const options = command.opts<Flags>();
  const isOpenEnded = isTerminal && !options.json;
  return {
    forMs: forMs(options, isOpenEnded),
    isJson: options.json,
    port: options.port,
    metricsPort: options.metricsPort,
    requestsPerSecond: options.rate ?? RATES[options.scenario],
    scenario: options.scenario,
    seed: options.seed,
    isAutomatic: options.automatic,
    hasOtelCollector: options.otelcol,
    gpu: options.gpu,
    hasProfile: options.profile,
  };
}

function forMs(
  options: { readonly for?: number; readonly scenario: Scenario },
  isOpenEnded: boolean,
): number | undefined {
  if (options.for !== undefined || isOpenEnded) return options.for;
  return options.scenario === 'alerts' ? DEFAULT_FOR_MS : SCENARIO_FOR_MS;
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 0 on.');
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
