/**
 * `npm run gpu:verify`: compares readings over NVML with nvidia-smi on a real GPU. Prints a table, and
 * one JSON object in the last line. Exit code 0: nothing differs; 1: something does; 3: nothing to
 * check here.
 */
import { parseArgs } from 'node:util';

import { type Finding, findingsTable } from './checks/finding.ts';
import { type Machine, openMachine } from './checks/machine.ts';
import { checkSupport, checkUnit } from './checks/support.ts';
import { checkEvents, checkLatency, checkRefresh } from './checks/timing.ts';
import { checkPipe, checkTruth } from './checks/truth.ts';
import { checkValues } from './checks/values.ts';

const { values } = parseArgs({ options: { library: { type: 'string' } } });

const machine = openOrEnd();
const findings: Finding[] = [
  ...checkValues(machine),
  ...checkLatency(machine),
  ...(await checkSupport(machine)),
  ...checkEvents(machine),
  ...checkUnit(machine),
  ...(await checkRefresh(machine)),
  ...(await checkPipe()),
  ...(await checkTruth(machine)),
];
machine.reader.close();
const { driverVersion = 'unknown', model = 'unknown' } = machine.first.identity;
const differing = findings.filter(({ result }) => result === 'differs');
console.log(findingsTable(findings));
console.log(JSON.stringify({ model, driverVersion, differing: differing.length, findings }));
process.exit(differing.length === 0 ? 0 : 1);

function openOrEnd(): Machine {
  try {
    return openMachine(values.library);
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0] ?? '';
    console.error(`No NVIDIA GPU can be checked on this machine: ${reason}`);
    process.exit(3);
  }
}
