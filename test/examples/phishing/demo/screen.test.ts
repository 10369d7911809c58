import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { createScreen } from '../../../../examples/phishing/demo/screen.ts';
import { renderLine } from '../../../../examples/phishing/demo/view.ts';
import { SNAPSHOT } from './sample-snapshot.ts';

const SETTING = {
  appUrl: 'http://127.0.0.1:3000',
  metricsUrl: 'http://127.0.0.1:9464/metrics',
  heldOutAccuracy: 0.916,
  forMs: undefined,
};

test('createScreen() writes plain lines where there is no terminal', async () => {
  const stream = new PassThrough();
  const screen = createScreen(stream as unknown as NodeJS.WriteStream);
  screen.show(SETTING, SNAPSHOT);
  screen.finish(SETTING, SNAPSHOT);
  stream.end();
  const written = await text(stream);
  expect(written).not.toContain('\u001B');
  expect(written.split('\n').slice(0, 4)).toEqual([
    renderLine(SNAPSHOT),
    renderLine(SNAPSHOT),
    '  trace       0af7651916cd43dd8448eb211c80319c',
    '  POST /predict  3.46 ms  server',
  ]);
});
