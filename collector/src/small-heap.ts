/**
 * Keeps the heap of the service close to what it holds.
 *
 * By default V8 lets the young generation grow to 100 MB, and the old one to several times what
 * lives in it, because a web page gains speed by it. What the service keeps are numbers outside the
 * heap, and it runs beside programs that need the memory. A young generation of less than 16 MiB is
 * no gain: objects that are nearly done are taken for old ones, and messages wait for the collector.
 * `NODE_OPTIONS=--max-semi-space-size=32 npm run bench -- mixed` shows the same load without this.
 *
 * V8 reads these flags whenever a generation has to grow. What the user set on the command line
 * holds.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const OWN_SETTINGS = /--(?:max-semi-space-size|semi-space-growth-factor|heap-growing-percent)/u;

/** Both halves together. */
const YOUNG_BYTES = 16 * 2 ** 20;
const CHECK_MS = 1000;

const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
if (!OWN_SETTINGS.test(given.replaceAll('_', '-'))) {
  setFlagsFromString('--heap-growing-percent=30');
  boundYoungGeneration();
  setInterval(boundYoungGeneration, CHECK_MS).unref();
}

/** V8 doubles it until it is large enough, and again when it became smaller in a quiet while. */
function boundYoungGeneration(): void {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  const isLarge = (young?.space_size ?? YOUNG_BYTES) >= YOUNG_BYTES;
  setFlagsFromString(`--semi-space-growth-factor=${isLarge ? 1 : 2}`);
}
