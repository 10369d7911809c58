// What the analysts find out later: `POST /labels` with the truth about answers given before.
import type { FastifyInstance } from 'fastify';
import { feedback } from 'telltale';

interface Label {
  readonly id: string;
  readonly phishing: boolean;
}

const LABELS_SCHEMA = {
  type: 'object',
  required: ['labels'],
  additionalProperties: false,
  properties: {
    labels: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        required: ['id', 'phishing'],
        additionalProperties: false,
        properties: { id: { type: 'string' }, phishing: { type: 'boolean' } },
      },
    },
  },
};

/** Labelled answers that accuracy is taken over: more than a demo gives in ten minutes. */
const WINDOW = 200_000;

export function acceptLabels(app: FastifyInstance): void {
  feedback.configure('phishing', { positive: 'phishing', window: WINDOW });
  app.post<{ Body: { labels: Label[] } }>(
    '/labels',
    { schema: { body: LABELS_SCHEMA } },
    ({ body }) => {
      for (const { id, phishing } of body.labels) {
        feedback.record({ predictionId: id, actual: phishing ? 'phishing' : 'legitimate' });
      }
      return { accepted: body.labels.length };
    },
  );
}
