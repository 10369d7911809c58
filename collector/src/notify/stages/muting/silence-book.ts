import { LabelMatchers, type LabelRecord } from '../matching/label-matchers.ts';
import { canUpdate, type Silence, type SilenceRequest, silenceState } from './silence.ts';

interface Entry {
  readonly silence: Silence;
  readonly matchers: LabelMatchers;
}

/** All silences that are kept, by id. Changes are returned as the silences to be stored. */
export class SilenceBook {
  readonly #entries: Map<string, Entry> = new Map();

  load(silences: Iterable<Silence>): void {
    for (const silence of silences) this.#set(silence);
  }

  get(id: string): Silence | undefined {
    return this.#entries.get(id)?.silence;
  }

  /** Active ones by their end, then pending ones by their start, then expired ones, newest first. */
  list(nowMs: number): readonly Silence[] {
    const all = [...this.#entries.values()].map(({ silence }) => silence);
    const inState = (state: ReturnType<typeof silenceState>): Silence[] =>
      all.filter((silence) => silenceState(silence, nowMs) === state);
    return [
      ...inState('active').sort((left, right) => left.endsAtMs - right.endsAtMs),
      ...inState('pending').sort((left, right) => left.startsAtMs - right.startsAtMs),
      ...inState('expired').sort((left, right) => right.endsAtMs - left.endsAtMs),
    ];
  }

  /** Ids of the silences that mute an alert now. */
  silencedBy(labels: LabelRecord, nowMs: number): readonly string[] {
    const ids: string[] = [];
    for (const { silence, matchers } of this.#entries.values()) {
      if (silenceState(silence, nowMs) === 'active' && matchers.matches(labels))
        ids.push(silence.id);
    }
    return ids;
  }

  /**
   * Makes a silence, or changes the one that `request.id` names; where it cannot be changed in
   * place, it is expired and a new one made.
   *
   * @param newId the id of a new silence.
   * @returns every silence that changed, the wanted one last; `undefined` when the id is unknown.
   */
  put(request: SilenceRequest, newId: string, nowMs: number): readonly Silence[] | undefined {
    const known = request.id === undefined ? undefined : this.get(request.id);
    if (request.id !== undefined && known === undefined) return undefined;
    if (known !== undefined && canUpdate(known, request, nowMs)) {
      return [this.#set({ ...request, id: known.id, updatedAtMs: nowMs })];
    }
    const changed = known === undefined ? [] : this.#expire(known, nowMs);
    const startsAtMs = Math.max(request.startsAtMs, nowMs);
    return [...changed, this.#set({ ...request, id: newId, startsAtMs, updatedAtMs: nowMs })];
  }

  /** Ends a silence now; one that is over stays as it is. Returns what changed. */
  expire(id: string, nowMs: number): readonly Silence[] {
    const known = this.get(id);
    return known === undefined ? [] : this.#expire(known, nowMs);
  }

  /** Ends the silences that wait for alerts to resolve and whose alerts all did. */
  endResolved(isFiring: (fingerprint: string) => boolean, nowMs: number): readonly Silence[] {
    return this.list(nowMs).flatMap((silence) => {
      const waitsFor = silence.untilResolved;
      if (waitsFor === undefined || silenceState(silence, nowMs) !== 'active') return [];
      return waitsFor.some(isFiring) ? [] : this.#expire(silence, nowMs);
    });
  }

  /** Forgets silences that ended before `timeMs`; returns their ids. */
  deleteBefore(timeMs: number): readonly string[] {
    const old = [...this.#entries.values()].filter(({ silence }) => silence.endsAtMs < timeMs);
    for (const { silence } of old) this.#entries.delete(silence.id);
    return old.map(({ silence }) => silence.id);
  }

  #expire(silence: Silence, nowMs: number): readonly Silence[] {
    const state = silenceState(silence, nowMs);
    if (state === 'expired') return [];
    const startsAtMs = state === 'pending' ? nowMs : silence.startsAtMs;
    return [this.#set({ ...silence, startsAtMs, endsAtMs: nowMs, updatedAtMs: nowMs })];
  }

  #set(silence: Silence): Silence {
    this.#entries.set(silence.id, { silence, matchers: new LabelMatchers(silence.matchers) });
    return silence;
  }
}
