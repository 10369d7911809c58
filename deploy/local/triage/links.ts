import { request } from 'node:http';

import { trace } from '@opentelemetry/api';

import { FEATURES, loadDataset } from '../../../examples/phishing/training/dataset.ts';

const tracer = trace.getTracer('triage');
const pages = loadDataset();
let asked = 0;

/**
 * Asks the phishing service about the page that a ticket links to, as services ask each other:
 * the trace goes on there. Rejects when the service does not answer with 200.
 */
export async function checkLink(phishingUrl: string): Promise<void> {
  const { features } = pages[asked % pages.length] ?? { features: [] };
  asked += 1;
  const page = Object.fromEntries(FEATURES.map((name, index) => [name, features[index]]));
  await tracer.startActiveSpan('check link', async (span) => {
    try {
      await post(`${phishingUrl}/predict`, JSON.stringify(page));
    } finally {
      span.end();
    }
  });
}

/** With `node:http`, which HTTP instrumentation sees. */
function post(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${answer.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
