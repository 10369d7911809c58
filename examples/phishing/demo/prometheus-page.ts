/** One line of a Prometheus text page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE =
  /^(?<name>[A-Za-z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>NaN|[+-]?(?:Inf|[\d.]\S*))(?: |$)/u;
const LABEL = /(?<name>[A-Za-z_]\w*)="(?<value>(?:[^"\\]|\\.)*)"/gu;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** Reads the text format 0.0.4; comments and lines of another form are passed over. */
export function parsePrometheusPage(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const groups = SAMPLE.exec(line)?.groups;
    if (groups === undefined) return [];
    const value = parseNumber(groups['value'] ?? '');
    return [{ name: groups['name'] ?? '', labels: parseLabels(groups['labels'] ?? ''), value }];
  });
}

/** Sum over all series of one name; 0 when there is none. */
export function total(samples: readonly Sample[], name: string): number {
  return samples
    .filter((sample) => sample.name === name)
    .reduce((sum, sample) => sum + sample.value, 0);
}

/** Sum over the series of one name, apart for each value of a label. */
export function totalBy(
  samples: readonly Sample[],
  name: string,
  label: string,
): Map<string, number> {
  const totals = new Map<string, number>();
  for (const sample of samples) {
    if (sample.name !== name) continue;
    const key = sample.labels[label] ?? '';
    totals.set(key, (totals.get(key) ?? 0) + sample.value);
  }
  return totals;
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(({ groups }) => [groups?.['name'] ?? '', unescape(groups)]),
  );
}

function unescape(groups: Record<string, string> | undefined): string {
  return (groups?.['value'] ?? '').replaceAll(/\\(.)/gu, (_, character: string) => {
    return ESCAPED[character] ?? character;
  });
}

function parseNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
