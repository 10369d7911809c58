// Made by `npm run docs` from telemetry/registry: edit the YAML there.
/** Identifies this version of the registry in OTLP (`schema_url`). Names nothing that is fetched. */
export const SCHEMA_URL: string = 'https://telltale.invalid/schemas/0.1.0';
