// A service of the usual kind: HTTP in, one ONNX model, JSON out. It knows nothing of traces,
// metrics or exporters; `node --require telltale/register app.ts` adds them. The one call to
// Telltale on the way of a request says what only the application knows: which answer it gave.
// The cache, the queue and the labels beside this file record what they do themselves.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import Fastify, { type FastifyInstance } from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { health, predictions } from 'telltale';

import { AnswerCache } from './answer-cache.ts';
import { acceptLabels } from './labels.ts';
import { RunQueue } from './run-queue.ts';
import { MODEL_PATH } from './training/build-model.ts';
import { CLASSES, FEATURES } from './training/dataset.ts';

type Page = Record<(typeof FEATURES)[number], number>;

interface Answer {
  readonly id: string;
  readonly phishing: boolean;
  /** Probability of the answer given, between 0.5 and 1. */
  readonly confidence: number;
  /** The probability came from the cache: the model did not run for this answer. */
  readonly cached: boolean;
}

const CACHED_ANSWERS_MAX = 100;
const RUNS_AT_ONCE = 32;
const RUNS_WAITING_MAX = 256;

const PAGE_SCHEMA = {
  type: 'object',
  required: [...FEATURES],
  additionalProperties: false,
  properties: Object.fromEntries(FEATURES.map((name) => [name, { enum: [0, 0.5, 1] }])),
};

const BATCH_SCHEMA = {
  type: 'object',
  required: ['pages'],
  additionalProperties: false,
  properties: { pages: { type: 'array', minItems: 1, maxItems: 64, items: PAGE_SCHEMA } },
};

export interface AppOptions {
  /**
   * Record no predictions here: Telltale reads them from what the model answers. Then no answer may
   * come from the cache, as the model does not run for those.
   */
  readonly isAutomatic?: boolean;
  /** How many answers are kept; the fewer, the more the model sees what people send. */
  readonly cachedAnswersMax?: number;
}

export function createApp(
  session: InferenceSession,
  { isAutomatic = false, cachedAnswersMax = CACHED_ANSWERS_MAX }: AppOptions = {},
): FastifyInstance {
  const cache = new AnswerCache<number>(cachedAnswersMax);
  const record = isAutomatic ? () => {} : recordAnswer;
  const answer = (probability: number, cached: boolean): Answer =>
    answerOf(probability, { cached, record });
  const queue = new RunQueue({ concurrency: RUNS_AT_ONCE, capacity: RUNS_WAITING_MAX });
  // Validation must refuse what it does not know, not repair it in silence.
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } });

  app.get('/healthz', () => ({ status: 'ok' }));

  app.post<{ Body: Page }>('/predict', { schema: { body: PAGE_SCHEMA } }, async ({ body }) => {
    const key = FEATURES.map((name) => body[name]).join();
    const known = isAutomatic ? undefined : cache.get(key);
    if (known !== undefined) return answer(known, true);
    const [probability = Number.NaN] = await queue.run(() => classify(session, [body]));
    cache.set(key, probability);
    return answer(probability, false);
  });

  app.post<{ Body: { pages: Page[] } }>(
    '/predict/batch',
    { schema: { body: BATCH_SCHEMA } },
    async ({ body }) => {
      const probabilities = await queue.run(() => classify(session, body.pages));
      return { predictions: probabilities.map((probability) => answer(probability, false)) };
    },
  );

  acceptLabels(app);
  health.component('run queue').check(() => queue.size < RUNS_WAITING_MAX, { everyMs: 1000 });
  return app;
}

/** The probability of phishing per page, from a single run of the model over all of them. */
async function classify(session: InferenceSession, pages: readonly Page[]): Promise<number[]> {
  const input = Float32Array.from(pages.flatMap((page) => FEATURES.map((name) => page[name])));
  const features = new Tensor('float32', input, [pages.length, FEATURES.length]);
  const { probabilities } = await session.run({ features });
  const values = probabilities?.data as Float32Array;
  return pages.map((_, row) => values[row * CLASSES.length + 1] ?? Number.NaN);
}

function answerOf(
  phishingProbability: number,
  { cached, record }: { readonly cached: boolean; readonly record: (answer: Answer) => void },
): Answer {
  const phishing = phishingProbability > 0.5;
  const confidence = phishing ? phishingProbability : 1 - phishingProbability;
  const answer = { id: randomUUID(), phishing, confidence, cached };
  record(answer);
  return answer;
}

function recordAnswer({ id, phishing, confidence }: Answer): void {
  predictions.record({
    model: 'phishing',
    id,
    outcome: phishing ? 'phishing' : 'legitimate',
    confidence,
  });
}

async function main(): Promise<void> {
  const model = health.component('model');
  model.down('loading');
  const session = await InferenceSession.create(process.env['MODEL'] ?? MODEL_PATH, {
    intraOpNumThreads: 1,
  });
  model.up();
  const app = createApp(session, {
    isAutomatic: process.env['AUTOMATIC_PREDICTIONS'] === '1',
    cachedAnswersMax: Number(process.env['CACHED_ANSWERS'] ?? CACHED_ANSWERS_MAX),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void app.close());
  }
  await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) });
  const { address, port } = app.server.address() as AddressInfo;
  console.log(`listening on http://${address}:${port}`);
}

if (import.meta.main) await main();
