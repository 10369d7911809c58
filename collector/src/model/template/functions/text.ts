import { type GoFunction, textOf } from '../value.ts';
import { escapeQuery } from './escape.ts';

/** The first letter of every word in upper case, the rest as it is. */
function titleCase(text: string): string {
  return text.replaceAll(/(?<![\p{L}\p{M}\p{N}_'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

interface HostPort {
  readonly host: string;
  readonly port: string;
}

/** `host:port` or `[v6]:port`; `undefined` when the text is neither, as in Go's `SplitHostPort`. */
function splitHostPort(text: string): HostPort | undefined {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/u.exec(text);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' };
  const plain = /^([^:[\]]*):([^:[\]]*)$/u.exec(text);
  return plain === null ? undefined : { host: plain[1] ?? '', port: plain[2] ?? '' };
}

/** The host of `host:port`, or the text itself. */
function stripPort(text: string): string {
  return splitHostPort(text)?.host ?? text;
}

/** Drops the domain of a host name, keeps a port; an address stays whole. */
function stripDomain(text: string): string {
  const { host, port } = splitHostPort(text) ?? { host: text, port: '' };
  if (isIpAddress(host)) return text;
  const name = host.split('.', 1)[0] ?? '';
  if (port === '') return name;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/u;

function isIpAddress(text: string): boolean {
  return isIpV4(text) || isIpV6(text);
}

function isIpV4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every((octet) => OCTET.test(octet) && Number(octet) < 256);
}

function isIpV6(text: string): boolean {
  if (!text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const isMapped = last.includes('.');
  if (isMapped && !isIpV4(last)) return false;
  const plain = isMapped ? groups.slice(0, -1) : groups;
  const count = plain.length + (isMapped ? 2 : 0);
  const isFull = halves.length === 1 ? count === 8 : count < 8;
  return isFull && plain.every((group) => /^[0-9a-fA-F]{1,4}$/u.test(group));
}

function ofText(change: (text: string) => string): GoFunction {
  return { parameters: ['string'], call: ([text]) => change(textOf(text)) };
}

export const TEXT_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  title: ofText(titleCase),
  toUpper: ofText((text) => text.toUpperCase()),
  toLower: ofText((text) => text.toLowerCase()),
  safeHtml: ofText((text) => text),
  stripPort: ofText(stripPort),
  stripDomain: ofText(stripDomain),
  urlQueryEscape: ofText(escapeQuery),
  graphLink: ofText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=0`),
  tableLink: ofText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`),
};
