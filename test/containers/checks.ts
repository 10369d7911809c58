/** Runs checks one after another and counts; a check that throws is a failed one. */
export class Checks {
  passed = 0;
  failed = 0;

  async check(what: string, run: () => unknown): Promise<void> {
    const startMs = performance.now();
    try {
      const detail = await run();
      this.passed += 1;
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
      const shown = typeof detail === 'string' ? `: ${detail}` : '';
      console.log(`good  ${what}${shown} (${seconds} s)`);
    } catch (error) {
      this.failed += 1;
      console.log(`WRONG ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** @throws {Error} that shows both, as JSON */
export function same(seen: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`saw ${left}, wanted ${right}`);
}

/** Asks until the answer is not `undefined`. @throws {Error} after `seconds` */
export async function within<Answer>(
  seconds: number,
  what: string,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  const deadlineMs = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
