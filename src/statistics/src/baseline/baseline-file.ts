import type { UrnState } from '../sequential/polya-urn.ts';
import type { Baseline, OutcomeDependence } from './baseline.ts';
import { canonicalJson } from './canonical-json.ts';

export const BASELINE_SCHEMA = 'ml-drift-baseline/1';

/** SHA-256 of a text, in hex. Given by the caller: this package has no cryptography of its own. */
export type Digest = (text: string) => string;

/** The content hash of a baseline: SHA-256 over the canonical form of its file without the hash. */
export function baselineId(baseline: Baseline, digest: Digest): string {
  return digest(canonicalJson(fileOf(baseline)));
}

/** The text of a baseline file: JSON in canonical form, with the hash of its content as `id`. */
export function serializeBaseline(baseline: Baseline, digest: Digest): string {
  return `${canonicalJson({ ...fileOf(baseline), id: baselineId(baseline, digest) })}\n`;
}

/** What a file holds besides its hash. */
function fileOf(baseline: Baseline): Readonly<Record<string, unknown>> {
  const { key, known, missing, novelty } = baseline;
  const isRange = known.kind === 'range';
  return {
    schema: BASELINE_SCHEMA,
    model: { name: key.model, version: key.version },
    stream: {
      name: key.name,
      kind: baseline.kind,
      direction: key.direction,
      segment: key.segment,
      seasonKey: key.season,
    },
    createdAt: new Date(baseline.createdMs).toISOString(),
    source: baseline.source,
    n: baseline.size,
    quality: baseline.quality,
    cells: urnFields(baseline.cells),
    rank20: urnFields(baseline.ranks),
    bins10: isRange ? baseline.bins : undefined,
    sample: isRange ? baseline.sample : undefined,
    moments: baseline.moments,
    categories: isRange
      ? undefined
      : {
          top: known.names.map((name, place) => [name, baseline.categoryCounts[place] ?? 0]),
          other: baseline.categoryCounts[known.names.length] ?? 0,
        },
    classes: baseline.classes,
    novelty: {
      range: isRange ? [known.min, known.max] : undefined,
      declared: baseline.isDeclared,
      n: novelty.rate?.records,
      hits: novelty.rate?.hits,
      ...dependenceFields(novelty),
      ...urnFields(novelty.urn),
    },
    missing: {
      n: missing.records,
      null: missing.nulls,
      invalid: missing.invalid,
      quality: missing.quality,
      ...dependenceFields(missing),
      ...urnFields(missing.urn),
    },
    autocorrelation: { thin: baseline.thin, deff: baseline.designEffect },
    calibration: baseline.calibration,
    loss: baseline.loss,
  };
}

const urnFields = ({ edges, ties, weights }: UrnState): UrnState => ({ edges, ties, weights });

const dependenceFields = ({ thin, designEffect }: OutcomeDependence) => ({
  thin,
  deff: designEffect,
});
