/** The parts of a Compose file that the rules read. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
}

export interface ComposeService {
  readonly image?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly command?: readonly string[];
}

/** What a rule needs to know of the world around the file. */
export interface Surroundings {
  /** Tags by the name of their variable, from deploy/versions.env. */
  readonly versions: Readonly<Record<string, string>>;
  readonly fileExists: (path: string) => boolean;
}

/** As Compose merges: maps by key, lists of a service appended or, for commands, replaced. */
export function mergeCompose(base: ComposeFile, over: ComposeFile): ComposeFile {
  const names = new Set([...Object.keys(base.services), ...Object.keys(over.services)]);
  const services = [...names].map((name) => [
    name,
    mergeService(base.services[name] ?? {}, over.services[name] ?? {}),
  ]);
  return {
    services: Object.fromEntries(services) as ComposeFile['services'],
    volumes: { ...base.volumes, ...over.volumes },
    networks: { ...base.networks, ...over.networks },
    secrets: { ...base.secrets, ...over.secrets },
  };
}

const mergeService = (base: ComposeService, over: ComposeService): ComposeService => ({
  ...base,
  ...over,
  ports: [...(base.ports ?? []), ...(over.ports ?? [])],
  volumes: [...(base.volumes ?? []), ...(over.volumes ?? [])],
  environment: { ...base.environment, ...over.environment },
  depends_on: { ...base.depends_on, ...over.depends_on },
});

/** What a file does that it should not: `service: what`. */
export function lintCompose(file: ComposeFile, around: Surroundings): readonly string[] {
  return Object.entries(file.services).flatMap(([name, service]) =>
    [
      ...imageFaults(service, around),
      ...hardeningFaults(name, service),
      ...portFaults(service),
      ...volumeFaults(service, file, around),
      ...referenceFaults(service, file),
      ...secretFaults(service),
    ].map((fault) => `${name}: ${fault}`),
  );
}

function imageFaults({ image = '' }: ComposeService, { versions }: Surroundings): string[] {
  const found = /:\$\{(?<name>\w+):-(?<tag>[^}]+)\}$/u.exec(image)?.groups;
  const name = found?.['name'];
  if (name === undefined) return [`image ${image} is not pinned through versions.env`];
  const wanted = versions[name];
  return wanted === found?.['tag']
    ? []
    : [`image has tag ${found?.['tag']}, versions.env says ${wanted}`];
}

function hardeningFaults(name: string, service: ComposeService): string[] {
  const wanted: readonly (readonly [string, boolean])[] = [
    ['read_only', service.read_only === true],
    ['cap_drop ALL', service.cap_drop?.includes('ALL') === true],
    ['no-new-privileges', service.security_opt?.includes('no-new-privileges:true') === true],
    ['mem_limit', service.mem_limit !== undefined],
    // It changes the owner of fresh volumes, which only root can.
    ['a user that is not root', name === 'init-volumes' || /^[1-9]/u.test(service.user ?? '')],
  ];
  return wanted.flatMap(([what, holds]) => (holds ? [] : [`lacks ${what}`]));
}

const portFaults = ({ ports = [] }: ComposeService): string[] =>
  ports
    .filter((port) => !port.startsWith('127.0.0.1:'))
    .map((port) => `publishes ${port} beyond loopback`);

function volumeFaults(
  { volumes = [] }: ComposeService,
  file: ComposeFile,
  { fileExists }: Surroundings,
): string[] {
  return volumes.flatMap((volume) => {
    const [source = '', , mode] = volume.split(':');
    if (!source.startsWith('.')) {
      return source in (file.volumes ?? {}) ? [] : [`volume ${source} is not declared`];
    }
    return [
      ...(fileExists(source) ? [] : [`mounts ${source}, which is not there`]),
      ...(mode === 'ro' ? [] : [`mounts ${source} writable`]),
    ];
  });
}

function referenceFaults(service: ComposeService, file: ComposeFile): string[] {
  const { networks = [] } = service;
  const joined = Array.isArray(networks) ? (networks as string[]) : Object.keys(networks);
  const dependencies = Object.entries(service.depends_on ?? {}).flatMap(([name, { condition }]) => {
    const other = file.services[name];
    if (other === undefined) return [`waits for ${name}, which is no service`];
    return condition === 'service_healthy' && other.healthcheck === undefined
      ? [`waits for the health of ${name}, which has no check`]
      : [];
  });
  return [
    ...dependencies,
    ...joined
      .filter((name) => !(name in (file.networks ?? {})))
      .map((name) => `network ${name} is not declared`),
    ...(service.secrets ?? [])
      .filter((name) => !(name in (file.secrets ?? {})))
      .map((name) => `secret ${name} is not declared`),
  ];
}

const SECRET_NAME = /password|secret|token|api_?key/iu;

/** A secret comes from a file; its name may stand in the environment, its value never. */
const secretFaults = ({ environment = {} }: ComposeService): string[] =>
  Object.entries(environment)
    .filter(([name, value]) => SECRET_NAME.test(name) && !value.startsWith('/run/secrets/'))
    .map(([name]) => `${name} holds a secret in the open`);
