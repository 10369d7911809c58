/** What the text in front of the caret begins, and where it begins. */
export interface Completing {
  readonly kind: 'name' | 'label' | 'value';
  /** Offset of what the choice replaces. */
  readonly from: number;
  readonly prefix: string;
  /** Of the selector around; empty without one. */
  readonly metric: string;
  /** Whose values are wanted. */
  readonly label: string;
}

const IN_BRACES =
  /(?<metric>[A-Za-z_:][\w:]*)?\{(?<inside>(?:[^{}"]|"(?:[^"\\]|\\.)*")*)(?<open>"(?:[^"\\]|\\.)*)?$/u;
const IN_GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*$/u;
const WORD_END = /[A-Za-z_:][\w:]*$/u;
const VALUE_OF = /(?<label>[A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*$/u;

/** `undefined` where there is nothing to complete, as inside a number. */
export function completing(text: string): Completing | undefined {
  const braces = IN_BRACES.exec(text)?.groups;
  if (braces !== undefined) return inBraces(text, braces);
  const prefix = WORD_END.exec(text)?.[0] ?? '';
  if (prefix === '') return undefined;
  const isLabel = IN_GROUPING.test(text);
  const metric = isLabel
    ? (/(?<name>[A-Za-z_:][\w:]*)\s*[{[]/u.exec(text)?.groups?.['name'] ?? '')
    : '';
  return {
    kind: isLabel ? 'label' : 'name',
    from: text.length - prefix.length,
    prefix,
    metric,
    label: '',
  };
}

function inBraces(
  text: string,
  { metric = '', inside = '', open }: Readonly<Record<string, string | undefined>>,
): Completing | undefined {
  if (open !== undefined) {
    const label = VALUE_OF.exec(inside)?.groups?.['label'];
    const prefix = open.slice(1);
    if (label === undefined) return undefined;
    return { kind: 'value', from: text.length - prefix.length, prefix, metric, label };
  }
  const prefix = WORD_END.exec(inside)?.[0] ?? '';
  return { kind: 'label', from: text.length - prefix.length, prefix, metric, label: '' };
}

/** Functions and operators that people type most. */
export const WORDS: readonly string[] = `
  sum avg min max count topk bottomk quantile stddev
  group by without on ignoring group_left group_right and or
  unless offset rate irate increase delta deriv predict_linear changes
  resets avg_over_time min_over_time max_over_time sum_over_time count_over_time quantile_over_time last_over_time present_over_time
  absent_over_time stddev_over_time histogram_quantile histogram_avg histogram_count histogram_sum histogram_fraction absent abs
  ceil floor round clamp clamp_min clamp_max exp ln log2
  log10 sqrt sgn scalar vector time timestamp sort sort_desc
  label_replace label_join day_of_week hour minute month year bool
`
  .trim()
  .split(/\s+/u);

const CHOICES_MAX = 12;

/** Candidates that fit: those that begin so first, then those that hold it. */
export function choicesFor(prefix: string, candidates: readonly string[]): readonly string[] {
  const wanted = prefix.toLowerCase();
  const begins = candidates.filter((each) => each.toLowerCase().startsWith(wanted));
  const holds = candidates.filter(
    (each) => each.toLowerCase().includes(wanted) && !each.toLowerCase().startsWith(wanted),
  );
  return [...begins, ...holds].filter((each) => each !== prefix).slice(0, CHOICES_MAX);
}
