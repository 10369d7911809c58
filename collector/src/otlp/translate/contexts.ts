import { type PromInstrumentKind, promName, promUnit } from '@telltale/core';

import type { ByteRange } from '../byte-range.ts';
import type {
  MetricBatch,
  MetricHeader,
  MetricKind,
  ResourceHeader,
  ScopeHeader,
  Span,
} from '../metric-batch.ts';
import { readResource, readScope, readText, type TextAttribute } from '../read/attributes.ts';
import { ByteTable } from './byte-table.ts';
import type { LabelBuilder, LabelPairs, ResourceLabels } from './label-pairs.ts';
import type { TranslateOptions } from './options.ts';
import type { RejectionReason } from './rejections.ts';
import type { FamilyMetadata, TranslateListener } from './sample-sink.ts';

/** A resource as seen before, or why its points are refused. */
export interface ResourceContext {
  readonly id: number;
  readonly attributes: readonly TextAttribute[];
  readonly labels: ResourceLabels;
  readonly rejection: RejectionReason | undefined;
  /** The series of its `target_info`; `undefined` until the first sample is due. */
  targetReference: number | undefined;
}

export interface ScopeContext {
  readonly id: number;
  readonly labels: LabelPairs;
  readonly rejection: RejectionReason | undefined;
}

export interface MetricContext {
  readonly id: number;
  /** As the producer calls it. */
  readonly name: string;
  /** As Prometheus calls the family. */
  readonly family: string;
  readonly kind: MetricKind;
  readonly isDelta: boolean;
  /** Labels of every point: the type and unit, when switched on. */
  readonly labels: LabelPairs;
  readonly rejection: RejectionReason | undefined;
}

const KINDS: readonly MetricKind[] = [
  'none',
  'gauge',
  'sum',
  'histogram',
  'exponential_histogram',
  'summary',
];

/** More than `variantOf` tells apart. */
const VARIANTS = 64;

/** Remembers resources, scopes and metrics by their bytes, so that each is decoded once. */
export class ContextCache {
  readonly #options: TranslateOptions;
  readonly #builder: LabelBuilder;
  readonly #listener: TranslateListener;
  readonly #resourceTable: ByteTable;
  readonly #scopeTable: ByteTable;
  readonly #metricTable: ByteTable;
  #resources: (ResourceContext | undefined)[] = [];
  #scopes: (ScopeContext | undefined)[] = [];
  #metrics: Map<number, MetricContext> = new Map();
  readonly #range: ByteRange;

  constructor(
    options: TranslateOptions,
    builder: LabelBuilder,
    rest: { readonly listener: TranslateListener; readonly hashSeed: number },
  ) {
    this.#options = options;
    this.#builder = builder;
    this.#listener = rest.listener;
    this.#resourceTable = new ByteTable(rest.hashSeed);
    this.#scopeTable = new ByteTable(rest.hashSeed);
    this.#metricTable = new ByteTable(rest.hashSeed);
    this.#range = { view: new DataView(new ArrayBuffer(0)), from: 0, to: 0 };
  }

  /** Entries of all three kinds. */
  get size(): number {
    return this.#resourceTable.size + this.#scopeTable.size + this.#metricTable.size;
  }

  clear(): void {
    this.#resourceTable.clear();
    this.#scopeTable.clear();
    this.#metricTable.clear();
    this.#resources = [];
    this.#scopes = [];
    this.#metrics = new Map();
  }

  resource(batch: MetricBatch, { resource }: ResourceHeader, depthMax: number): ResourceContext {
    const id = this.#number(this.#resourceTable, { batch, span: resource, parent: -1 });
    this.#resources[id] ??= this.#readResource(id, batch.slice(resource), depthMax);
    return this.#resources[id];
  }

  scope(
    batch: MetricBatch,
    header: ScopeHeader,
    outer: { readonly resource: ResourceContext; readonly depthMax: number },
  ): ScopeContext {
    const table = this.#scopeTable;
    const inner = this.#number(table, { batch, span: header.scope, parent: outer.resource.id });
    // -2 - n cannot be a resource's number, so that the two levels share one table.
    const id = this.#number(table, { batch, span: header.schemaUrl, parent: -2 - inner });
    this.#scopes[id] ??= this.#readScope(id, batch, { header, depthMax: outer.depthMax });
    return this.#scopes[id];
  }

  metric(batch: MetricBatch, header: MetricHeader, scope: ScopeContext): MetricContext {
    const table = this.#metricTable;
    const name = this.#number(table, { batch, span: header.name, parent: scope.id });
    const unit = this.#number(table, { batch, span: header.unit, parent: -2 - name });
    const key = unit * VARIANTS + variantOf(header);
    let context = this.#metrics.get(key);
    if (context === undefined) {
      context = this.#readMetric(this.#metrics.size, batch, header);
      this.#metrics.set(key, context);
    }
    return context;
  }

  #number(table: ByteTable, key: { batch: MetricBatch; span: Span; parent: number }): number {
    key.batch.locate(this.#range, key.span.from, key.span.to);
    return table.number(key.parent, this.#range);
  }

  #readResource(id: number, bytes: Uint8Array, depthMax: number): ResourceContext {
    const attributes = readResource(bytes, depthMax);
    const none: ResourceLabels = { job: '', instance: '', promoted: new Map() };
    const [labels, rejection] = attempt(() => this.#builder.resource(attributes), none);
    return { id, attributes, labels, rejection, targetReference: undefined };
  }

  #readScope(
    id: number,
    batch: MetricBatch,
    { header, depthMax }: { readonly header: ScopeHeader; readonly depthMax: number },
  ): ScopeContext {
    const scope = readScope(batch.slice(header.scope), depthMax);
    const schemaUrl = readText(batch.slice(header.schemaUrl));
    const none: LabelPairs = new Map();
    const [labels, rejection] = attempt(() => this.#builder.scope(scope, schemaUrl), none);
    return { id, labels, rejection };
  }

  #readMetric(id: number, batch: MetricBatch, header: MetricHeader): MetricContext {
    const name = readText(batch.slice(header.name));
    const unit = readText(batch.slice(header.unit));
    const strategy = this.#options.translationStrategy;
    const kind = instrumentKind(header);
    const [family, badName] = attempt(() => promName({ name, unit, kind, strategy }), '');
    const metadata: FamilyMetadata = {
      type: familyType(header),
      unit: promUnit(unit),
      help: readText(batch.slice(header.description)),
    };
    const rejection =
      badName === undefined ? this.#temporalityRejection(header) : 'invalid_metric_name';
    if (rejection === undefined) this.#listener.onFamily?.(family, metadata);
    return {
      id,
      name,
      family,
      kind: header.kind,
      isDelta: header.temporality === 'delta' && hasTemporality(header.kind),
      labels: this.#options.typeAndUnitLabels ? typeAndUnit(metadata, strategy) : new Map(),
      rejection,
    };
  }

  #temporalityRejection({ kind, temporality }: MetricHeader): RejectionReason | undefined {
    if (!hasTemporality(kind) || temporality === 'cumulative') return undefined;
    if (temporality === 'unspecified') return 'unspecified_temporality';
    return this.#options.delta === 'reject' ? 'delta_temporality' : undefined;
  }
}

/** The value, or the stand-in and a rejection when a name is left without a usable character. */
function attempt<T>(
  build: () => T,
  standIn: T,
): [value: T, rejection: RejectionReason | undefined] {
  try {
    return [build(), undefined];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [standIn, 'invalid_label_name'];
  }
}

/** Numbers every combination of what decides a metric's meaning besides name and unit. */
function variantOf({ kind, temporality, isMonotonic }: MetricHeader): number {
  const temporalityNumber = { unspecified: 0, delta: 1, cumulative: 2 }[temporality];
  return KINDS.indexOf(kind) * 6 + temporalityNumber * 2 + (isMonotonic ? 1 : 0);
}

function hasTemporality(kind: MetricKind): boolean {
  return kind === 'sum' || kind === 'histogram' || kind === 'exponential_histogram';
}

function instrumentKind({ kind, isMonotonic }: MetricHeader): PromInstrumentKind {
  if (kind === 'sum') return isMonotonic ? 'counter' : 'updowncounter';
  return kind === 'none' ? 'gauge' : kind;
}

function familyType({ kind, isMonotonic }: MetricHeader): FamilyMetadata['type'] {
  if (kind === 'sum') return isMonotonic ? 'counter' : 'gauge';
  if (kind === 'exponential_histogram') return 'histogram';
  return kind === 'none' ? 'gauge' : kind;
}

function typeAndUnit(
  { type, unit }: FamilyMetadata,
  strategy: TranslateOptions['translationStrategy'],
): LabelPairs {
  const pairs: LabelPairs = new Map([['__type__', type]]);
  if (unit !== '') pairs.set('__unit__', promUnit(unit, strategy));
  return pairs;
}
