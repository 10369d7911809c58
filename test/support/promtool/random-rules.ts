/** A small seeded generator (mulberry32): the same seed gives the same case everywhere. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface RandomCase {
  readonly rules: string;
  readonly series: Readonly<Record<string, string>>;
}

export const LAST_MINUTE = 40;

/** Alerts with random thresholds and waits over series that jump, pause and end. */
export function randomCase(seed: number): RandomCase {
  const random = seeded(seed);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[random(values.length)] ?? values[0];
  const alerts = ['A', 'B', 'C'].flatMap((name) => {
    const keep = pick(['', '', '1m', '2m', '5m']);
    const level = pick([
      '',
      '"{{ if gt $value 20.0 }}top{{ else }}high{{ end }}"',
      '"{{ $labels.host }}"',
    ]);
    return [
      `  - alert: ${name}`,
      `    expr: load > ${pick([10, 10, 20])}`,
      `    for: ${pick(['0s', '30s', '1m', '2m', '3m', '7m'])}`,
      ...(keep === '' ? [] : [`    keep_firing_for: ${keep}`]),
      ...(level === '' ? [] : [`    labels: {level: ${level}}`]),
    ];
  });
  const rules = [
    'groups:',
    '- name: g',
    '  rules:',
    ...alerts,
    '  - record: firing:count',
    '    expr: count by (alertname) (ALERTS{alertstate="firing", alertname=~"A|B|C"})',
    '  - alert: Many',
    '    expr: sum(firing:count) > 1',
    `    for: ${pick(['0s', '1m', '2m'])}`,
    `    keep_firing_for: ${pick(['0s', '3m'])}`,
    '- name: second',
    '  rules:',
    '  - record: load:max',
    '    expr: max without (host) (load > 10)',
  ];
  const values = (): string => {
    return Array.from({ length: LAST_MINUTE }, () =>
      pick(['5', '15', '15x1', '25', '25x2', '_', '_x5', 'stale']),
    ).join(' ');
  };
  const hosts = ['a', 'b', 'c'].map((host) => [`load{host="${host}"}`, values()] as const);
  return { rules: `${rules.join('\n')}\n`, series: Object.fromEntries(hosts) };
}
