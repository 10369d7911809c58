import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildModel } from './onnx-models.ts';

const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'good', 'bad', 'day', 'night'];
const LABELS = ['NEGATIVE', 'POSITIVE'];
const WIDTH = 4;

/** A text classifier of a few weights: mean of embeddings, then one linear layer. */
function classifierModel(): Uint8Array {
  const embedding = VOCABULARY.flatMap((_, token) =>
    Array.from({ length: WIDTH }, (__, i) => Math.sin(token * WIDTH + i)),
  );
  const dims = ['batch_size', 'sequence_length'];
  return buildModel({
    name: 'tiny-classifier',
    inputs: [
      { name: 'input_ids', element: 'int64', dims },
      { name: 'attention_mask', element: 'int64', dims },
    ],
    outputs: [{ name: 'logits', element: 'float32', dims: ['batch_size', LABELS.length] }],
    nodes: [
      { type: 'Gather', inputs: ['embedding', 'input_ids'], outputs: ['tokens'] },
      {
        type: 'ReduceMean',
        inputs: ['tokens'],
        outputs: ['pooled'],
        attributes: [
          { name: 'axes', value: [1n] },
          { name: 'keepdims', value: 0n },
        ],
      },
      { type: 'MatMul', inputs: ['pooled', 'weights'], outputs: ['logits'] },
    ],
    constants: [
      { name: 'embedding', dims: [VOCABULARY.length, WIDTH], values: embedding },
      {
        name: 'weights',
        dims: [WIDTH, LABELS.length],
        values: [0.5, -0.5, 1, -1, -0.25, 0.25, 0.75, -0.75],
      },
    ],
  });
}

/** Writes the model with what transformers.js needs around it to run its own pipeline. */
export function writeTinyClassifier(folder: string): void {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'onnx/model.onnx'), classifierModel());
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), JSON.stringify(value));
  write('config.json', {
    model_type: 'bert',
    architectures: ['BertForSequenceClassification'],
    id2label: Object.fromEntries(LABELS.map((label, id) => [id, label])),
    label2id: Object.fromEntries(LABELS.map((label, id) => [label, id])),
    vocab_size: VOCABULARY.length,
    hidden_size: WIDTH,
  });
  write('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    model_max_length: 16,
  });
  write('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: VOCABULARY.slice(0, 4).map((content, id) => ({
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(VOCABULARY.map((token, id) => [token, id])),
      unk_token: '[UNK]',
    },
  });
}
