import { readFileSync } from 'node:fs';

function read(name: string): string {
  return readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8');
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

function pair(name: string): Pair {
  return { cert: read(name), key: read(`${name}.key`) };
}

/** Certificates for `localhost` and 127.0.0.1 by an authority of the tests, good until 2120. */
export const CERTIFICATES: {
  readonly ca: string;
  readonly server: Pair;
  readonly client: Pair;
  readonly expired: Pair;
} = { ca: read('ca'), server: pair('server'), client: pair('client'), expired: pair('expired') };
