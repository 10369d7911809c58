import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { type Plugin, rolldown } from 'rolldown';

import { type Entry, type Manifest, sourceOf } from './manifest.ts';

interface BundleOptions {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly entries: readonly Entry[];
  readonly output: string;
}

const BUILTINS = new Set(builtinModules);

/**
 * Bundles each entry by itself, so that loading one reads one file; what is imported with
 * `import()` becomes a chunk that is read when it is needed. Returns the paths of all modules inside.
 */
export async function bundle(options: BundleOptions): Promise<ReadonlySet<string>> {
  const modules = new Set<string>();
  for (const entry of options.entries) {
    for (const module of await bundleEntry(entry, options)) modules.add(module);
  }
  return modules;
}

async function bundleEntry(
  { source, target }: Entry,
  { folder, manifest, output }: BundleOptions,
): Promise<readonly string[]> {
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const isOutside = (id: string): boolean =>
    id.startsWith('node:') ||
    id.startsWith('#') ||
    BUILTINS.has(id) ||
    id === manifest.name ||
    dependencies.some((name) => id === name || id.startsWith(`${name}/`));
  const build = await rolldown({
    input: { [target]: join(folder, 'dist/esm', `${source}.js`) },
    platform: 'node',
    // `#` of our own; packages inside have theirs, which name files of their own.
    external: (id, importer) =>
      isOutside(id) && !(id.startsWith('#') && importer?.includes('node_modules') === true),
    plugins: [anyOtelApi(), grpcInside(), oneCopy(folder), ownModules(folder)],
    logLevel: 'warn',
  });
  const { output: chunks } = await build.write({
    dir: output,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].js',
    chunkFileNames: `${target.replaceAll('/', '-')}-[name].js`,
    // Names stay for stacks and profiles; a file without blanks and comments loads faster.
    minify: {
      compress: false,
      mangle: { toplevel: false, keepNames: true },
      codegen: { removeWhitespace: true },
    },
  });
  await build.close();
  return chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}

/**
 * The copy of `@opentelemetry/api` inside works with whatever is registered in the process. As
 * published it ignores what an older copy registered, because it might miss functions there; our
 * code uses none that came after 1.9.
 */
function anyOtelApi(): Plugin {
  return {
    name: 'any-otel-api',
    transform: {
      filter: { id: /@opentelemetry[\\/]api[\\/].*semver\.m?js$/u },
      handler: () => ({
        code: 'export const isCompatible = (version) => /^1\\./.test(version);',
        map: null,
      }),
    },
  };
}

/**
 * Upstream's gRPC exporters require gRPC when they first send, by a call that a bundler does not see.
 * It would be looked for where it is installed, which is nowhere, and must be the copy inside.
 */
function grpcInside(): Plugin {
  const call = '__require("@grpc/grpc-js")';
  return {
    name: 'grpc-inside',
    transform: {
      filter: { id: /otlp-grpc-exporter-base[\\/].*\.m?js$/u, code: call },
      handler: (code) => ({
        code: `import * as grpcInside from '@grpc/grpc-js';\n${code.replaceAll(call, 'grpcInside')}`,
        map: null,
      }),
    },
  };
}

/** Packages inside may ask for older copies of these by their ranges; ours serves them as well. */
const SHARED = ['@opentelemetry/api', '@opentelemetry/instrumentation'];

function oneCopy(folder: string): Plugin {
  const root = join(folder, 'package.json');
  return {
    name: 'one-copy',
    resolveId: {
      filter: { id: new RegExp(`^(?:${SHARED.join('|')})$`, 'u') },
      handler(id, importer) {
        return importer === root ? undefined : this.resolve(id, root, { skipSelf: true });
      },
    },
  };
}

/** Our other packages as `tsc -b` made them: what they publish holds copies of everything again. */
function ownModules(folder: string): Plugin {
  const resolve = createRequire(join(folder, 'package.json'));
  return {
    name: 'own-modules',
    resolveId: {
      filter: { id: /^@telltale\//u },
      handler: (id) => {
        const [scope = '', short = '', ...rest] = id.split('/');
        const path = resolve.resolve(`${scope}/${short}/package.json`);
        const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
        const source = sourceOf(manifest, rest.length === 0 ? '.' : `./${rest.join('/')}`);
        // Packages that are never published have one build only.
        const built = ['dist/esm', 'dist'].map((out) => join(dirname(path), out, `${source}.js`));
        return realpathSync(built.find((file) => existsSync(file)) ?? built[0] ?? '');
      },
    },
  };
}
