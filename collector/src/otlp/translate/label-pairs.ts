import { promLabelName } from '@telltale/core';

import { compareUtf8, METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { InstrumentationScope, TextAttribute } from '../read/attributes.ts';
import type { TranslateOptions } from './options.ts';

/** Label names and values before the metric's name joins them; an empty value is no label. */
export type LabelPairs = Map<string, string>;

const ATTR_SERVICE_NAME = 'service.name';
const ATTR_SERVICE_NAMESPACE = 'service.namespace';
const ATTR_SERVICE_INSTANCE_ID = 'service.instance.id';
const IDENTIFYING: ReadonlySet<string> = new Set([
  ATTR_SERVICE_NAMESPACE,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_INSTANCE_ID,
]);
const RESERVED: ReadonlySet<string> = new Set([METRIC_NAME_LABEL]);
const NO_KEYS: ReadonlySet<string> = new Set();

/** Attribute names come from code and are few; senders that invent them must not fill memory. */
const CACHED_NAMES_MAX = 20_000;

/** What every series of one resource carries. */
export interface ResourceLabels {
  readonly job: string;
  readonly instance: string;
  readonly promoted: LabelPairs;
}

/** Turns attributes into labels as the options say. */
export class LabelBuilder {
  readonly #options: TranslateOptions;
  readonly #names: Map<string, string> = new Map();
  readonly #isEscaped: boolean;

  constructor(options: TranslateOptions) {
    this.#options = options;
    this.#isEscaped = options.translationStrategy.startsWith('Underscore');
  }

  /** @throws {RangeError} when a promoted attribute cannot be named. */
  resource(attributes: readonly TextAttribute[]): ResourceLabels {
    const name = valueOf(attributes, ATTR_SERVICE_NAME);
    const namespace = valueOf(attributes, ATTR_SERVICE_NAMESPACE);
    const job = name !== undefined && namespace !== undefined ? `${namespace}/${name}` : name;
    return {
      job: job ?? '',
      instance: valueOf(attributes, ATTR_SERVICE_INSTANCE_ID) ?? '',
      promoted: this.#promoted(attributes),
    };
  }

  /** The labels of `promote_scope_metadata`; without it, or without a scope name, none. */
  scope(scope: InstrumentationScope, schemaUrl: string): LabelPairs {
    const pairs: LabelPairs = new Map();
    if (!this.#options.promoteScopeMetadata || scope.name === '') return pairs;
    for (const [key, value] of scope.attributes) pairs.set(this.name(`otel_scope_${key}`), value);
    pairs.set('otel_scope_name', scope.name);
    pairs.set('otel_scope_version', scope.version);
    pairs.set('otel_scope_schema_url', schemaUrl);
    return pairs;
  }

  /**
   * The labels of a data point without the metric's name.
   *
   * @throws {RangeError} when an attribute cannot be named.
   */
  point(
    attributes: readonly TextAttribute[],
    resource: ResourceLabels,
    scope: LabelPairs,
  ): LabelPairs {
    const pairs = this.#ownLabels(attributes, RESERVED);
    for (const [name, value] of resource.promoted) {
      if ((pairs.get(name) ?? '') === '') pairs.set(name, value);
    }
    identify(pairs, resource);
    for (const [name, value] of scope) pairs.set(name, value);
    return pairs;
  }

  /**
   * The labels of the resource's `target_info`; `undefined` when it would say nothing that `job`
   * and `instance` do not, or belongs to neither.
   *
   * @throws {RangeError} when an attribute cannot be named.
   */
  targetInfo(
    attributes: readonly TextAttribute[],
    resource: ResourceLabels,
  ): LabelPairs | undefined {
    if (attributes.every(([key]) => IDENTIFYING.has(key))) return undefined;
    const isKept = this.#options.keepIdentifyingResourceAttributes;
    const pairs = this.#ownLabels(attributes, isKept ? NO_KEYS : IDENTIFYING);
    identify(pairs, resource);
    const hasIdentity = (pairs.get('job') ?? '') !== '' || (pairs.get('instance') ?? '') !== '';
    return hasIdentity ? pairs.set(METRIC_NAME_LABEL, 'target_info') : undefined;
  }

  /** @throws {RangeError} when nothing usable is left of the key. */
  name(key: string): string {
    let name = this.#names.get(key);
    if (name === undefined) {
      name = promLabelName(key, {
        strategy: this.#options.translationStrategy,
        underscoreSanitization: this.#options.labelNameUnderscoreSanitization,
        preserveMultipleUnderscores: this.#options.labelNamePreserveMultipleUnderscores,
      });
      if (this.#names.size >= CACHED_NAMES_MAX) this.#names.clear();
      this.#names.set(key, name);
    }
    return name;
  }

  #ownLabels(attributes: readonly TextAttribute[], ignored: ReadonlySet<string>): LabelPairs {
    const pairs: LabelPairs = new Map();
    // In key order, so that names that become equal are joined the same way every time.
    const sorted = attributes
      .filter(([key]) => !ignored.has(key))
      .sort(([left], [right]) => compareUtf8(left, right));
    for (const [key, value] of sorted) {
      const name = this.name(key);
      const known = pairs.get(name) ?? '';
      pairs.set(name, this.#isEscaped && known !== '' ? `${known};${value}` : value);
    }
    return pairs;
  }

  #promoted(attributes: readonly TextAttribute[]): LabelPairs {
    const options = this.#options;
    const isAll = options.promoteAllResourceAttributes;
    const listed = isAll ? options.ignoreResourceAttributes : options.promoteResourceAttributes;
    const pairs: LabelPairs = new Map();
    for (const [key, value] of attributes) {
      if (listed.includes(key) !== isAll) pairs.set(this.name(key), value);
    }
    return pairs;
  }
}

function identify(pairs: LabelPairs, { job, instance }: ResourceLabels): void {
  if (job !== '') pairs.set('job', job);
  if (instance !== '') pairs.set('instance', instance);
}

function valueOf(attributes: readonly TextAttribute[], key: string): string | undefined {
  return attributes.find(([name]) => name === key)?.[1];
}
