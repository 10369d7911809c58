/** How the fleet counts time and how much it remembers. */
export interface FleetOptions {
  /** Width of a time bucket in milliseconds; also how often instances are expected to export. */
  readonly intervalMs: number;
  /** Distances are over the values of this long. */
  readonly windowMs: number;
  readonly streamsMax: number;
  /** Of one stream. */
  readonly instancesMax: number;
  /** Of all streams: one for each baseline and instance, and one for each metric of values. */
  readonly seriesMax: number;
}

/** Buckets that may still be filled: a point that is older is dropped. */
export const LATE_BUCKETS = 2;
/** An instance that was silent for more intervals than this no longer counts. */
const SILENT_INTERVALS = 3;

/** Time as the fleet sees it at one moment. */
export interface FleetTime {
  readonly nowMs: number;
  /** The bucket of now. */
  readonly bucket: number;
  /** The first bucket of the window, and when it starts. */
  readonly firstBucket: number;
  readonly fromMs: number;
  /** Instances heard of since then are alive. */
  readonly liveFromMs: number;
}

export function fleetTime({ intervalMs, windowMs }: FleetOptions, nowMs: number): FleetTime {
  const bucket = Math.floor(nowMs / intervalMs);
  const firstBucket = bucket - Math.max(1, Math.ceil(windowMs / intervalMs)) + 1;
  return {
    nowMs,
    bucket,
    firstBucket,
    fromMs: firstBucket * intervalMs,
    liveFromMs: nowMs - SILENT_INTERVALS * intervalMs,
  };
}
