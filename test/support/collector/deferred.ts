/** A promise that a test settles when it likes. */
export interface Deferred<Result> {
  readonly promise: Promise<Result>;
  readonly resolve: (result: Result) => void;
}

export function deferred<Result>(): Deferred<Result> {
  let settle: (result: Result) => void = () => undefined;
  const promise = new Promise<Result>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (result) => settle(result) };
}
