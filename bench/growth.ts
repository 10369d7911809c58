/**
 * How cost grows: series and rules of the alert service, drift streams and models of a watched
 * process. Each row is measured in this process, one after the other.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { measureRules, measureSeries } from './growth/alert-service.ts';
import { measureModels, measureStreams } from './growth/watched-process.ts';

const SERIES = [1000, 10_000, 50_000, 250_000];
const RULES = [10, 100, 1000, 10_000];
const STREAMS = [10, 100, 1000, 2688];
const MODELS = [1, 10, 100];

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc') as typeof globalThis.gc;
  const figures = {
    models: await measureModels(MODELS),
    streams: STREAMS.map(measureStreams),
    rules: RULES.map(measureRules),
    series: SERIES.map(measureSeries),
  };
  if (!options.isJson) for (const rows of Object.values(figures)) console.table(rows);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
