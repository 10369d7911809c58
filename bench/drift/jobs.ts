import { DELAYS, measureDelays } from './delays.ts';
import { MODERATE, measureModerate, measureQuiet, QUIET } from './moderate.ts';
import { measureRival, RIVALS } from './rivals.ts';
import { measureRunLength, RUN_LENGTHS, THINNED } from './run-lengths.ts';
import { DEFAULT_RULE, measureStates, STATES } from './states.ts';
import { measureSurrounding, SURROUNDING_TASKS } from './surroundings.ts';

/** One table of the report, row by row; a job may make several rows. */
export interface Section {
  readonly name: string;
  readonly jobs: readonly ((seed: number) => unknown)[];
}

const section = <T, R>(
  name: string,
  tasks: readonly T[],
  measure: (task: T, seed: number) => R,
): Section => ({ name, jobs: tasks.map((task) => (seed: number) => measure(task, seed)) });

/** Everything that is measured. Threads name a job by its section and its place there. */
export const SECTIONS: readonly Section[] = [
  section('thinned', THINNED, measureRunLength),
  section('runLengths', RUN_LENGTHS, measureRunLength),
  section('delays', DELAYS, measureDelays),
  section('moderate', MODERATE, measureModerate),
  section('quiet', QUIET, measureQuiet),
  section('defaultRule', [DEFAULT_RULE], measureStates),
  section('detectors', RIVALS, measureRival),
  section('surroundings', SURROUNDING_TASKS, measureSurrounding),
  section('states', STATES, measureStates),
];
