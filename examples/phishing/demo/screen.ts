import { createLogUpdate } from 'log-update';

import type { Snapshot } from './measurements.ts';
import { COLORED, type Paint, PLAIN } from './paint.ts';
import { renderLine, renderScreen, type Setting, traceLines } from './view.ts';

const LIVE_INTERVAL_MS = 500;
const LINE_INTERVAL_MS = 2000;

/** Where the demo shows itself. */
export interface Screen {
  readonly paint: Paint;
  /** How often a new snapshot is wanted. */
  readonly intervalMs: number;
  show(setting: Setting, now: Snapshot): void;
  /** The last snapshot stays visible, with one real trace. */
  finish(setting: Setting, last: Snapshot): void;
  print(line: string): void;
}

/** A picture that is redrawn in a terminal that can do it; lines of text everywhere else. */
export function createScreen(stream: NodeJS.WriteStream): Screen {
  const isLive =
    stream.isTTY === true &&
    process.env['NO_COLOR'] === undefined &&
    process.env['TERM'] !== 'dumb';
  return isLive ? createLiveScreen(stream) : createLineScreen(stream);
}

function createLiveScreen(stream: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(stream);
  const show = (setting: Setting, now: Snapshot): void => {
    update(renderScreen(setting, now, COLORED).join('\n'));
  };
  return {
    paint: COLORED,
    intervalMs: LIVE_INTERVAL_MS,
    show,
    finish(setting, last) {
      show(setting, last);
      update.done();
      stream.write('\n');
    },
    print: (line) => {
      // The picture is drawn again below the line.
      update.clear();
      stream.write(`${line}\n`);
    },
  };
}

function createLineScreen(stream: NodeJS.WritableStream): Screen {
  const print = (line: string): void => void stream.write(`${line}\n`);
  return {
    paint: PLAIN,
    intervalMs: LINE_INTERVAL_MS,
    show: (_, now) => print(renderLine(now)),
    finish(_, last) {
      print(renderLine(last));
      for (const line of traceLines(last, PLAIN)) print(line);
    },
    print,
  };
}
