import type { OptionRow } from '@telltale/core';

/** How predictions wait for their truth. */
export const FEEDBACK_OPTIONS: readonly OptionRow[] = [
  {
    key: 'feedback.predictions_max',
    env: 'TELLTALE_FEEDBACK_PREDICTIONS_MAX',
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: '10000',
    description: 'Predictions of each model that wait for their truth, about 300 bytes each',
  },
  {
    key: 'feedback.ttl',
    env: 'TELLTALE_FEEDBACK_TTL',
    type: 'duration',
    default: '24h',
    description: 'How long a prediction waits for its truth',
  },
  {
    key: 'feedback.state_dir',
    env: 'TELLTALE_FEEDBACK_STATE_DIR',
    type: 'string',
    description:
      'Folder of this process in which predictions, truths and windows are kept over restarts; default: drift.state_dir',
  },
];
