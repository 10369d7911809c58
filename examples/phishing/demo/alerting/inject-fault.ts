// Preloaded into the service by the demo, never part of it: makes the model slow or failing on
// demand, below everything that watches it, as a faulty machine would.
import { setTimeout as sleep } from 'node:timers/promises';

import { InferenceSession } from 'onnxruntime-node';

import { type Fault, isFaultMessage } from './fault-schedule.ts';

const SLOW_MS = 260;

interface SessionHandler {
  run(...args: readonly unknown[]): Promise<unknown>;
}

let fault: Fault = 'none';

process.on('message', (message) => {
  if (isFaultMessage(message)) fault = message.fault;
});
// Listening must not keep a service alive that wants to end.
process.channel?.unref();

type Create = (this: unknown, ...args: unknown[]) => Promise<InferenceSession>;

const { create } = InferenceSession as unknown as { readonly create: Create };

Object.assign(InferenceSession, {
  create: async (...args: unknown[]): Promise<InferenceSession> => {
    const session = await create.apply(InferenceSession, args);
    const { handler } = session as unknown as { readonly handler: SessionHandler };
    const run = handler.run.bind(handler);
    handler.run = async (...runArgs) => {
      if (fault === 'slow') await sleep(SLOW_MS);
      if (fault === 'errors') {
        throw new Error('Non-zero status code returned while running Gemm node: injected fault');
      }
      return run(...runArgs);
    };
    return session;
  },
});
