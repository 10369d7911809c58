import { sharedState } from '@telltale/core';

import { ProfiledSpans } from '@telltale/instrumentation-profiler/correlation';

/** Notes when spans run, but only while a profile is recorded. */
export const profiledSpans = (): ProfiledSpans =>
  sharedState('telltale.profiled-spans', () => new ProfiledSpans());
