import { isUtf8LabelName } from '../../model/go-string.ts';
import { METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import { PromqlError } from '../../promql/error.ts';
import { parseRuleText } from '../../rules/alert/rule-text.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Place, YamlValue } from '../yaml/tree.ts';
import { Fields } from './fields.ts';

/** What a rule needs to know of the group and the file that it stands in. */
export interface RuleContext {
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly parse: (text: string) => Expr;
  /** `detail` shows the expression with a caret below the fault. */
  readonly report: (problem: RuleFault) => void;
}

/** Something wrong with a rule; `name` is the alert or record as far as it was read. */
export interface RuleFault {
  readonly place: Place;
  readonly name: string;
  readonly message: string;
  readonly detail?: string;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

const SHAPE = {
  type: 'rulefmt.RuleNode',
  keys: ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'],
};

/** Reads one rule and reports everything that is wrong with it; `undefined` when it is unusable. */
export function readRule(node: YamlValue, context: RuleContext): Rule | undefined {
  return new RuleReader(node, context).read();
}

class RuleReader {
  readonly #fields: Fields;
  readonly #context: RuleContext;
  readonly #record: string;
  readonly #alert: string;
  readonly #early: { readonly place: Place; readonly message: string }[] = [];
  #name = '';
  #isSound = true;

  constructor(node: YamlValue, context: RuleContext) {
    this.#context = context;
    // The name is not known while the first fields are read.
    this.#fields = new Fields(node, SHAPE, (place, message) => this.#reportField(place, message));
    this.#record = this.#fields.text('record');
    this.#alert = this.#fields.text('alert');
    this.#name = this.#alert === '' ? this.#record : this.#alert;
    for (const { place, message } of this.#early) this.#report(place, message);
    this.#early.length = 0;
  }

  read(): Rule | undefined {
    this.#checkKind();
    const exprText = this.#fields.text('expr');
    const expr = this.#readExpr(exprText);
    const labels = this.#readTexts('labels');
    const annotations = this.#readTexts('annotations');
    const forMs = this.#fields.durationMs('for', 0);
    const keepFiringForMs = this.#fields.durationMs('keep_firing_for', 0);
    if (this.#record !== '') this.#checkRecording({ annotations, forMs, keepFiringForMs });
    if (!this.#isSound || expr === undefined) return undefined;
    const base = {
      name: this.#name,
      expr,
      exprText,
      labels: { ...this.#context.groupLabels, ...labels },
    };
    if (this.#record !== '') return { kind: 'recording', ...base };
    return { kind: 'alerting', ...base, forMs, keepFiringForMs, annotations };
  }

  #checkKind(): void {
    if (this.#record !== '' && this.#alert !== '') {
      const place = this.#fields.placeOf('alert');
      this.#report(place, "only one of 'record' and 'alert' must be set");
    }
    if (this.#record === '' && this.#alert === '') {
      this.#report(this.#fields.place, "one of 'record' or 'alert' must be set");
    }
  }

  #readExpr(text: string): Expr | undefined {
    const place = this.#fields.placeOf('expr');
    if (text === '') {
      this.#report(place, "field 'expr' must be set in rule");
      return undefined;
    }
    try {
      return this.#context.parse(text);
    } catch (error) {
      if (!PromqlError.is(error)) throw error;
      this.#report(place, `could not parse expression: ${error.message}`, error.format());
      return undefined;
    }
  }

  /** Labels or annotations; a bad name or template is reported at its key. */
  #readTexts(key: 'labels' | 'annotations'): Readonly<Record<string, string>> {
    const what = key === 'labels' ? 'label' : 'annotation';
    const entries = this.#fields.textEntries(key);
    for (const { key: name, place, text } of entries) {
      const isReserved = key === 'labels' && name === METRIC_NAME_LABEL;
      if (isReserved || !isUtf8LabelName(name))
        this.#report(place, `invalid ${what} name: ${name}`);
      if (LONE_SURROGATE.test(text)) this.#report(place, `invalid ${what} value: ${text}`);
      const problem = this.#alert === '' ? undefined : parseRuleText(this.#alert, text).problem;
      if (problem !== undefined) this.#report(place, `${what} ${JSON.stringify(name)}: ${problem}`);
    }
    return Object.fromEntries(entries.map(({ key: name, text }) => [name, text]));
  }

  #checkRecording(rule: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly forMs: number;
    readonly keepFiringForMs: number;
  }): void {
    const record = this.#record;
    const refuse = (field: string): void => {
      this.#report(this.#fields.keyPlaceOf(field), `invalid field '${field}' in recording rule`);
    };
    if (Object.keys(rule.annotations).length > 0) refuse('annotations');
    if (rule.forMs !== 0) refuse('for');
    if (rule.keepFiringForMs !== 0) refuse('keep_firing_for');
    const place = this.#fields.placeOf('record');
    if (LONE_SURROGATE.test(record)) this.#report(place, `invalid recording rule name: ${record}`);
    if (/[{}]/u.test(record)) {
      const hint = 'braces present in the recording rule name; should it be in expr?';
      this.#report(place, `${hint}: ${record}`);
    }
  }

  #reportField(place: Place, message: string): void {
    if (this.#name === '') this.#early.push({ place, message });
    else this.#report(place, message);
  }

  #report(place: Place, message: string, detail?: string): void {
    this.#isSound = false;
    const fault = { place, name: this.#name, message };
    this.#context.report(detail === undefined ? fault : { ...fault, detail });
  }
}
