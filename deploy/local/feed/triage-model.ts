import type { Network } from '../../../examples/phishing/training/network.ts';
import { encodeOnnxModel } from '../../../examples/phishing/training/onnx-model.ts';

/** The weights of the phishing model under another name: what it answers does not matter here. */
export const encodeTriageModel = (network: Network): Uint8Array =>
  encodeOnnxModel(network, {
    name: 'triage',
    version: 1,
    summary: 'Sorts tickets of the local stack.',
    metadata: { model_name: 'triage' },
  });
