import { isUtf8LabelName } from '../../../model/go-string.ts';
import { fingerprint } from '../fingerprint.ts';
import type { NotifiedAlert } from '../notification.ts';
import { type AlertRecord, isRecordFiring } from './alert-record.ts';

/** An alert that Prometheus, amtool or another client posted, with its end filled in. */
export interface PostedAlert {
  readonly alert: NotifiedAlert;
  readonly endsAtMs: number;
  /** The sender gave no end; it is over when it is not posted again. */
  readonly isTimeout: boolean;
}

export interface PostedFields {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs?: number | undefined;
  readonly endsAtMs?: number | undefined;
  readonly generatorUrl: string;
}

/** Fills in what the sender left out, as Alertmanager does; labels without a value are dropped. */
export function postedAlert(
  fields: PostedFields,
  { nowMs, resolveTimeoutMs }: { readonly nowMs: number; readonly resolveTimeoutMs: number },
): PostedAlert {
  const labels = withoutEmpty(fields.labels);
  const isTimeout = fields.endsAtMs === undefined;
  const endsAtMs = fields.endsAtMs ?? nowMs + resolveTimeoutMs;
  const startsAtMs = fields.startsAtMs ?? Math.min(nowMs, fields.endsAtMs ?? nowMs);
  const alert = {
    fingerprint: fingerprint(labels),
    labels,
    annotations: withoutEmpty(fields.annotations),
    startsAtMs,
    generatorUrl: fields.generatorUrl,
  };
  return { alert, endsAtMs, isTimeout };
}

/** Why the alert cannot be taken; `undefined` when it can. */
export function postedProblem({ alert, endsAtMs }: PostedAlert): string | undefined {
  if (Object.keys(alert.labels).length === 0) return 'at least one label pair required';
  const names = [...Object.keys(alert.labels), ...Object.keys(alert.annotations)];
  const bad = names.find((name) => !isUtf8LabelName(name));
  if (bad !== undefined) return `invalid label name ${JSON.stringify(bad)}`;
  return endsAtMs < alert.startsAtMs ? 'start time must be before end time' : undefined;
}

/** What is known and what was posted as one alert, where they overlap in time. */
export function mergePosted(known: AlertRecord, posted: PostedAlert, nowMs: number): PostedAlert {
  const knownEndMs = known.endsAtMs ?? Number.POSITIVE_INFINITY;
  const knownStartMs = known.alert.startsAtMs;
  const isInside = (timeMs: number): boolean => timeMs > knownStartMs && timeMs < knownEndMs;
  if (!isInside(posted.endsAtMs) && !isInside(posted.alert.startsAtMs)) return posted;
  const startsAtMs = Math.min(knownStartMs, posted.alert.startsAtMs);
  const alert = { ...posted.alert, startsAtMs };
  const isOver = posted.endsAtMs <= nowMs;
  const isKnownLater = knownEndMs > posted.endsAtMs;
  const winsOver = isOver && !isRecordFiring(known, nowMs) && isKnownLater;
  const winsFiring = !isOver && isKnownLater && known.isTimeout !== true;
  if (!winsOver && !winsFiring) return { ...posted, alert };
  return { alert, endsAtMs: knownEndMs, isTimeout: known.isTimeout ?? false };
}

function withoutEmpty(pairs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== ''));
}
