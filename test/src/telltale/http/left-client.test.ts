import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { ApiKeys } from '../../../../src/telltale/src/http/auth.ts';
import { answerNode } from '../../../../src/telltale/src/http/node-adapter.ts';
import { createRouter } from '../../../../src/telltale/src/http/router.ts';
import { profileRoute } from '../../../../src/telltale/src/http/routes/profile.ts';
import {
  type ProfileRequest,
  type TakenProfile,
  takeProfile,
} from '../../../../src/telltale/src/profiling/take-profile.ts';

const WANTED: ProfileRequest = {
  seconds: 60,
  format: 'json',
  intervalMs: 10,
  hasIdle: true,
  hasWorkers: false,
};

test('a profile whose client leaves ends, and the next one can be taken', async () => {
  const told = new EventEmitter();
  const began = once(told, 'began');
  const router = createRouter({
    keys: new ApiKeys([]),
    isLoopback: true,
    routes: [
      profileRoute((request, signal) => {
        const taken = takeProfile(request, signal);
        told.emit('began', taken);
        return taken;
      }),
    ],
  });
  const server = http.createServer((request, response) => {
    void answerNode(router, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const path = '/monitoring/profile?seconds=60&format=json';
  const request = http.get({ host: '127.0.0.1', port, path });
  request.on('error', () => undefined);
  const [taken] = (await began) as [Promise<TakenProfile>];
  request.destroy();
  expect(await taken).toEqual({
    refusal: 'client_left',
    message: 'The client left before the profile was recorded',
  });
  const next = await takeProfile({ ...WANTED, seconds: 0.05 });
  expect('body' in next).toBe(true);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

test('a profile whose client has left already is not recorded for its time', async () => {
  expect(await takeProfile(WANTED, AbortSignal.abort())).toMatchObject({ refusal: 'client_left' });
});
