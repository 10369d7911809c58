export { OPTIONS } from './config.ts';
export { createInstrumentations } from './instrumentations.ts';
export { type Prediction, predictions } from './record/prediction.ts';
export { shutdown } from './shutdown.ts';
export { type Started, type StartOptions, start } from './start.ts';
