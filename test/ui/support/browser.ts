import { existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package puts it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the Chromium of this machine, or what `TELLTALE_CHROMIUM` names; `undefined` without one. */
export function chromiumPath(): string | undefined {
  const named = process.env['TELLTALE_CHROMIUM'];
  return [...(named === undefined ? PLACES : [named])].find((path) => existsSync(path));
}

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: QUIET });
}
