/**
 * Two knees: the largest fleet whose rules one alert service evaluates in time, and the largest rate
 * of runs that one process can be watched at before this costs more than one percent of a core.
 */
import { findFleet } from './capacity/fleet.ts';
import { findRunRate } from './capacity/run-rate.ts';

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const figures = { fleet: await findFleet(), runs: await findRunRate() };
  if (!options.isJson) console.table(figures);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
