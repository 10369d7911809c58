import { NO_SHIFT, type Shift } from '../shift.ts';
import { loadDataset } from '../training/dataset.ts';
import { FAULTS_FOR_MS_MIN, type Fault, faultAt } from './alerting/fault-schedule.ts';
import {
  type DriftPlan,
  momentsOf,
  planDrift,
  STORY_MS_MIN,
  shiftAt,
} from './drift/drift-story.ts';
import { PredictionClock } from './drift/prediction-clock.ts';
import type { DemoOptions } from './options.ts';

const TICK_MS = 100;

/** What happens to the service and its traffic while the demo runs. */
export interface Story {
  readonly fault: () => Fault;
  readonly shift: () => Shift;
  /** The run is long enough for everything that the story wants to show. */
  readonly isWhole: boolean;
  /** Present in the drift scenario. */
  readonly drift?: DriftStory;
  /** Makes everything well again. */
  end(): void;
}

export interface DriftStory {
  readonly plan: DriftPlan;
  /** When it was filtered and when it broke, in milliseconds since the epoch. */
  readonly filteredMs: number;
  readonly brokenMs: number;
  readonly predictions: PredictionClock;
}

export interface StoryParts {
  readonly options: DemoOptions;
  readonly setFault: (fault: Fault) => void;
  /** Predictions made so far. */
  readonly predictions: () => number;
}

/** Starts the story of the scenario. */
export function startStory(parts: StoryParts): Story {
  return parts.options.scenario === 'drift' ? startDrift(parts) : startFaults(parts);
}

/** Makes the model slow and failing as the schedule says. */
function startFaults({ options, setFault }: StoryParts): Story {
  const startedMs = performance.now();
  let fault: Fault = 'none';
  const change = (next: Fault): void => {
    if (next === fault) return;
    fault = next;
    setFault(next);
  };
  const timer = setInterval(
    () => change(faultAt(performance.now() - startedMs, options.forMs)),
    TICK_MS,
  );
  return {
    fault: () => fault,
    shift: () => NO_SHIFT,
    isWhole: options.forMs !== undefined && options.forMs >= FAULTS_FOR_MS_MIN,
    end: () => {
      clearInterval(timer);
      change('none');
    },
  };
}

/** Shifts the traffic as the plan of the seed says. */
function startDrift({ options, predictions }: StoryParts): Story {
  const startedMs = performance.now();
  const startedAtMs = Date.now();
  const plan = planDrift(loadDataset(), options.seed);
  const clock = new PredictionClock();
  const timer = setInterval(() => clock.note(Date.now(), predictions()), TICK_MS);
  const { filteredMs, brokenMs } = momentsOf(options.forMs);
  let hasEnded = false;
  return {
    fault: () => 'none',
    shift: () =>
      hasEnded ? NO_SHIFT : shiftAt(plan, performance.now() - startedMs, options.forMs),
    isWhole: options.forMs !== undefined && options.forMs >= STORY_MS_MIN,
    drift: {
      plan,
      filteredMs: startedAtMs + filteredMs,
      brokenMs: startedAtMs + brokenMs,
      predictions: clock,
    },
    end: () => {
      clearInterval(timer);
      hasEnded = true;
    },
  };
}
