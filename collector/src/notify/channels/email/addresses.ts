import { UnsendableError } from '../channel.ts';

/** Recipients of one mail; a list is not a mailing list. */
const ADDRESSES_MAX = 100;
const ADDRESS_LENGTH_MAX = 254;

/** One address without spaces, brackets, quotes or control characters around an `@`. */
const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;

/**
 * The addresses of a header such as `Team <team@example.com>, boss@example.com`, without names.
 *
 * @throws {UnsendableError} for what is no address, and for too many.
 */
export function parseAddresses(text: string): readonly string[] {
  const parts = splitList(text);
  if (parts.length > ADDRESSES_MAX) {
    throw new UnsendableError(
      `Cannot send to ${parts.length} addresses: expected at most ${ADDRESSES_MAX}`,
    );
  }
  return parts.map((part) => {
    const open = part.lastIndexOf('<');
    const inside = open !== -1 && part.endsWith('>') ? part.slice(open + 1, -1) : part;
    const address = inside.trim();
    if (address.length <= ADDRESS_LENGTH_MAX && ADDRESS.test(address)) return address;
    throw new UnsendableError(
      `Cannot use ${JSON.stringify(part.slice(0, 100))}: expected a mail address`,
    );
  });
}

/** Splits at commas outside quoted names. */
function splitList(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === ',' && !isQuoted) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '');
}
