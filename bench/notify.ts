/**
 * The notifier under load: the decision to flush 1,000 groups and its commit, the rate at which
 * 10,000 waiting messages leave for a local webhook, and 1,000 groups from their first message to
 * their last, beside the built Alertmanager. Sink and sides run as processes of one machine.
 */
import { referenceBinaryOrWarn } from '../test/support/reference-binaries.ts';
import { AlertmanagerSide, TelltaleSide } from '../test/support/stack/alertmanager/sides.ts';
import { deliverGroups } from './notify/deliver-groups.ts';
import { flushGroupsMs } from './notify/flush-groups.ts';
import { median } from './quantiles.ts';

const GROUPS = 1000;
const DRAINED = 10_000;
const FLUSH_RUNS = 7;

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const flushes = Array.from({ length: FLUSH_RUNS }, () => flushGroupsMs(GROUPS));
  const program = referenceBinaryOrWarn('alertmanager', '1,000 groups through Alertmanager');
  const own = await deliverGroups(new TelltaleSide(), GROUPS);
  const drained = await deliverGroups(new TelltaleSide(), DRAINED);
  const theirs =
    program === undefined ? undefined : await deliverGroups(new AlertmanagerSide(program), GROUPS);
  if (!options.isJson) {
    process.stdout.write('1,000 groups decided and committed; delivered; messages a second\n');
  }
  process.stdout.write(
    `${JSON.stringify({
      flush1000GroupsMs: round(median(flushes)),
      drainPerSecond: Math.round(DRAINED / (drained.spanMs / 1000)),
      deliver1000GroupsMs: round(own.spanMs),
      alertmanagerFlush1000GroupsMs: theirs === undefined ? null : round(theirs.spanMs),
    })}\n`,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
