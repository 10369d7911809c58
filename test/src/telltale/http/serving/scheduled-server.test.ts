import { afterEach, expect, onTestFinished, test, vi } from 'vitest';

import { loadConfig } from '../../../../../src/telltale/src/config.ts';
import {
  type ScheduledServer,
  scheduleServer,
} from '../../../../../src/telltale/src/http/serving/scheduled-server.ts';
import type { SharedPage } from '../../../../../src/telltale/src/shared-page/shared-page.ts';
import { freePort } from '../../../../support/collector/service-process.ts';

let server: ScheduledServer | undefined;

afterEach(() => {
  server?.stop();
});

test('what fails beside the page is told, and is no rejection of the application', async () => {
  const rejected = vi.fn<(cause: unknown) => void>();
  process.on('unhandledRejection', rejected);
  onTestFinished(() => void process.off('unhandledRejection', rejected));
  const port = await freePort();
  const env = { TELLTALE_MONITORING_PORT: String(port), OTEL_LOG_LEVEL: 'none' };
  const page: Pick<SharedPage, 'admit' | 'close'> = {
    admit: () => {
      throw new Error('no socket here');
    },
    close: () => undefined,
  };
  server = scheduleServer(loadConfig({ env, folder: '/nowhere' }), {
    hasModel: () => true,
    page: page as SharedPage,
  });
  expect(await server.port).toBe(port);
  await new Promise(setImmediate);
  expect(rejected).not.toHaveBeenCalled();
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  expect(answer.status).toBe(200);
});
