// The thread that draws profiles, as a file of this package: `#profile-renderer` names it.
import { parentPort, workerData } from 'node:worker_threads';

import {
  Profile,
  type ProfileDetails,
  type ProfileFormat,
  type ThreadProfile,
} from '@telltale/instrumentation-profiler';

const { threads, details, format } = workerData as {
  readonly threads: readonly ThreadProfile[];
  readonly details: ProfileDetails;
  readonly format: ProfileFormat;
};

parentPort?.postMessage(new Profile(threads, details).render(format));
