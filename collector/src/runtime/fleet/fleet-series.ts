import { promName } from '@telltale/core';

import type { FleetReading } from '../../drift/fleet-readings.ts';
import { Labels } from '../../model/labels.ts';
import type { RuleSample } from '../../rules/evaluation.ts';

/** Turns readings of a fleet into samples for rules; a series that is gone is ended. */
export class FleetSeries {
  #before: Map<string, Labels> = new Map();

  samples(readings: readonly FleetReading[], timeMs: number): RuleSample[] {
    const now = new Map<string, Labels>();
    const samples = readings.map(({ row, value, attributes }): RuleSample => {
      const labels = labelsOf({ row, value, attributes });
      now.set(JSON.stringify(labels.toRecord()), labels);
      return { labels, timeMs, value };
    });
    const ended = [...this.#before]
      .filter(([name]) => !now.has(name))
      .map(([, labels]): RuleSample => ({ labels, timeMs, isStale: true }));
    this.#before = now;
    return [...samples, ...ended];
  }
}

function labelsOf({ row, attributes }: FleetReading): Labels {
  const { name, unit, instrument } = row;
  return Labels.of({
    __name__: promName({ name, unit, kind: instrument }),
    ...Object.fromEntries(
      Object.entries(attributes).map(([key, text]) => [key.replaceAll('.', '_'), text]),
    ),
  });
}
