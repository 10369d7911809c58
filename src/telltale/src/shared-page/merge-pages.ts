/** A page and the labels that tell it from those of other processes and threads. */
export interface LabelledPage {
  /** In the text format or in OpenMetrics; all pages of one call in the same one. */
  readonly text: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All that a page says of one metric. */
interface Family {
  readonly type: string | undefined;
  /** `# HELP`, `# TYPE` and `# UNIT`, as the first page that has the family writes them. */
  readonly declarations: string[];
  readonly samples: string[];
}

const DECLARATION = /^# (?<keyword>HELP|TYPE|UNIT) (?<name>\S+) ?(?<rest>.*)$/u;
/** A name, its labels, and the rest: value, time and exemplar. */
const SAMPLE =
  /^(?<name>[A-Za-z_:][\w:]*)(?:\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?(?<rest> .*)$/u;
const END = '# EOF';

/**
 * One page of several: each family once, with the samples of all pages, every sample with the labels
 * of its page. A family whose type differs between pages, which only different versions of a program
 * do, is that of the first page. What is no sample at all is left out.
 */
export function mergePages(pages: readonly LabelledPage[]): string {
  const families = new Map<string, Family>();
  let hasEnd = false;
  for (const { text, labels } of pages) {
    if (text.trimEnd().endsWith(END)) hasEnd = true;
    for (const [name, read] of readFamilies(text)) {
      const family = families.get(name) ?? { ...read, samples: [] };
      families.set(name, family);
      if (family.type !== read.type) continue;
      for (const sample of read.samples) family.samples.push(withLabels(sample, labels));
    }
  }
  const lines = [...families.values()].flatMap(({ declarations, samples }) => [
    ...declarations,
    ...samples,
  ]);
  if (hasEnd) lines.push(END);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

type OpenFamily = Family & { type: string | undefined };

function readFamilies(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, OpenFamily>();
  const open = (name: string): OpenFamily => {
    const known = families.get(name) ?? { type: undefined, declarations: [], samples: [] };
    families.set(name, known);
    return known;
  };
  let current: string | undefined;
  for (const line of text.split('\n')) {
    const declared = line.startsWith('#') ? DECLARATION.exec(line)?.groups : undefined;
    const sampled = SAMPLE.exec(line)?.groups?.['name'];
    if (declared?.['name'] !== undefined) {
      current = declared['name'];
      declare(open(current), line, declared);
    } else if (sampled !== undefined) {
      // Its family is the one declared last, unless that one has another name.
      const family = current !== undefined && sampled.startsWith(current) ? current : sampled;
      open(family).samples.push(line);
    }
  }
  return families;
}

/** A page tells a family of two scopes twice; the first time counts. */
function declare(
  family: OpenFamily,
  line: string,
  { keyword, rest }: Readonly<Record<string, string | undefined>>,
): void {
  if (keyword === 'TYPE') family.type ??= rest;
  const isTold = family.declarations.some((one) => one.startsWith(`# ${keyword ?? ''} `));
  if (!isTold) family.declarations.push(line);
}

/** A label of the same name that says something else is the application's and becomes `exported_`. */
function withLabels(sample: string, added: Readonly<Record<string, string>>): string {
  const { name = '', labels = '', rest = '' } = SAMPLE.exec(sample)?.groups ?? {};
  let own = labels.replace(/,$/u, '');
  const written: string[] = [];
  for (const [label, value] of Object.entries(added)) {
    const pair = `${label}="${value}"`;
    const pattern = new RegExp(`(^|,)${label}="((?:[^"\\\\]|\\\\.)*)"`, 'u');
    const match = pattern.exec(own);
    if (match?.[2] === value) continue;
    if (match !== null) own = own.replace(pattern, `$1exported_${label}="$2"`);
    written.push(pair);
  }
  const all = [...(own === '' ? [] : [own]), ...written].join(',');
  return all === '' ? `${name}${rest}` : `${name}{${all}}${rest}`;
}
