import type { OperatorProfile } from '../types.ts';
import type { OperatorEvent, ProfiledRun } from './profile-events.ts';

const US_PER_MS = 1_000;
/** Rows of each list, the slowest first. What is beyond them is in the totals. */
const OPERATORS_MAX = 30;
const NODES_MAX = 20;

/** What a profile of at least one run says: which operators and nodes the time went to. */
export function summarizeProfile(
  runs: readonly ProfiledRun[],
): Omit<OperatorProfile, 'model' | 'version'> {
  const events = runs.flatMap(({ operators }) => operators);
  const totalUs = sum(events.map(({ durationUs }) => durationUs));
  const perRunMs = (us: number): number => us / runs.length / US_PER_MS;
  const share = (us: number): number => (totalUs === 0 ? 0 : us / totalUs);
  return {
    runs: runs.length,
    runMs: perRunMs(sum(runs.map(({ startUs, endUs }) => endUs - startUs))),
    operatorsMs: perRunMs(totalUs),
    nodes: countBy(runs.at(-1)?.operators ?? [], ({ provider }) => provider),
    operators: costliest(events, ({ operator, provider }) => `${operator} ${provider}`)
      .slice(0, OPERATORS_MAX)
      .map(({ first: { operator, provider }, count, us }) => ({
        operator,
        provider,
        calls: count,
        totalMs: us / US_PER_MS,
        meanMs: us / count / US_PER_MS,
        share: share(us),
      })),
    slowestNodes: costliest(events, ({ index, node }) => `${index} ${node}`)
      .slice(0, NODES_MAX)
      .map(({ first: { node, operator, provider, output }, count, us }) => ({
        node,
        operator,
        provider,
        output,
        calls: count,
        meanMs: us / count / US_PER_MS,
        share: share(us),
      })),
  };
}

interface Cost {
  readonly first: OperatorEvent;
  count: number;
  us: number;
}

function costliest(
  events: readonly OperatorEvent[],
  keyOf: (event: OperatorEvent) => string,
): readonly Cost[] {
  const costs = new Map<string, Cost>();
  for (const event of events) {
    const key = keyOf(event);
    const cost = costs.get(key) ?? { first: event, count: 0, us: 0 };
    cost.count++;
    cost.us += event.durationUs;
    costs.set(key, cost);
  }
  return [...costs.values()].toSorted((a, b) => b.us - a.us);
}

function countBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
