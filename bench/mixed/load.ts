import { setTimeout as sleep } from 'node:timers/promises';

/** Small bodies, as many processes with few series each send them. */
const SENDERS = 200;
const POINTS_A_BODY = 100;
const ROUND_MS = 1000;
/** Requests under way at a time, so that a slow server is not asked more and more at once. */
const CONNECTIONS = 16;

export interface LoadFigures {
  readonly tookMs: readonly number[];
  readonly refused: number;
  readonly points: number;
}

/**
 * 20,000 points a second in JSON bodies of 100 points, the same series each second, and one body
 * with the level that all rules look at. Sent evenly over the second.
 */
export class MixedLoad {
  readonly #url: string;
  readonly #bodies: readonly BodyParts[];
  readonly #levels: BodyParts;
  readonly #tookMs: number[] = [];
  #refused = 0;
  #points = 0;
  #level = 0;

  constructor(url: string, rules: number) {
    this.#url = url;
    this.#bodies = Array.from({ length: SENDERS }, (_, sender) => backgroundBody(sender));
    this.#levels = levelsBody(rules);
  }

  /** What all rules look at from the next round on. */
  set level(value: number) {
    this.#level = value;
  }

  /** Sends until `seconds` have passed; late rounds are not caught up. */
  async run(seconds: number): Promise<void> {
    const startMs = performance.now();
    for (let round = 0; round < seconds; round += 1) {
      await sleep(Math.max(0, startMs + round * ROUND_MS - performance.now()));
      await this.#sendRound(performance.now());
    }
    await sleep(Math.max(0, startMs + seconds * ROUND_MS - performance.now()));
  }

  figures(): LoadFigures {
    return { tookMs: this.#tookMs, refused: this.#refused, points: this.#points };
  }

  async #sendRound(roundMs: number): Promise<void> {
    await this.#send(this.#levels(this.#level));
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < this.#bodies.length) {
        const index = next;
        next += 1;
        const dueMs = roundMs + (index / this.#bodies.length) * ROUND_MS * 0.8;
        await sleep(Math.max(0, dueMs - performance.now()));
        await this.#send(this.#bodies[index]?.(index + roundMs) ?? '');
        this.#points += POINTS_A_BODY;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  }

  async #send(body: string): Promise<void> {
    const startMs = performance.now();
    const headers = { 'content-type': 'application/json' };
    const status = await fetch(this.#url, { method: 'POST', headers, body }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    this.#tookMs.push(performance.now() - startMs);
    if (status !== 200) this.#refused += 1;
  }
}

/** Makes a body of now with this value. */
type BodyParts = (value: number) => string;

function backgroundBody(sender: number): BodyParts {
  return bodyOf({
    instance: `sender-${sender}`,
    name: 'mixed.background',
    points: POINTS_A_BODY,
    attributesOf: (point) => ({ route: `/r/${point}` }),
  });
}

function levelsBody(rules: number): BodyParts {
  return bodyOf({
    instance: 'levels',
    name: 'mixed.level',
    points: rules,
    attributesOf: (point) => ({ rule: `${point}` }),
  });
}

interface Sent {
  readonly instance: string;
  readonly name: string;
  readonly points: number;
  readonly attributesOf: (point: number) => Record<string, string>;
}

function bodyOf({ instance, name, points, attributesOf }: Sent): BodyParts {
  const keyValue = ([key, stringValue]: [string, string]): object => ({
    key,
    value: { stringValue },
  });
  const dataPoints = Array.from({ length: points }, (_, point) => ({
    attributes: Object.entries(attributesOf(point)).map(keyValue),
    timeUnixNano: '@time@',
    asDouble: '@value@',
  }));
  const text = JSON.stringify({
    resourceMetrics: [
      {
        resource: {
          attributes: [
            ['service.name', 'mixed'] as [string, string],
            ['service.instance.id', instance] as [string, string],
          ].map(keyValue),
        },
        scopeMetrics: [{ scope: { name: 'bench' }, metrics: [{ name, gauge: { dataPoints } }] }],
      },
    ],
  }).replaceAll('"@value@"', '@value@');
  return (value) =>
    text.replaceAll('@time@', `${Date.now()}000000`).replaceAll('@value@', String(value));
}
