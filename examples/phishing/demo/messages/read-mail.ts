/** What people see of a mail with a part in HTML and one in plain text. */
export interface ReadMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Reads the kind of mail that the alert service sends: two parts, quoted-printable, UTF-8. */
export function readMail(source: string): ReadMail {
  const { headers, body } = split(source);
  const boundary = /boundary="?([^";\r\n]+)/iu.exec(headers['content-type'] ?? '')?.[1];
  const parts = boundary === undefined ? [source] : body.split(`--${boundary}`);
  const part = (type: string): string => {
    const found = parts.map(split).find((one) => one.headers['content-type']?.startsWith(type));
    return found === undefined ? '' : decodeBody(found);
  };
  return {
    subject: decodeHeader(headers['subject'] ?? ''),
    html: part('text/html'),
    text: part('text/plain'),
  };
}

interface Entity {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function split(entity: string): Entity {
  const text = entity.replace(/^\r?\n/u, '');
  const end = /\r?\n\r?\n/u.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  // A header goes on in lines that begin with a space.
  const lines = head.replaceAll(/\r?\n[ \t]+/gu, ' ').split(/\r?\n/u);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const body = end === null ? '' : text.slice(end.index + end[0].length);
  return { headers: Object.fromEntries(headers), body };
}

function decodeBody({ headers, body }: Entity): string {
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? decodeQuoted(body.replaceAll(/=\r?\n/gu, '')) : body;
}

function decodeQuoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/giu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Encoded words of RFC 2047; a space between two of them is not part of the text. */
function decodeHeader(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/gu, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/giu, (_, encoding: string, word: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}
