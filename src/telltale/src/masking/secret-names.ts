import { sharedState } from '@telltale/core';

/** Words that name a secret wherever they stand in a name: `db_password_2`, `client.secret`. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwords passwd pwd passphrase passcode pgpassword secret secrets ' +
    'credential credentials creds bearer jwt saml authorization cookie cookies token csrf ' +
    'xsrf apikey secretkey privatekey accesskey authkey signingkey sessionid phpsessid ' +
    'jsessionid dsn otp totp cvv cvc ssn creditcard cardnumber sessiontoken'
  ).split(' '),
);

/** Words that name a secret only at the end of a name: `basic_auth`, `connect.sid`, `?sig=`. */
const SECRET_ENDINGS: ReadonlySet<string> = new Set(['auth', 'sid', 'sig']);

/** Ends of words that were written in one: `clientsecret`, `accesstoken`, `mysqlpassword`. */
const SECRET_SUFFIX = /(?:password|passwd|secret|token|cookie|apikey)$/u;

/** Kinds of keys that are secret; `cache_key` and `partition_key` are not among them. */
const SECRET_KEYS =
  'api access private secret signing encryption master auth shared ssh storage subscription license ' +
  'account client deploy consumer admin hmac session symmetric service host integration';

/** Whose `pass` is a password; a test may pass too. */
const PASS_OF = 'db smtp mail user ftp redis mysql pg admin proxy';

/** Words one after the other that name a secret together. */
const SECRET_PHRASES: readonly (readonly string[])[] = [
  ...SECRET_KEYS.split(' ').map((word) => [word, 'key']),
  ...PASS_OF.split(' ').map((word) => [word, 'pass']),
  ['session', 'id'],
  ['connection', 'string'],
  ['conn', 'str'],
  ['amz', 'signature'],
  ['hub', 'signature'],
  ['webhook', 'signature'],
  ['webhook', 'url'],
  ['credit', 'card'],
  ['card', 'number'],
];

/** A last word that says the value only measures or describes: `token_count`, `password_length`. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(
  (
    'count counts length size type types kind age ttl expires expiry expired expiration valid ' +
    'policy required enabled limit usage total budget duration latency changed strength name per index'
  ).split(' '),
);

/** Names of OpenTelemetry that look like secrets and are none. */
const HARMLESS: ReadonlySet<string> = new Set(['session.id', 'session.previous_id']);

const CACHED_NAMES_MAX = 2_000;

/** One list a process: the ESM and the CommonJS copy of this module share it. */
const state = sharedState('telltale.secret-names', () => ({
  more: [] as (readonly string[])[],
  known: new Map<string, boolean>(),
}));

/** Adds names whose values never leave, such as `customer_code`; the way of writing does not matter. */
export function addSecretNames(names: readonly string[]): void {
  for (const name of names) state.more.push(wordsOf(name));
  state.known.clear();
}

/**
 * Whether the value of an attribute, header, variable or property of this name must not leave.
 * The names are those that other tools mask too, however they are written: `api-key`, `API_KEY`,
 * `apiKey`, `http.request.header.x-api-key`.
 */
export function isSecretName(name: string): boolean {
  const cached = state.known.get(name);
  if (cached !== undefined) return cached;
  if (state.known.size >= CACHED_NAMES_MAX) state.known.clear();
  const isSecret = judge(name);
  state.known.set(name, isSecret);
  return isSecret;
}

function judge(name: string): boolean {
  const words = wordsOf(name);
  if (state.more.some((phrase) => hasPhrase(words, phrase))) return true;
  const last = words.at(-1) ?? '';
  if (DESCRIPTIONS.has(last) || HARMLESS.has(name)) return false;
  if (SECRET_ENDINGS.has(last)) return true;
  const names = (word: string): boolean => SECRET_WORDS.has(word) || SECRET_SUFFIX.test(word);
  return words.some(names) || SECRET_PHRASES.some((phrase) => hasPhrase(words, phrase));
}

function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  return words.some((_word, start) =>
    phrase.every((expected, index) => words[start + index] === expected),
  );
}

/** `dbPassword`, `DB_PASSWORD` and `db-password` are the words `db` and `password`. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');
}
