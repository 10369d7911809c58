import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Whether certificates can be made here. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Where `makeCertificates` writes. */
export const certificatesIn = (folder: string): Certificates => {
  const pair = (name: string): { cert: string; key: string } => ({
    cert: join(folder, `${name}.pem`),
    key: join(folder, `${name}.key`),
  });
  return { ca: join(folder, 'ca.pem'), server: pair('server'), client: pair('client') };
};

/** An authority of a test's own, and what it signed for a server at `address` and for a client. */
export function makeCertificates(folder: string, address: string): Certificates {
  const openssl = (command: string): void => {
    execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'pipe' });
  };
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(`req -x509 ${newKey} -subj /CN=authority -days 2 -keyout ca.key -out ca.pem`);
  for (const [name, usage] of [
    ['server', 'serverAuth'],
    ['client', 'clientAuth'],
  ] as const) {
    const extensions = `subjectAltName=IP:${address}\nextendedKeyUsage=${usage}\n`;
    writeFileSync(join(folder, `${name}.ext`), extensions);
    openssl(`req ${newKey} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
    openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 ` +
        `-extfile ${name}.ext -out ${name}.pem`,
    );
  }
  return certificatesIn(folder);
}

/** For `https.request`. */
export const tlsOf = ({ ca, client }: Certificates, hasClient = true): object => ({
  ca: readFileSync(ca),
  ...(hasClient ? { cert: readFileSync(client.cert), key: readFileSync(client.key) } : {}),
});
