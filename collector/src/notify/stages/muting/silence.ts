import { isUtf8LabelName } from '../../../model/go-string.ts';
import type { Matcher } from '../../../model/matcher.ts';
import { LabelMatchers } from '../matching/label-matchers.ts';

/** Mutes the alerts that its matchers match, from `startsAtMs` to `endsAtMs`. */
export interface Silence {
  /** UUID. */
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  /**
   * The alerts whose resolving ends the silence: those that fired and matched when it was made.
   * Absent: it ends at its time alone.
   */
  readonly untilResolved?: readonly string[];
}

export type SilenceState = 'pending' | 'active' | 'expired';

export function silenceState(silence: Silence, nowMs: number): SilenceState {
  if (nowMs < silence.startsAtMs) return 'pending';
  return nowMs < silence.endsAtMs ? 'active' : 'expired';
}

/** What a person asks for; `id` names the silence to change. */
export interface SilenceRequest {
  readonly id?: string;
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly untilResolved?: readonly string[];
}

/**
 * Why a silence cannot be made; `undefined` when it can. One that would match every alert is
 * refused: at least one matcher must need a label.
 */
export function silenceProblem(request: SilenceRequest): string | undefined {
  if (request.matchers.length === 0) return 'at least one matcher required';
  for (const { name } of request.matchers) {
    if (!isUtf8LabelName(name)) return `invalid label name "${name}"`;
  }
  let matchers: LabelMatchers;
  try {
    matchers = new LabelMatchers(request.matchers);
  } catch (error) {
    return `invalid regular expression: ${(error as Error).message}`;
  }
  if (matchers.list.every((matcher) => new LabelMatchers([matcher]).matches({}))) {
    return 'at least one matcher must not match the empty string';
  }
  if (request.endsAtMs < request.startsAtMs) return 'end time must not be before start time';
  return request.endsAtMs === request.startsAtMs ? 'start and end must not be equal' : undefined;
}

/** Whether `request` may change `known` in place, so that it keeps its id. */
export function canUpdate(known: Silence, request: SilenceRequest, nowMs: number): boolean {
  const written = [known, request].map(({ matchers }) => new LabelMatchers(matchers).toString());
  if (written[0] !== written[1]) return false;
  switch (silenceState(known, nowMs)) {
    case 'active':
      // Clients send whole seconds back.
      return (
        Math.floor(known.startsAtMs / 1000) === Math.floor(request.startsAtMs / 1000) &&
        request.endsAtMs >= nowMs
      );
    case 'pending':
      return request.startsAtMs >= nowMs;
    case 'expired':
      return false;
  }
}
