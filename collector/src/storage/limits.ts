/** Why a series is not stored. `unselected` means that no rule asks for it and is no fault. */
export type SeriesRefusal =
  | 'unselected'
  | 'max_series'
  | 'max_series_per_metric'
  | 'max_labels'
  | 'max_label_value_bytes';

export interface StoreLimits {
  readonly seriesMax: number;
  readonly seriesPerMetricMax: number;
  readonly labelsMax: number;
  readonly labelValueBytesMax: number;
  /** How far in front of the service's clock a sample may be. */
  readonly futureMsMax: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = Object.freeze({
  seriesMax: 250_000,
  seriesPerMetricMax: 50_000,
  labelsMax: 64,
  labelValueBytesMax: 2048,
  futureMsMax: 600_000,
});

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
