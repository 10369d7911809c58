/**
 * The disk of the data folder is full for a while, twice, while alerts fire and resolve and messages
 * are in the network.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { delay } from '../../support/collector/service-process.ts';
import { Levels } from '../levels.ts';
import { Scene } from '../scene.ts';
import { AcknowledgedSender } from '../sender.ts';

const UNITS = ['a', 'b', 'c'];
const DISK_MIB = 4;
const FULL_MS = 6000;

const RULES = `groups:
- name: chaos
  interval: 1s
  rules:
  - {alert: Now, expr: chaos_level > 10}
  - {alert: Later, expr: chaos_level > 10, for: 2s}
`;

export async function run(): Promise<Record<string, number>> {
  const disk = mkdtempSync(join(tmpdir(), 'telltale-disk-'));
  mountSmallDisk(disk);
  try {
    return await runOn(disk);
  } finally {
    execFileSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
}

async function runOn(disk: string): Promise<Record<string, number>> {
  const scene = await Scene.open({ rules: RULES, extra: `  data_dir: '${disk}'\n` });
  const levels = new Levels(UNITS);
  const sender = new AcknowledgedSender(scene.ports.otlp);
  levels.sendTo(sender);
  const ready = { whileFull: 0, afterwards: 0 };
  try {
    for (let round = 0; round < 2; round += 1) {
      await delay(3000);
      levels.raise();
      await delay(300);
      fill(disk);
      await delay(FULL_MS);
      if ((await scene.status('/-/ready')) === 200) ready.whileFull += 1;
      levels.lower();
      await delay(FULL_MS);
      rmSync(join(disk, 'ballast'));
      await delay(FULL_MS);
      if ((await scene.status('/-/ready')) === 200) ready.afterwards += 1;
    }
    levels.end();
    await sender.end();
    return {
      ...levels.verdict(scene.sink.received, ['Now', 'Later']),
      healthFailures: scene.health.bad,
      healthProbes: scene.health.good,
      restarts: scene.hasExited ? 1 : 0,
      readyWhileFull: ready.whileFull,
      notReadyAfterwards: 2 - ready.afterwards,
      requestsSentAgain: sender.repeats,
    };
  } finally {
    levels.end();
    await scene.close();
  }
}

function mountSmallDisk(folder: string): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder]);
  } catch (cause) {
    throw new Error('Cannot run the scenario "disk": it needs the right to mount a tmpfs', {
      cause,
    });
  }
}

/** Writes until nothing fits any more. */
function fill(disk: string): void {
  try {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc((DISK_MIB + 1) * 2 ** 20));
  } catch {
    // That is the point: what was written stays.
  }
}
