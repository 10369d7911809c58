/** Where profiles go, and how it knows us. */
export interface PyroscopeServer {
  /** Such as `http://127.0.0.1:4040`. */
  readonly address: string;
  readonly token?: string;
  readonly tenant?: string;
}

export interface PushedProfile {
  readonly application: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly endMs: number;
  readonly sampleRate: number;
  /** Gzipped pprof. */
  readonly profile: Uint8Array<ArrayBuffer>;
}

const TIMEOUT_MS = 10_000;

/** `POST /ingest` of Pyroscope as a request. */
export function pushRequest(server: PyroscopeServer, pushed: PushedProfile): Request {
  const { address, token, tenant } = server;
  const labels = Object.entries(pushed.labels)
    .map(([key, value]) => `${clean(key)}=${clean(value)}`)
    .join(',');
  const query = new URLSearchParams({
    name: `${clean(pushed.application)}{${labels}}`,
    from: String(Math.floor(pushed.startMs / 1000)),
    until: String(Math.ceil(pushed.endMs / 1000)),
    spyName: 'nodespy',
    sampleRate: String(pushed.sampleRate),
  });
  const form = new FormData();
  form.set('profile', new Blob([pushed.profile]), 'profile');
  return new Request(`${address.replace(/\/+$/u, '')}/ingest?${query.toString()}`, {
    method: 'POST',
    body: form,
    // The token goes nowhere that only an answer names.
    redirect: 'error',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** Characters that separate names and labels there. */
const clean = (text: string): string => text.replaceAll(/[{}=,]/gu, '_');

/** Sends, and once more when that fails; a profile is never worth a queue. */
export async function push(server: PyroscopeServer, pushed: PushedProfile): Promise<void> {
  const attempt = async (): Promise<void> => {
    const answer = await fetch(pushRequest(server, pushed));
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`Pyroscope answered HTTP ${answer.status}`);
  };
  await attempt().catch(() => attempt());
}
