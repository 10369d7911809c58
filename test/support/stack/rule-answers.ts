import { setTimeout as sleep } from 'node:timers/promises';

export interface RuleText {
  readonly name: string;
  readonly query: string;
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly (RuleText & {
        readonly health: string;
        readonly lastError?: string;
      })[];
    }[];
  };
}

/** Every rule that a server evaluates, by `group/name`, and those with an error. */
export async function rulesOf(base: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = (await (await fetch(`${base}/api/v1/rules`, { headers })).json()) as RulesAnswer;
  const all = answer.data.groups.flatMap(({ name, rules }) =>
    rules.map((rule) => ({ ...rule, key: `${name}/${rule.name}` })),
  );
  return {
    keys: all.map(({ key }) => key).toSorted(),
    rules: all,
    failed: all
      .filter(({ health }) => health === 'err')
      .map(({ key, lastError }) => `${key}: ${lastError}`),
  };
}

/** Label sets and values of an instant query, in one text each, sorted. */
export async function valuesOf(
  base: string,
  { query, timeMs }: { readonly query: string; readonly timeMs: number },
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const answer = await fetch(`${base}/api/v1/query`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query, time: String(timeMs / 1000) }).toString(),
  });
  const body = (await answer.json()) as {
    readonly error?: string;
    readonly data?: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    };
  };
  if (body.data === undefined) throw new Error(`${query}: ${body.error}`);
  return body.data.result
    .map(({ metric, value }) => {
      const labels = Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return `${JSON.stringify(Object.fromEntries(labels))} ${Number(value[1]).toPrecision(9)}`;
    })
    .toSorted();
}

/** Asks until the answer fits, every 100 ms. @throws when it does not within `withinMs` */
export async function until<T>(
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  withinMs: number,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as T);
    const isError = answer instanceof Error;
    if (!isError && fits(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(
        `Not within ${withinMs} ms: ${isError ? answer.message : JSON.stringify(answer)}`,
      );
    }
    await sleep(100);
  }
}
