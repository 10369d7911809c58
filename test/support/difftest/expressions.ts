import { DATA_END_MS, DATA_START_MS } from './dataset.ts';
import type { SeededRandom } from './random.ts';

/**
 * Random expressions whose parts fit together.
 *
 * Upstream is deterministic to the last bit as long as an expression keeps to arithmetic; Go and
 * JavaScript round `sin` or `2^x` differently in the last place. Such functions therefore only come
 * last, where a difference stays as small as it is: below a comparison or a rounding it would
 * decide between two different answers.
 */
export function randomExpression(random: SeededRandom): string {
  const generator = new ExpressionGenerator(random);
  return random.chance(0.15) ? generator.inexactVector() : generator.top();
}

interface MetricClass {
  readonly names: readonly string[];
  /** Labels that can be matched, grouped by and joined on. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

const ON_JOB = { job: ['api', 'worker'], instance: ['a', 'b', 'c'] };
const COUNTERS: MetricClass = { names: ['requests_total', 'cpu_seconds_total'], labels: ON_JOB };
const GAUGES: MetricClass = { names: ['temperature', 'memory_bytes', 'up'], labels: ON_JOB };
const ODD: MetricClass = { names: ['odd', 'flat', 'flaky'], labels: { instance: ['a', 'b', 'c'] } };
const BUCKETS: MetricClass = {
  names: ['latency_seconds_bucket'],
  labels: { ...ON_JOB, le: ['0.1', '1', '+Inf'] },
};
const NATIVES: MetricClass = { names: ['spread', 'custom'], labels: ON_JOB };
const LEVELS: MetricClass = { names: ['level'], labels: ON_JOB };
const MIXED: MetricClass = { names: ['mixed'], labels: { instance: ['a', 'b', 'c'] } };
const FLOATS = [COUNTERS, COUNTERS, GAUGES, GAUGES, ODD, BUCKETS];
// Go's conversion of huge values to time depends on the processor.
const TIMES = [COUNTERS, GAUGES];
const HISTOGRAMS = [NATIVES, NATIVES, LEVELS];
const EVERYTHING = [...FLOATS, ...HISTOGRAMS, MIXED];

const OVER_TIME = [
  'avg',
  'count',
  'last',
  'first',
  'max',
  'min',
  'present',
  'sum',
  'stddev',
  'stdvar',
  'absent',
];
const EXACT_MATH = ['abs', 'ceil', 'floor', 'sgn', 'sqrt', 'deg', 'rad'];
const INEXACT_MATH = [
  'exp',
  'ln',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
];
const DATES = [
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'year',
];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
const RANGES = ['30s', '1m', '90s', '5m', '7m', '17s', '20m'];

class ExpressionGenerator {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  top(): string {
    const random = this.#random;
    if (random.chance(0.03)) return this.scalar(2);
    if (random.chance(0.04)) return `sort${random.pick(['', '_desc'])}(${this.vector(2)})`;
    return this.vector(random.integer(1, 3));
  }

  /** A vector that both sides compute with the same roundings. */
  vector(depth: number): string {
    const random = this.#random;
    if (depth <= 0) return this.#leaf();
    const [make] = random.pick(this.#choices);
    return make(depth - 1);
  }

  readonly #choices: readonly (readonly [(depth: number) => string])[] = [
    [() => this.#leaf()],
    [() => this.#rangeCall()],
    [() => this.#rangeCall()],
    [() => this.#rangeCall()],
    [(depth) => this.#aggregation(depth)],
    [(depth) => this.#aggregation(depth)],
    [(depth) => this.#aggregation(depth)],
    [(depth) => this.#arithmetic(depth)],
    [(depth) => this.#arithmetic(depth)],
    [(depth) => this.#comparison(depth)],
    [(depth) => this.#sets(depth)],
    [() => this.#join()],
    [(depth) => this.#math(depth)],
    [(depth) => this.#labels(depth)],
    [(depth) => this.#subqueryCall(depth)],
    [() => this.#pick()],
    [() => this.#histogram()],
    [() => this.#histogram()],
    [(depth) => `${this.#random.pick(['-', '+'])}${this.#wrapped(depth)}`],
    [(depth) => `absent(${this.vector(depth)})`],
    [(depth) => `timestamp(${this.#withoutKnown(depth, / offset .* @ /u)})`],
    [(depth) => `vector(${this.scalar(depth)})`],
    [() => `${this.#random.pick(DATES)}(${this.#random.chance(0.3) ? '' : this.#selector(TIMES)})`],
    // The last bit would make another text: nothing that adds up in an order of its own.
    [() => `count_values("v", ${this.#random.chance(0.5) ? this.#leaf() : this.#rangeCall()})`],
    [() => `count_values("instance", ${this.#leaf()})`],
  ];

  /** A vector whose last operation rounds differently here and there. */
  inexactVector(): string {
    const random = this.#random;
    const inner = this.vector(random.integer(0, 1));
    const range = random.pick(RANGES);
    const makers: (() => string)[] = [
      () => `${random.pick(INEXACT_MATH)}(${inner})`,
      () => `(${inner}) ^ ${random.pick(['2', '0.5', '-1', '3'])}`,
      () => `(${inner}) atan2 ${this.#number()}`,
      () => `histogram_quantile(${this.#quantile()}, ${this.#selector(HISTOGRAMS)})`,
      () => `histogram_quantile(${this.#quantile()}, rate(${this.#selector([NATIVES])}[${range}]))`,
      () =>
        `histogram_fraction(${random.integer(-3, 1)}, ${random.integer(2, 9)}, ${this.#selector(HISTOGRAMS)})`,
      () => `histogram_${random.pick(['stddev', 'stdvar'])}(${this.#selector(HISTOGRAMS)})`,
      // Trimming interpolates inside a bucket.
      () => `${this.#selector(HISTOGRAMS)} ${random.pick(['</', '>/'])} ${this.#number()}`,
    ];
    const made = random.pick(makers)();
    if (random.chance(0.3)) return `max by (job) (${made})`;
    return random.chance(0.3) ? `abs(${made}) * 2` : made;
  }

  scalar(depth: number): string {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.5)) return this.#number();
    const left = this.scalar(depth - 1);
    const right = this.scalar(depth - 1);
    return random.pick([
      'time()',
      'pi()',
      `scalar(${this.vector(depth - 1)})`,
      `(${left} ${random.pick(['+', '-', '*', '/', '%'])} ${right})`,
      `(${left} ${random.pick(['==', '!=', '<', '>='])} bool ${right})`,
      `-${left}`,
    ]);
  }

  #leaf(): string {
    return this.#selector(EVERYTHING);
  }

  #selector(classes: readonly MetricClass[]): string {
    return this.#matcher(this.#random.pick(classes)) + this.#modifiers();
  }

  #matcher(metric: MetricClass): string {
    const random = this.#random;
    const name = random.pick(metric.names);
    const parts: string[] = [];
    for (const [label, values] of Object.entries(metric.labels)) {
      if (!random.chance(0.3)) continue;
      const value = random.pick(values);
      const regex = random.pick([`${value}|x`, '.*', '.+', `[^${value.slice(0, 1)}].*`]);
      const isRegex = random.chance(0.4) && !value.startsWith('+');
      parts.push(
        isRegex
          ? `${label}${random.pick(['=~', '!~'])}"${regex}"`
          : `${label}${random.pick(['=', '=', '!='])}"${value}"`,
      );
    }
    return parts.length === 0 ? name : `${name}{${parts.join(', ')}}`;
  }

  #modifiers(): string {
    const random = this.#random;
    const offset = random.chance(0.1) ? ` offset ${random.pick(['1m', '-30s', '5m', '3m7s'])}` : '';
    if (!random.chance(0.06)) return offset;
    const seconds = random.integer(DATA_START_MS / 1000, DATA_END_MS / 1000);
    return `${offset} @ ${random.pick([String(seconds), `${seconds}.5`, 'start()', 'end()'])}`;
  }

  #rangeCall(): string {
    const random = this.#random;
    const range = (classes: readonly MetricClass[]): string =>
      `${this.#matcher(random.pick(classes))}[${random.pick(RANGES)}]${this.#modifiers()}`;
    const calls: (() => string)[] = [
      () =>
        `${random.pick(['rate', 'increase', 'irate'])}(${range([COUNTERS, COUNTERS, BUCKETS, NATIVES, ODD])})`,
      () => `${random.pick(['rate', 'increase'])}(${range([COUNTERS, NATIVES, MIXED, LEVELS])})`,
      () => `${random.pick(['delta', 'idelta'])}(${range([GAUGES, ODD, LEVELS])})`,
      () => `${random.pick(['resets', 'changes'])}(${range(EVERYTHING)})`,
      () => `${random.pick(OVER_TIME)}_over_time(${range(EVERYTHING)})`,
      () => `${random.pick(OVER_TIME)}_over_time(${range(FLOATS)})`,
      () => `quantile_over_time(${this.#quantile()}, ${range(FLOATS)})`,
      () => `deriv(${range([GAUGES, COUNTERS, ODD])})`,
      () => `predict_linear(${range([GAUGES, COUNTERS])}, ${random.integer(-60, 3600)})`,
    ];
    return random.pick(calls)();
  }

  #aggregation(depth: number): string {
    const random = this.#random;
    const inner = this.vector(depth);
    if (random.chance(0.1)) return `quantile${this.#grouping()} (${this.#quantile()}, ${inner})`;
    return `${random.pick(AGGREGATIONS)}${this.#grouping()} (${inner})`;
  }

  #grouping(): string {
    const random = this.#random;
    if (random.chance(0.3)) return '';
    const labels = random.some(['job', 'instance', 'code', 'le']).join(', ');
    return ` ${random.pick(['by', 'by', 'without'])} (${labels})`;
  }

  #arithmetic(depth: number): string {
    const random = this.#random;
    const operator = random.pick(['+', '-', '*', '/', '%']);
    const left = this.#wrapped(depth);
    if (random.chance(0.6)) {
      const scalar = this.scalar(1);
      return random.chance(0.7) ? `${left} ${operator} ${scalar}` : `${scalar} ${operator} ${left}`;
    }
    return `${left} ${operator} ${this.#matching()}${random.chance(0.5) ? left : this.#wrapped(depth)}`;
  }

  #comparison(depth: number): string {
    const random = this.#random;
    const operator = random.pick(['==', '!=', '<', '<=', '>', '>=']);
    const bool = random.chance(0.4) ? ' bool' : '';
    const left = this.#wrapped(depth);
    if (random.chance(0.6)) return `${left} ${operator}${bool} ${this.scalar(1)}`;
    return `${left} ${operator}${bool} ${this.#matching()}${this.#wrapped(depth)}`;
  }

  #sets(depth: number): string {
    const operator = this.#random.pick(['and', 'or', 'unless']);
    return `${this.#wrapped(depth)} ${operator} ${this.#matching()}${this.#wrapped(depth)}`;
  }

  #matching(): string {
    const random = this.#random;
    if (random.chance(0.4)) return '';
    const labels = random.some(['job', 'instance', 'code']).join(', ');
    return `${random.pick(['on', 'ignoring'])} (${labels}) `;
  }

  /** Joins that find their partners: aggregations over the labels they are matched on. */
  #join(): string {
    const random = this.#random;
    const operator = random.pick(['+', '-', '*', '/', '>', '== bool']);
    const range = random.pick(RANGES);
    const many = random.pick([
      this.#matcher(COUNTERS),
      `rate(${this.#matcher(COUNTERS)}[${range}])`,
      this.#matcher(GAUGES),
    ]);
    const one = `${random.pick(['sum', 'max', 'count'])} by (job) (${this.#matcher(random.pick([COUNTERS, GAUGES]))})`;
    const include = random.pick(['', ' ()', ' (code)']);
    if (random.chance(0.2)) {
      const left = `max by (job, instance) (${this.#matcher(GAUGES)})`;
      return `${left} ${operator} on (job, instance) group_right${include} ${this.#matcher(COUNTERS)}`;
    }
    if (random.chance(0.5)) return `${many} ${operator} on (job) group_left${include} ${one}`;
    return `${one} ${operator} on (job) group_right () ${many}`;
  }

  #math(depth: number): string {
    const random = this.#random;
    const inner = this.vector(depth);
    return random.pick([
      () => `${random.pick(EXACT_MATH)}(${inner})`,
      () => `round(${inner}${random.chance(0.5) ? `, ${random.pick(['0.1', '5', '0.25'])}` : ''})`,
      () => `clamp(${inner}, ${random.integer(-5, 5)}, ${random.integer(3, 500)})`,
      () => `clamp_${random.pick(['min', 'max'])}(${inner}, ${this.scalar(1)})`,
    ])();
  }

  #labels(depth: number): string {
    const random = this.#random;
    const inner = this.#withoutKnown(depth, /mixed/u);
    const target = random.pick(['job', 'fresh', 'instance']);
    if (random.chance(0.4)) return `label_join(${inner}, "${target}", "-", "job", "instance")`;
    const rule = random.pick([
      '"$1-x", "instance", "(.*)"',
      '"", "job", ".*"',
      '"${1}", "job", "(a).+"',
    ]);
    return `label_replace(${inner}, "${target}", ${rule})`;
  }

  #subqueryCall(depth: number): string {
    const random = this.#random;
    const step = random.pick(['', '13s', '1m', '30s']);
    const range = `[${random.pick(['2m', '5m', '10m'])}:${step}]${this.#modifiers()}`;
    const inner = `${this.#wrapped(Math.min(depth, 1))}${range}`;
    const name = random.pick([
      ...OVER_TIME.map((part) => `${part}_over_time`),
      'rate',
      'delta',
      'changes',
      'deriv',
    ]);
    return `${name}(${inner})`;
  }

  /** Only over values without ties, among which upstream picks by the order it meets them. */
  #pick(): string {
    const random = this.#random;
    const inner = random.pick(['temperature', 'memory_bytes', 'rate(cpu_seconds_total[5m])']);
    return `${random.pick(['topk', 'bottomk'])}${this.#grouping()} (${random.integer(0, 4)}, ${inner})`;
  }

  #histogram(): string {
    const random = this.#random;
    const range = random.pick(RANGES);
    const native = random.pick([
      this.#selector(HISTOGRAMS),
      `rate(${this.#matcher(NATIVES)}[${range}])`,
      `sum${this.#grouping()} (${this.#matcher(NATIVES)})`,
    ]);
    const buckets = this.#matcher(BUCKETS);
    const by = random.pick(['(le)', '(le, job)', '(job, instance, le)']);
    return random.pick([
      () => `histogram_${random.pick(['count', 'sum', 'avg'])}(${native})`,
      () => `histogram_quantile(${this.#quantile()}, sum by ${by} (rate(${buckets}[${range}])))`,
      () => `histogram_quantile(${this.#quantile()}, ${buckets})`,
      () => `histogram_fraction(0, ${random.pick(['0.3', '1', '2.5'])}, ${buckets})`,
      () => `${native} ${random.pick(['* 2', '* 0.5', '* -1', '/ 4', '/ 0', '== bool 1', '+ 1'])}`,
      () => `${native} ${random.pick(['+', '-', '==', '!='])} ${this.#matching()}${native}`,
      () => native,
    ])();
  }

  /**
   * A vector in which a part is avoided that is known to be answered differently here: the cases
   * are named in the test that runs these expressions.
   */
  #withoutKnown(depth: number, known: RegExp): string {
    const inner = this.vector(depth);
    return known.test(inner) ? this.#matcher(this.#random.pick(FLOATS)) : inner;
  }

  #wrapped(depth: number): string {
    return `(${this.vector(depth)})`;
  }

  #number(): string {
    return this.#random.pick([
      '0',
      '1',
      '2',
      '0.5',
      '-3',
      '1e3',
      '100',
      '1.5',
      'Inf',
      'NaN',
      '0.1',
      '5m',
    ]);
  }

  #quantile(): string {
    return this.#random.pick(['0', '0.1', '0.5', '0.9', '0.99', '1', '-1', '1.5', 'NaN']);
  }
}
