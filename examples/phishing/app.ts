// A service of the usual kind: HTTP in, one ONNX model, JSON out. It knows nothing of traces,
// metrics or exporters; `node --require telltale/register app.ts` adds them. The one call to
// Telltale says what only the application knows: which answer it gave.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import Fastify, { type FastifyInstance } from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { predictions } from 'telltale';

import { MODEL_PATH } from './training/build-model.ts';
import { CLASSES, FEATURES } from './training/dataset.ts';

type Page = Record<(typeof FEATURES)[number], number>;

interface Answer {
  readonly id: string;
  readonly phishing: boolean;
  /** Probability of the answer given, between 0.5 and 1. */
  readonly confidence: number;
}

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

export function createApp(session: InferenceSession): FastifyInstance {
  // Validation must refuse what it does not know, not repair it in silence.
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } });

  app.get('/healthz', () => ({ status: 'ok' }));

  app.post<{ Body: Page }>('/predict', { schema: { body: PAGE_SCHEMA } }, async ({ body }) => {
    const [answer] = await classify(session, [body]);
    return answer;
  });

  app.post<{ Body: { pages: Page[] } }>(
    '/predict/batch',
    { schema: { body: BATCH_SCHEMA } },
    async ({ body }) => ({ predictions: await classify(session, body.pages) }),
  );

  return app;
}

/** One answer per page, from a single run of the model over all of them. */
async function classify(session: InferenceSession, pages: readonly Page[]): Promise<Answer[]> {
  const input = Float32Array.from(pages.flatMap((page) => FEATURES.map((name) => page[name])));
  const features = new Tensor('float32', input, [pages.length, FEATURES.length]);
  const { probabilities } = await session.run({ features });
  const values = probabilities?.data as Float32Array;
  return pages.map((_, row) => answer(values[row * CLASSES.length + 1] ?? Number.NaN));
}

function answer(phishingProbability: number): Answer {
  const phishing = phishingProbability > 0.5;
  const confidence = phishing ? phishingProbability : 1 - phishingProbability;
  const id = randomUUID();
  predictions.record({
    model: 'phishing',
    id,
    outcome: phishing ? 'phishing' : 'legitimate',
    confidence,
  });
  return { id, phishing, confidence };
}

async function main(): Promise<void> {
  const session = await InferenceSession.create(process.env['MODEL'] ?? MODEL_PATH, {
    intraOpNumThreads: 1,
  });
  const app = createApp(session);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void app.close());
  }
  await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) });
  const { address, port } = app.server.address() as AddressInfo;
  console.log(`listening on http://${address}:${port}`);
}

if (import.meta.main) await main();
