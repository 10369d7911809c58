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
import { planSkew, type SkewPlan } from './drift/skew-story.ts';
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
  /** Present in the skew scenario. */
  readonly skew?: SkewPlan;
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
  const { scenario } = parts.options;
  if (scenario === 'skew') return startSkew(parts);
  return scenario === 'drift' ? startDrift(parts) : startFaults(parts);
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

/** Shorter, and the alert has no time to fire. */
const SKEW_MS_MIN = 20_000;

/** The traffic is as always: what is wrong was wrong before it came. */
function startSkew({ options: { seed, forMs } }: StoryParts): Story {
  return {
    fault: () => 'none',
    shift: () => NO_SHIFT,
    isWhole: forMs !== undefined && forMs >= SKEW_MS_MIN,
    skew: planSkew(seed),
    end: () => undefined,
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
