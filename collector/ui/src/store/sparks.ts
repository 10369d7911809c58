import { type Signal, signal } from '@preact/signals';

import { type Alert, sinceMs } from '../model/alert.ts';
import {
  type Point,
  pointsOf,
  type RangeSeries,
  seriesOf,
  spanOf,
  sparkQuery,
} from '../model/spark.ts';

import { ask } from '../api/client.ts';
import { alerts } from './alerts.ts';

interface Spark {
  readonly points: Signal<readonly Point[]>;
  /** When it is worth reading again. */
  staleAtMs: number;
}

const sparks = new Map<string, Spark>();
const wanted = new Map<string, Alert>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Wishes of one moment are asked together. */
const GATHER_MS = 60;
/** A line is read again when it has a new point, but not more often than this. */
const FRESH_MS_MIN = 8000;
/** A series that has just begun has no line yet. */
const SOON_MS = 2000;
const SPARKS_MAX = 2000;
/** Alerts of one query, so that its text stays short. */
const CHOICES_MAX = 30;

/** The points of an alert's series; read when a row with them is on the screen. */
export function sparkOf(alert: Alert): Signal<readonly Point[]> {
  const known = sparks.get(alert.id) ?? { points: signal<readonly Point[]>([]), staleAtMs: 0 };
  if (!sparks.has(alert.id)) {
    if (sparks.size >= SPARKS_MAX) sparks.clear();
    sparks.set(alert.id, known);
  }
  return known.points;
}

/** Says that an alert's row is on the screen. */
export function wantSpark(alert: Alert): void {
  const known = sparks.get(alert.id);
  if (alert.rule === null || Date.now() < (known?.staleAtMs ?? 0)) return;
  wanted.set(alert.id, alert);
  timer ??= setTimeout(() => {
    timer = undefined;
    const list = [...wanted.values()];
    wanted.clear();
    for (const group of byRule(list)) void readSparks(group);
  }, GATHER_MS);
}

function byRule(list: readonly Alert[]): readonly (readonly Alert[])[] {
  const queries = new Set(list.map(({ rule }) => rule?.query));
  const groups = [...queries].map((query) => list.filter(({ rule }) => rule?.query === query));
  return groups.flatMap((group) => {
    const parts: Alert[][] = [];
    for (let from = 0; from < group.length; from += CHOICES_MAX) {
      parts.push(group.slice(from, from + CHOICES_MAX));
    }
    return parts;
  });
}

async function readSparks(list: readonly Alert[]): Promise<void> {
  const rule = list[0]?.rule;
  if (rule === null || rule === undefined) return;
  const nowMs = Date.now();
  const span = spanOf(Math.min(...list.map(sinceMs)), nowMs);
  for (const { id } of list) {
    const spark = sparks.get(id);
    if (spark !== undefined) spark.staleAtMs = nowMs + Math.max(FRESH_MS_MIN, span.stepMs);
  }
  const ofRule = (alerts.peek() ?? []).filter((each) => each.rule?.query === rule.query).length;
  try {
    const { data } = await ask<{ data: { result: readonly RangeSeries[] } }>('api/v1/query_range', {
      method: 'POST',
      form: {
        query: sparkQuery(rule, list, ofRule),
        start: String(span.startMs / 1000),
        end: String(span.endMs / 1000),
        step: String(span.stepMs / 1000),
      },
    });
    for (const alert of list) {
      const spark = sparks.get(alert.id);
      if (spark === undefined) continue;
      const points = pointsOf(seriesOf(alert, data.result));
      spark.points.value = points;
      if (points.length < 2) spark.staleAtMs = nowMs + SOON_MS;
    }
  } catch {
    // The row is complete without its line; the next look asks again.
  }
}
