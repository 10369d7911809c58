/** Why a series is not stored. `unselected` means that no rule asks for it and is no fault. */
export type SeriesRefusal =
  | 'unselected'
  | 'max_series'
  | 'max_series_per_metric'
  | 'max_labels'
  | 'max_label_value_bytes'
  | 'label_memory';

export interface StoreLimits {
  readonly seriesMax: number;
  readonly seriesPerMetricMax: number;
  readonly labelsMax: number;
  readonly labelValueBytesMax: number;
  /** Memory of the labels of all series. */
  readonly labelBytesMax: number;
  /** How far in front of the service's clock a sample may be. */
  readonly futureMsMax: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = Object.freeze({
  seriesMax: 250_000,
  seriesPerMetricMax: 50_000,
  labelsMax: 64,
  labelValueBytesMax: 2048,
  labelBytesMax: Number.POSITIVE_INFINITY,
  futureMsMax: 600_000,
});

/** Of a name or value beside its text. */
const LABEL_BYTES = 16;

/**
 * Memory that the labels of a series take at most: a text is kept once for all series that have it,
 * and once more in the key of each series.
 */
export function bytesOfLabels(flat: readonly string[]): number {
  let bytes = 0;
  for (const text of flat) bytes += LABEL_BYTES + 2 * text.length;
  return bytes;
}

/** Whether `text` is longer than `bytesMax` in UTF-8, without encoding what is clearly short. */
export function isLongerThan(text: string, bytesMax: number): boolean {
  if (text.length * 3 <= bytesMax) return false;
  if (text.length > bytesMax) return true;
  let bytes = 0;
  for (const character of text) bytes += utf8Bytes(character.codePointAt(0) ?? 0);
  return bytes > bytesMax;
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
