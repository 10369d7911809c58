import { readdirSync } from 'node:fs';

import { expect, test } from 'vitest';

import { profileShadow } from '../../../../instrumentations/onnxruntime/src/operator-profile/shadow-session.ts';
import { RunClock } from '../../../../instrumentations/onnxruntime/src/runtime/run-timing.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';

const temporary = useOwnTemporaryFolder();
const FEEDS = [{ tensors: {}, bytes: 0 }];

interface Fakes {
  readonly create?: () => Promise<object>;
  readonly run?: () => Promise<object>;
  readonly release?: () => Promise<void>;
}

/** A runtime that tells what was called on it. */
function fakeRuntime(fakes: Fakes) {
  const calls: string[] = [];
  const told = (name: string, fake?: () => Promise<unknown>) => () => {
    calls.push(name);
    return fake?.() ?? Promise.resolve({});
  };
  const endProfiling = (): void => void calls.push('endProfiling');
  const create = told('create', fakes.create ?? (() => Promise.resolve({ endProfiling })));
  const run = told('run', fakes.run);
  const release = told('release', fakes.release);
  const sessionClass = { create, prototype: { run, release } };
  const copy = {
    version: '1.17.3',
    runtime: undefined,
    clock: new RunClock(),
    bare: { sessionClass, create, run, release, tensorClass: undefined },
  };
  const origin = { path: '/m.onnx', options: {}, contentId: undefined, loadMs: 1, copy };
  return { calls, profile: () => profileShadow(origin, FEEDS) };
}

test('a runtime that writes no profile gives none', async () => {
  const { calls, profile } = fakeRuntime({});
  expect(await profile()).toBeUndefined();
  expect(calls).toEqual(['create', 'run', 'run', 'endProfiling', 'release']);
});

const broken = () => Promise.reject(new Error('broken'));

test.for<readonly [string, Fakes, readonly string[]]>([
  ['a load', { create: broken }, ['create']],
  ['a release', { release: broken }, ['create', 'run', 'run', 'endProfiling', 'release']],
])('%s that fails rejects and leaves nothing behind', async ([, fakes, expected]) => {
  const { calls, profile } = fakeRuntime(fakes);
  await expect(profile()).rejects.toThrow('broken');
  expect(calls).toEqual(expected);
  expect(readdirSync(temporary)).toEqual([]);
});

test('runs that fail end the session all the same', async () => {
  const { calls, profile } = fakeRuntime({ run: broken });
  expect(await profile()).toBeUndefined();
  expect(calls).toEqual(['create', 'run', 'endProfiling', 'release']);
});
