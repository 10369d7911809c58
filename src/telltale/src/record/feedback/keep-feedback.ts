import { sharedState } from '@telltale/core';
import { startInterval } from '@telltale/instrument';

import { folderOfProcess } from '../../config/process-folder.ts';
import type { Config } from '../../config.ts';
import { addSave } from '../../shutdown.ts';
import { limitLedgers } from '../truth/feedback-registry.ts';
import { loadFeedbackState, saveFeedbackState } from '../truth/state-file.ts';
import { feedbackState, restoreFeedback } from './feedback-saved.ts';

/** State is saved this often; a killed process loses at most one interval. */
const SAVE_EVERY_MS = 60_000;

/** Keeps predictions and truths as the configuration says: how many, how long, over restarts. */
export function keepFeedback(config: Config): void {
  sharedState('telltale.feedback.kept', () => {
    const entriesMax = config.number('feedback.predictions_max');
    const ttlMs = config.number('feedback.ttl');
    limitLedgers({
      ...(entriesMax === undefined ? {} : { entriesMax }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
    });
    const folder = folderOfProcess(
      config.text('feedback.state_dir') ?? config.text('drift.state_dir'),
    );
    if (folder === undefined) return true;
    loadFeedbackState(folder, restoreFeedback);
    const save = (): Promise<boolean> => saveFeedbackState(folder, feedbackState());
    addSave(save);
    startInterval(() => void save(), SAVE_EVERY_MS).unref();
    return true;
  });
}
