import { afterEach, expect, test } from 'vitest';

import { addSecretNames, isSecretName } from '../../../../src/telltale/src/masking/secret-names.ts';

const SECRET = (
  'password passwd pwd passphrase DB_PASSWORD dbPassword PGPASSWORD mysql_pwd smtp_pass ' +
  'secret client_secret clientSecret SECRET_KEY SECRET_KEY_BASE aws_secret_access_key ' +
  'AWS_ACCESS_KEY_ID token access_token accessToken refresh_token id_token x-auth-token ' +
  'csrf_token X-CSRF-Token api_key api-key apiKey apikey X-Api-Key x_api_key ' +
  'private_key privateKey signing-key encryption_key authorization Authorization ' +
  'proxy-authorization cookie Set-Cookie session_id sessionid connect.sid jwt bearer ' +
  'credentials google_credentials connection_string dsn webhook_url credit_card ' +
  'card_number cvv ssn basic_auth sig otp http.request.header.authorization ' +
  'http.request.header.x-api-key db.password.old'
).split(' ');

const HARMLESS = (
  'token_count tokens gen_ai.usage.input_tokens max_tokens tokenizer author ' +
  'ml.model.name ml.prediction.id service.name session.id key cache.key keyboard monkey ' +
  'password_length cookie_count auth.method error.type url.full http.request.method ' +
  'code.function.name passed compass secretary exception.message ' +
  'ml.prediction.confidence signature pass oauth.scope'
).split(' ');

test.for(SECRET)('the value of %s never leaves', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.for(HARMLESS)('the value of "%s" may leave', (name) => {
  expect(isSecretName(name)).toBe(false);
});

afterEach(() => addSecretNames([]));

test('names of the application are added, however they are written', () => {
  expect(isSecretName('customerCode')).toBe(false);
  addSecretNames(['customer_code']);
  expect(['customerCode', 'CUSTOMER-CODE', 'eu.customer.code'].map(isSecretName)).toEqual([
    true,
    true,
    true,
  ]);
  expect(isSecretName('code_of_customer')).toBe(false);
});
