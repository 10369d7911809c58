import { type Alert, sinceMs } from './alert.ts';
import { numberText } from './number-text.ts';
import { sampleValue } from './spark.ts';
import { durationText, momentText } from './time-text.ts';

const COMPARED: Readonly<Record<string, string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
  '==': 'equal to',
  '!=': 'not',
};

/** Why an alert is there, sentence by sentence. */
export function reasonOf(alert: Alert, nowMs: number): readonly string[] {
  if (alert.rule === null) {
    return [
      'Another program posted it; it fires until that program says that it is over or no longer posts it.',
      ...endings(alert, nowMs),
    ];
  }
  return [conditionOf(alert), sinceWhen(alert, nowMs), ...endings(alert, nowMs)];
}

function conditionOf(alert: Alert): string {
  const value = alert.value === null ? undefined : sampleValue(alert.value);
  const plot = alert.rule?.plot;
  if (plot === null || plot === undefined || value === undefined) {
    return `The expression of its rule has a result${value === undefined ? '' : `: ${numberText(value)}`}.`;
  }
  const words = COMPARED[plot.comparison] ?? plot.comparison;
  const limit = Number(plot.threshold);
  const named = Number.isFinite(limit) ? numberText(limit) : plot.threshold;
  return `${alert.state === 'resolved' ? 'It was' : 'It is'} ${numberText(value)}, ${words} ${named}${timesText(value, limit, plot.comparison)}.`;
}

/** How far beyond, where that can be said in one number. */
function timesText(value: number, limit: number, comparison: string): string {
  const ratio = value / limit;
  const isFar = comparison.startsWith('>') && limit > 0 && ratio >= 1.2 && Number.isFinite(ratio);
  return isFar ? `, ${numberText(Math.round(ratio * 10) / 10)} times as much` : '';
}

function sinceWhen(alert: Alert, nowMs: number): string {
  const activeMs = Date.parse(alert.activeAt ?? '') || sinceMs(alert);
  const held = alert.rule?.forMs ?? 0;
  const began = `This holds since ${momentText(activeMs, nowMs)}`;
  if (alert.state === 'pending') {
    return `${began}; it fires at ${momentText(activeMs + held, nowMs)} if it stays so, as the rule waits ${durationText(held)}.`;
  }
  const firedMs = Date.parse(alert.firedAt ?? '') || activeMs;
  if (held === 0) return `It fires since ${momentText(firedMs, nowMs)}, as soon as it held.`;
  return `${began} and fires since ${momentText(firedMs, nowMs)}, as the rule waits ${durationText(held)}.`;
}

function endings(alert: Alert, nowMs: number): readonly string[] {
  const said: string[] = [];
  if (alert.latch !== null) {
    said.push(
      `${alert.latch.by} resolved it by hand; it does not fire again until its source has let go of it.`,
    );
  } else if (alert.resolvedAt !== null) {
    said.push(`It ended at ${momentText(Date.parse(alert.resolvedAt), nowMs)}.`);
  }
  if (alert.ack !== null) {
    const until =
      alert.ack.until === null ? '' : ` until ${momentText(Date.parse(alert.ack.until), nowMs)}`;
    said.push(`${alert.ack.by} acknowledged it${until}: no repeats, no escalation.`);
  }
  if (alert.held)
    said.push('Its data is not back since the restart of the service, so it stays as it was.');
  if (alert.silencedBy.length > 0) said.push('A silence mutes it.');
  if (alert.inhibitedBy.length > 0) said.push('Another alert inhibits it.');
  if (alert.mutedBy.length > 0) said.push(`Muted at this time: ${alert.mutedBy.join(', ')}.`);
  return said;
}
