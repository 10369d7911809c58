export interface Smarthost {
  readonly host: string;
  readonly port: number;
}

const NAMED_PORTS: Readonly<Record<string, number>> = { smtp: 25, smtps: 465, submission: 587 };

/** `mail.example.com:587` or `[::1]:25`; `undefined` for anything else. */
export function parseSmarthost(text: string): Smarthost | undefined {
  const parts = /^(?:\[(?<six>[^[\]\s]+)\]|(?<host>[^:[\]\s]+)):(?<port>[^:\s]+)$/u.exec(text);
  const { six, host = six, port = '' } = parts?.groups ?? {};
  const number = NAMED_PORTS[port] ?? (/^\d{1,5}$/u.test(port) ? Number(port) : 0);
  if (host === undefined || number < 1 || number > 65_535) return undefined;
  return { host, port: number };
}
