import {
  type Baseline,
  baselineOfHistogram,
  foreignField,
  HISTOGRAM_VALUES_MIN,
  mergeBaselines,
  parseBaseline,
  SeededRandom,
  type SignedHistogram,
  type StreamKey,
  serializeBaseline,
} from '@telltale/statistics';

import type { DriftConfig } from '../../config/schema/collector-config.ts';
import { type FleetReference, type References, referenceOf } from '../../drift/rows/reference.ts';
import type { BaselineAnswer, BaselineRefusal, StoredBaseline } from '../../exchange/baselines.ts';
import type { BaselineTable } from '../sqlite/baselines.ts';
import { sha256 } from './sha256.ts';

export interface BaselineStoreOptions {
  readonly table: BaselineTable;
  readonly config: DriftConfig['baselines'];
}

/** Baselines whose reference is remembered between two evaluations. */
const REFERENCES_MAX = 2000;
const LIST_MAX = 1000;
/** Instances that a message names at most by number. */
const INSTANCE_LENGTH_MAX = 200;

/** Baselines of all streams: put by people, uploaded by instances, asked for by both. */
export class BaselineStore implements References {
  readonly #table: BaselineTable;
  readonly #config: DriftConfig['baselines'];
  readonly #byId: Map<string, FleetReference | undefined> = new Map();
  readonly #current: Map<string, FleetReference | undefined> = new Map();
  /** Why no baseline could be made, by stream and uploads. */
  readonly #unmade: Map<string, BaselineRefusal | undefined> = new Map();

  constructor({ table, config }: BaselineStoreOptions) {
    this.#table = table;
    this.#config = config;
  }

  list(): readonly StoredBaseline[] {
    return this.#table.list(LIST_MAX);
  }

  /** Takes a baseline file; it becomes the current one of its stream. */
  put(
    text: string,
    key: StreamKey,
    by: { readonly actor: string; readonly nowMs: number },
  ): BaselineAnswer {
    const parsed = readFile(text, key);
    return 'ok' in parsed ? parsed : this.#keep(parsed.baseline, { key, ...by });
  }

  /** Takes the baseline of one instance, from whose sample one of the fleet can be made. */
  upload(
    text: string,
    key: StreamKey,
    from: { readonly instance: string; readonly nowMs: number },
  ): BaselineAnswer {
    if (from.instance === '' || from.instance.length > INSTANCE_LENGTH_MAX) {
      return refuse(400, `instance must have 1 to ${INSTANCE_LENGTH_MAX} characters`);
    }
    const parsed = readFile(text, key);
    if ('ok' in parsed) return parsed;
    const limits = { nowMs: from.nowMs, uploadsMax: this.#config.uploads };
    if (this.#table.upload(key, { instance: from.instance, document: text }, limits)) {
      return { ok: true, id: parsed.id };
    }
    const { uploads } = this.#config;
    const reason = `there are samples of ${uploads} instances, or of too many streams: raise collector.drift.baselines.uploads`;
    return refuse(409, reason);
  }

  /** The current baseline; made of uploaded samples when none was put. */
  get(
    key: StreamKey,
    nowMs: number,
  ): { readonly ok: true; readonly id: string; readonly document: string } | BaselineRefusal {
    const known = this.#find(key);
    if (known !== undefined) return { ok: true, ...known };
    const { uploads, lastMs } = this.#table.uploadState(key);
    if (uploads < this.#config.instances_min) {
      return refuse(404, 'no baseline was put, and too few instances uploaded samples');
    }
    // What could not be made of these uploads before cannot be made of them now.
    const state = JSON.stringify([key, uploads, lastMs]);
    const refusal = remembered(this.#unmade, state, () => {
      const built = this.buildFromSamples(key, { actor: 'fleet', nowMs });
      return built.ok ? undefined : built;
    });
    if (refusal !== undefined) return { ...refusal, status: 404 };
    const made = this.#table.current(key);
    return made === undefined ? refuse(404, 'no baseline') : { ok: true, ...made };
  }

  /** Makes a baseline of the samples of all instances; it becomes the current one. */
  buildFromSamples(
    key: StreamKey,
    by: { readonly actor: string; readonly nowMs: number },
  ): BaselineAnswer {
    const parts = this.#table.uploads(key).flatMap((text): Baseline[] => {
      const parsed = parseBaseline(text, sha256);
      return parsed.ok ? [parsed.baseline] : [];
    });
    const ids = parts.map((part) => serializeBaseline(part, sha256)).join('');
    const random = new SeededRandom(Number.parseInt(sha256(ids).slice(0, 8), 16));
    const merged = mergeBaselines(parts, { key, createdMs: by.nowMs, random });
    if (!merged.ok) return refuse(409, `${SENTENCES[merged.reason]} (${merged.reason})`);
    return this.#keep(merged.baseline, { key, ...by });
  }

  /** Makes an approximate baseline of merged values; it becomes the current one. */
  buildFromHistogram(
    histogram: SignedHistogram | undefined,
    key: StreamKey,
    by: { readonly actor: string; readonly nowMs: number },
  ): BaselineAnswer {
    const random = new SeededRandom(by.nowMs);
    const options = { key, createdMs: by.nowMs, random, kind: 'numeric' } as const;
    const baseline = histogram && baselineOfHistogram(histogram, options);
    if (baseline !== undefined) return this.#keep(baseline, { key, ...by });
    const reason = `the merged window of the stream has fewer than ${HISTOGRAM_VALUES_MIN} values`;
    return refuse(409, reason);
  }

  byId(id: string): FleetReference | undefined {
    return remembered(this.#byId, id, () => referenceIn(this.#table.byPrefix(id)));
  }

  current(key: StreamKey): FleetReference | undefined {
    const name = JSON.stringify(key);
    return remembered(this.#current, name, () => referenceIn(this.#find(key)?.document));
  }

  /** Deletes what is no longer asked for. */
  trim(nowMs: number): void {
    const { retention, versions } = this.#config;
    if (this.#table.trim(nowMs - retention, versions) > 0) this.#forget();
  }

  /** A baseline without a version was made before there was one, and holds for any. */
  #find(key: StreamKey): { readonly id: string; readonly document: string } | undefined {
    return this.#table.current(key) ?? this.#table.current({ ...key, version: '' });
  }

  #keep(
    baseline: Baseline,
    {
      key,
      actor,
      nowMs,
    }: { readonly key: StreamKey; readonly actor: string; readonly nowMs: number },
  ): BaselineAnswer {
    const document = serializeBaseline(baseline, sha256);
    const { id } = JSON.parse(document) as { readonly id: string };
    const { kind, source, quality, size, createdMs } = baseline;
    this.#table.put({
      id,
      key,
      kind,
      source,
      quality,
      size,
      createdMs,
      storedMs: nowMs,
      actor,
      document,
    });
    this.#forget();
    return { ok: true, id };
  }

  #forget(): void {
    this.#byId.clear();
    this.#current.clear();
  }
}

const SENTENCES = {
  nothing_to_merge: 'no instance uploaded samples',
  kinds_differ: 'instances say different kinds of the stream',
  no_sample: 'a baseline without a sample cannot be merged',
  instances_differ: 'the values of some instance differ from those of the others',
  mostly_missing: 'most records are missing',
  too_few: 'too few independent values',
  halves_differ: 'the values do not come from one distribution',
  missing_too_few: 'too few records to know how often values are missing',
  missing_changes: 'the shares of missing values differ',
  keeps_changing: 'the values do not come from one distribution',
} as const;

const refuse = (status: BaselineRefusal['status'], reason: string): BaselineRefusal => ({
  ok: false,
  status,
  message: `Cannot use the baseline: ${reason}`,
});

function readFile(
  text: string,
  key: StreamKey,
): BaselineRefusal | { readonly baseline: Baseline; readonly id: string } {
  const parsed = parseBaseline(text, sha256);
  if (!parsed.ok) {
    const { field, reason } = parsed.problem;
    return field === '' || field === 'schema'
      ? refuse(400, field === '' ? reason : `${field}: ${reason}`)
      : refuse(422, `${field}: ${reason}`);
  }
  const foreign = foreignField(parsed.baseline, key);
  if (foreign !== undefined) {
    return refuse(409, `it is of another stream: ${foreign.field}: ${foreign.reason}`);
  }
  return { baseline: parsed.baseline, id: parsed.id };
}

function referenceIn(document: string | undefined): FleetReference | undefined {
  const parsed = document === undefined ? undefined : parseBaseline(document, sha256);
  return parsed?.ok === true ? referenceOf(parsed.baseline) : undefined;
}

function remembered<Value>(
  known: Map<string, Value | undefined>,
  name: string,
  find: () => Value | undefined,
): Value | undefined {
  if (!known.has(name)) {
    if (known.size >= REFERENCES_MAX) known.clear();
    known.set(name, find());
  }
  return known.get(name);
}
