import { randomUUID } from 'node:crypto';

import type { HistoryKind } from '../../exchange/history.ts';
import {
  type AlertRecord,
  isAcknowledged,
  isShownFiring,
} from '../../notify/stages/alerts/alert-record.ts';
import { LabelMatchers } from '../../notify/stages/matching/label-matchers.ts';
import {
  type Silence,
  type SilenceRequest,
  silenceProblem,
  silenceState,
} from '../../notify/stages/muting/silence.ts';
import { mutesEverything } from '../../notify/stages/muting/silence-breadth.ts';
import type { Clock } from '../clock.ts';
import type { AlertNotifier } from './alert-notifier.ts';

/** Who does something, and what they say about it. */
export interface Person {
  /** The API key's name, or what the request says where no key is asked for. */
  readonly by: string;
  readonly comment: string;
}

export type ActionResult<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string };

export interface SilenceOptions {
  /** It also ends when what it mutes now is over. */
  readonly endsWhenResolved?: boolean;
  /** False: one that would mute everything is refused; absent: it is made, as in Alertmanager. */
  readonly isConfirmed?: boolean;
}

/** Silences that may be pending or active at once. */
const SILENCES_MAX = 10_000;

/** What people do with alerts: acknowledge, resolve, escalate, silence. Every act is in the history. */
export class AlertActions {
  readonly #notifier: AlertNotifier;
  readonly #clock: Clock;

  constructor(notifier: AlertNotifier, clock: Clock) {
    this.#notifier = notifier;
    this.#clock = clock;
  }

  /** Stops repeats and escalation of this episode, until `expiresMs` when given. */
  acknowledge(fingerprint: string, person: Person, expiresMs?: number): ActionResult<AlertRecord> {
    const nowMs = this.#clock.nowMs();
    const known = this.#firing(fingerprint, nowMs);
    if (known.kind !== 'done') return known;
    if (expiresMs !== undefined && expiresMs <= nowMs) {
      return { kind: 'invalid', message: 'expires must be in the future' };
    }
    const ack = {
      ...person,
      atMs: nowMs,
      ...(expiresMs === undefined ? {} : { expiresMs }),
    };
    return this.#changed(this.#notifier.state.alerts.acknowledge(fingerprint, ack), {
      kind: 'alert.acked',
      person,
    });
  }

  unacknowledge(fingerprint: string, person: Person): ActionResult<AlertRecord> {
    const nowMs = this.#clock.nowMs();
    const { alerts } = this.#notifier.state;
    const known = alerts.get(fingerprint);
    if (known === undefined) return { kind: 'unknown' };
    if (!isAcknowledged(known, nowMs)) {
      return { kind: 'conflict', message: 'the alert is not acknowledged' };
    }
    return this.#changed(alerts.acknowledge(fingerprint, undefined), {
      kind: 'alert.unacked',
      person,
    });
  }

  /** Ends the episode by hand; it counts as resolved until its source agrees, or until `untilMs`. */
  resolve(fingerprint: string, person: Person, untilMs?: number): ActionResult<AlertRecord> {
    const nowMs = this.#clock.nowMs();
    const known = this.#firing(fingerprint, nowMs);
    if (known.kind !== 'done') return known;
    const latch = { ...person, atMs: nowMs, ...(untilMs === undefined ? {} : { untilMs }) };
    const record = this.#notifier.state.alerts.latch(fingerprint, latch, nowMs);
    const result = this.#changed(record, { kind: 'alert.latched', person });
    this.#notifier.hurry(fingerprint);
    return result;
  }

  /** Sends the next step of the escalation of every group of the alert now. */
  escalate(fingerprint: string, person: Person): ActionResult<AlertRecord> {
    const nowMs = this.#clock.nowMs();
    const known = this.#firing(fingerprint, nowMs);
    if (known.kind !== 'done') return known;
    const { groups } = this.#notifier.state;
    const ids = [...groups.values()].flatMap(({ id, members }) =>
      members.has(fingerprint) ? [id] : [],
    );
    const sent = ids.filter((id) => this.#notifier.escalator.runNow(id, nowMs));
    if (sent.length === 0) {
      return {
        kind: 'conflict',
        message: 'no escalation policy applies to the alert, or all steps are done',
      };
    }
    this.#note(known.value, { kind: 'escalation.sent', person });
    this.#notifier.tick();
    return known;
  }

  /** The firing alerts that a silence with these matchers would mute now. */
  preview(matchers: SilenceRequest['matchers']): readonly AlertRecord[] {
    const nowMs = this.#clock.nowMs();
    const wanted = new LabelMatchers(matchers);
    return [...this.#notifier.state.alerts.values()].filter(
      (record) => isShownFiring(record, nowMs) && wanted.matches(record.alert.labels),
    );
  }

  /** Makes or changes a silence. */
  silence(request: SilenceRequest, options: SilenceOptions = {}): ActionResult<Silence> {
    const nowMs = this.#clock.nowMs();
    const { silences } = this.#notifier.state;
    const isPreviewed = options.endsWhenResolved === true && silenceProblem(request) === undefined;
    const muted = isPreviewed ? this.preview(request.matchers) : undefined;
    const problem = this.#silenceProblem(request, muted, nowMs) ?? breadthProblem(request, options);
    if (problem !== undefined) return { kind: 'invalid', message: problem };
    const untilResolved = muted?.map(({ alert }) => alert.fingerprint);
    const wanted = { ...request, ...(untilResolved === undefined ? {} : { untilResolved }) };
    const changed = silences.put(wanted, randomUUID(), nowMs);
    const silence = changed?.at(-1);
    if (changed === undefined || silence === undefined) return { kind: 'unknown' };
    this.#noteSilences(changed, request, nowMs);
    return { kind: 'done', value: silence };
  }

  expireSilence(id: string, person: Person): ActionResult<Silence> {
    const nowMs = this.#clock.nowMs();
    const { silences } = this.#notifier.state;
    const changed = silences.expire(id, nowMs);
    const silence = silences.get(id);
    if (silence === undefined) return { kind: 'unknown' };
    this.#noteSilences(changed, { createdBy: person.by, comment: person.comment }, nowMs);
    return { kind: 'done', value: silence };
  }

  #silenceProblem(
    request: SilenceRequest,
    muted: readonly AlertRecord[] | undefined,
    nowMs: number,
  ): string | undefined {
    const problem = silenceProblem(request) ?? this.#limitProblem(request, nowMs);
    if (problem !== undefined) return problem;
    if (request.endsAtMs <= nowMs) return 'end time must not be in the past';
    return muted?.length === 0
      ? 'no firing alert matches, so until_resolved would end at once'
      : undefined;
  }

  #limitProblem(request: SilenceRequest, nowMs: number): string | undefined {
    if (request.id !== undefined) return undefined;
    const { silences } = this.#notifier.state;
    const open = silences.list(nowMs).filter((each) => silenceState(each, nowMs) !== 'expired');
    if (open.length < SILENCES_MAX) return undefined;
    return `there are ${SILENCES_MAX} silences already: expire some first`;
  }

  #firing(fingerprint: string, nowMs: number): ActionResult<AlertRecord> {
    const known = this.#notifier.state.alerts.get(fingerprint);
    if (known === undefined) return { kind: 'unknown' };
    if (isShownFiring(known, nowMs)) return { kind: 'done', value: known };
    return { kind: 'conflict', message: 'the alert does not fire' };
  }

  #changed(
    record: AlertRecord | undefined,
    act: { readonly kind: HistoryKind; readonly person: Person },
  ): ActionResult<AlertRecord> {
    if (record === undefined) return { kind: 'unknown' };
    const nowMs = this.#clock.nowMs();
    const { state, flusher, escalator } = this.#notifier;
    this.#note(record, act);
    for (const group of state.groups.values()) {
      if (!group.members.has(record.alert.fingerprint)) continue;
      flusher.tellAcknowledged(group, nowMs);
      escalator.review(group, flusher.view(group, nowMs), nowMs);
    }
    this.#notifier.shown({ what: 'alerts', ids: [record.alert.fingerprint] });
    this.#notifier.tick();
    return { kind: 'done', value: record };
  }

  #note(
    { alert, episodeMs }: AlertRecord,
    { kind, person }: { readonly kind: HistoryKind; readonly person: Person },
  ): void {
    this.#notifier.state.note({
      tsMs: this.#clock.nowMs(),
      kind,
      fingerprint: alert.fingerprint,
      alertname: alert.labels['alertname'] ?? '',
      labels: alert.labels,
      episode: String(episodeMs),
      actor: person.by,
      comment: person.comment,
    });
  }

  #noteSilences(
    changed: readonly Silence[],
    { id, createdBy, comment }: Pick<SilenceRequest, 'id' | 'createdBy' | 'comment'>,
    nowMs: number,
  ): void {
    const { state } = this.#notifier;
    state.touchSilences(changed.map(({ id }) => id));
    for (const silence of changed) {
      const isOver = silenceState(silence, nowMs) === 'expired';
      const kind = silence.id === id ? 'silence.updated' : 'silence.created';
      state.note({
        tsMs: nowMs,
        kind: isOver ? 'silence.expired' : kind,
        reason: silence.id,
        actor: createdBy,
        comment,
        ...(!isOver && mutesEverything(silence.matchers) ? { error: 'mutes everything' } : {}),
      });
    }
    this.#notifier.shown({ what: 'silences' });
    this.#notifier.tick();
  }
}

function breadthProblem(
  { matchers }: SilenceRequest,
  { isConfirmed }: SilenceOptions,
): string | undefined {
  if (isConfirmed !== false || !mutesEverything(matchers)) return undefined;
  const text = new LabelMatchers(matchers).toString();
  return `${text} would mute everything that fires or will fire: name what is to be silent, or send "confirm": true`;
}
