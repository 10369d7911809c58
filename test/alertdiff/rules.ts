import type { SeededRandom } from '@telltale/statistics';

/** Groups of a generated rule file, and the rules in each. */
export const GROUPS = 16;
const RECORDINGS = 9;
const ALERTS = 8;

/** A rule file of one-second groups: recordings, alerts over them, `for`, joins, absence. */
export function generateRules(random: SeededRandom): string {
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const recordings = Array.from({ length: RECORDINGS }, (_, index) => {
      return `  - {record: 'rec_${group}_${index}', expr: '${recordingOf(index, group, random)}'}`;
    });
    const alerts = Array.from({ length: ALERTS }, (_, index) => alertOf(index, group, random));
    return [
      `- name: g${group}`,
      '  interval: 1s',
      '  rules:',
      `  - {record: 'rec_${group}_tick', expr: 'vector(1)'}`,
      ...recordings,
      ...alerts,
    ].join('\n');
  });
  return `groups:\n${groups.join('\n')}\n`;
}

const below = (random: SeededRandom, limit: number): number => Math.floor(random.next() * limit);

function recordingOf(index: number, group: number, random: SeededRandom): string {
  const range = 3 + below(random, 6);
  const forms = [
    'load',
    `rate(done[${range}s])`,
    'sum by (zone) (load)',
    `max_over_time(load[${range}s])`,
    `avg_over_time(temp[${range}s]) - temp`,
    'load / on (instance) group_left () temp',
    `quantile by (zone) (0.${1 + below(random, 8)}, load)`,
    `topk(2, load) + ${below(random, 9)}`,
    `rec_${group}_2 * 2`,
  ];
  return forms[index % forms.length] ?? 'load';
}

function alertOf(index: number, group: number, random: SeededRandom): string {
  const threshold = 5 + below(random, 10);
  const forms = [
    `load > ${threshold}`,
    `sum by (zone) (load) > ${threshold * 2}`,
    `rec_${group}_0 > ${threshold}`,
    'load{instance="i0"} - on () load{instance="i1"} > 0.5',
    `rate(done[5s]) > ${threshold / 3}`,
    `absent(gone{a="b"}) and on () load{instance="i2"} > ${threshold}`,
    `temp < ${threshold} unless on (instance) load > ${threshold + 3}`,
    `count(ALERTS{alertstate="firing", alertname=~"A${group}_[01]"}) > 2`,
  ];
  const waits = ['', '', ', for: 2s', ', for: 3s', '', ', keep_firing_for: 3s', ', for: 1s', ''];
  const wait = waits[(index + group) % waits.length] ?? '';
  const expr = forms[index % forms.length] ?? 'load';
  return `  - {alert: 'A${group}_${index}', expr: '${expr}', labels: {severity: page}${wait}}`;
}
