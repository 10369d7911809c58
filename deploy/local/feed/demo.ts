import { hasCompiler } from '../../../examples/gpu-check/stub/compile.ts';
import { type StubGpu, startStubGpu } from '../../../examples/phishing/demo/gpu/stub-gpu.ts';
import { trainModel, writeModel } from '../../../examples/phishing/training/build-model.ts';
import { type Feed, startPhishing, type Target } from './phishing.ts';
import { startTriage } from './triage.ts';
import { encodeTriageModel } from './triage-model.ts';

/** The services that send to the stack. */
export interface Demo extends Feed {
  /** Without a C compiler there is no stand-in for a GPU, and panels of devices stay empty. */
  readonly hasGpu: boolean;
}

export async function startDemo(stack: Target): Promise<Demo> {
  const model = trainModel();
  writeModel(model.bytes);
  const gpu: StubGpu | undefined = hasCompiler() ? startStubGpu() : undefined;
  const feeds: Feed[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(feeds.map((feed) => feed.stop()));
    gpu?.stop();
  };
  try {
    const phishing = await startPhishing(stack, gpu);
    feeds.push(phishing);
    const [phishingUrl = ''] = phishing.urls;
    feeds.push(await startTriage(stack, encodeTriageModel(model.network), phishingUrl));
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: feeds.flatMap(({ urls }) => urls), hasGpu: gpu !== undefined, stop };
}
