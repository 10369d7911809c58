import {
  ASPECTS,
  DRIFT_DEFAULTS,
  type DriftOptions,
  type StreamKey,
  type StreamSettings,
  VERDICT_RECORDS_MIN,
} from './types.ts';

/**
 * For series of some hundred values, such as one value an hour. The first twelve are the baseline,
 * and every value counts. So few values tell large changes only, and the promise is small.
 */
const SHORT_PROFILE: Partial<DriftOptions> & Pick<DriftOptions, 'baseline'> = {
  window: 20,
  driftThreshold: 0.4,
  alertThreshold: 0.5,
  falseAlarmEvery: 300,
  falseAlarmEveryMs: undefined,
  baseline: { size: 12, warmup: 0, sizeMax: 12 },
  thinning: 1,
};

/** What the options of one stream are, and whether it has a promise of its own. */
export interface StreamOptions {
  readonly options: DriftOptions;
  /** The promise is this stream's alone; otherwise all streams share one. */
  readonly hasOwnPromise: boolean;
}

/** The options that `profile` stands for. */
export const profileOptions = (profile: DriftOptions['profile'] | undefined): DriftOptions =>
  profile === 'short' ? { ...DRIFT_DEFAULTS, profile, ...SHORT_PROFILE } : DRIFT_DEFAULTS;

/** What a profile sets, for a stream whose monitor has another one. */
function ofProfile(profile: DriftOptions['profile']): Partial<DriftOptions> {
  const { window, driftThreshold, alertThreshold, baseline, thinning } = profileOptions(profile);
  const own = { profile, window, driftThreshold, alertThreshold, baseline, thinning };
  return profile === 'short' ? { ...own, ...SHORT_PROFILE } : own;
}

/** Options by stream: those of the monitor, changed where settings name the stream. */
export class StreamOptionsTable {
  readonly #shared: StreamOptions;
  readonly #rules: readonly { readonly fits: RegExp; readonly own: StreamOptions }[];

  constructor(options: DriftOptions) {
    this.#shared = { options, hasOwnPromise: false };
    this.#rules = Object.entries(options.streams)
      .toSorted(([a], [b]) => weightOf(b) - weightOf(a))
      .map(([pattern, settings]) => ({
        fits: patternOf(pattern),
        own: ownOptions(options, settings),
      }));
  }

  of({ model, name }: Pick<StreamKey, 'model' | 'name'>): StreamOptions {
    const rule = this.#rules.find(({ fits }) => fits.test(name) || fits.test(`${model}/${name}`));
    return rule?.own ?? this.#shared;
  }
}

/** Records of a window without which no verdict is given: half of a short one. */
export const verdictRecords = ({ window }: Pick<DriftOptions, 'window'>): number =>
  window < VERDICT_RECORDS_MIN ? Math.ceil(window / 2) : VERDICT_RECORDS_MIN;

/** Whether the level of a series of numbers is held against what it was before. */
export const watchesLevel = ({ profile, compare, decision }: DriftOptions): boolean =>
  profile === 'short' && compare === 'baseline' && decision === 'evidence';

/** Aspects of one stream: its own promise is shared by them. */
export const OWN_FAMILY: number = ASPECTS.length;

function ownOptions(shared: DriftOptions, settings: StreamSettings): StreamOptions {
  const { profile, baselineSize, falseAlarmEvery, falseAlarmEveryMs, ...rest } = settings;
  const base: DriftOptions = profile === undefined ? shared : { ...shared, ...ofProfile(profile) };
  const size = baselineSize ?? base.baseline.size;
  const { sizeMax } = base.baseline;
  const driftThreshold = rest.driftThreshold ?? base.driftThreshold;
  return {
    options: {
      ...base,
      ...rest,
      driftThreshold,
      // One that is raised alone takes the other with it.
      alertThreshold: Math.max(driftThreshold, rest.alertThreshold ?? base.alertThreshold),
      ...(falseAlarmEvery === undefined ? {} : { falseAlarmEvery, falseAlarmEveryMs: undefined }),
      ...(falseAlarmEveryMs === undefined ? {} : { falseAlarmEveryMs }),
      baseline: {
        ...base.baseline,
        size,
        ...(sizeMax === undefined ? {} : { sizeMax: Math.max(size, sizeMax) }),
      },
    },
    hasOwnPromise:
      profile === 'short' || falseAlarmEvery !== undefined || falseAlarmEveryMs !== undefined,
  };
}

/** An exact name before a pattern, and a longer pattern before a shorter one. */
const weightOf = (pattern: string): number =>
  (pattern.includes('*') ? 0 : 1e6) + pattern.replaceAll('*', '').length;

/** `*` stands for any characters, also none; everything else for itself. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split(/\*+/u).map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/gu, '\\$&'));
  // Without the flag `u`: half a surrogate pair stands for itself too.
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
