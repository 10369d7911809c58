import { INFERENCES } from '../support/inference-apps.ts';
import type { Installed } from './install.ts';
import { MAIN_NODE, NODE_VERSIONS, ORT_VERSION } from './versions.ts';

const SITUATIONS = ['alone', 'auto before', 'auto after', 'own NodeSDK later'] as const;
const FLAGS = ['--require', '--import'] as const;
const KINDS = ['cjs', 'mjs'] as const;

type Situation = (typeof SITUATIONS)[number];
type AppKind = (typeof KINDS)[number];

/** One process of the matrix. */
export interface Cell {
  readonly node: string;
  readonly flag: (typeof FLAGS)[number];
  readonly kind: AppKind;
  readonly situation: Situation;
  /** What runs the model. */
  readonly runtime: string;
  readonly app: 'infer' | 'transformers' | 'worker';
  readonly folder: string;
  /** How many runs the application makes. */
  readonly inferences: number;
  /** How many calls of a pipeline it makes. */
  readonly pipelines: number;
}

/** Every order of flags on every Node.js, then every runtime on one Node.js. */
export function allCells(installed: Installed): readonly Cell[] {
  const runtime = `onnxruntime-node ${ORT_VERSION}`;
  const orders = NODE_VERSIONS.flatMap((node) =>
    FLAGS.flatMap((flag) =>
      KINDS.flatMap((kind) =>
        SITUATIONS.map(
          (situation): Cell => ({
            node,
            flag,
            kind,
            situation,
            runtime,
            app: 'infer',
            folder: installed.base,
            inferences: INFERENCES,
            pipelines: 0,
          }),
        ),
      ),
    ),
  );
  return [...orders, ...runtimeCells(installed)];
}

function runtimeCells(installed: Installed): readonly Cell[] {
  const old = [...installed.oldRuntimes].map(([version, folder]) => ({
    runtime: `onnxruntime-node ${version}`,
    app: 'infer' as const,
    folder,
    inferences: INFERENCES,
    pipelines: 0,
  }));
  const rows = [
    ...old,
    {
      runtime: '@huggingface/transformers',
      app: 'transformers' as const,
      folder: installed.transformers,
      // Its pipeline picks the best labels with a second model: two runs a call.
      inferences: 2 * INFERENCES,
      pipelines: INFERENCES,
    },
    {
      runtime: 'a worker thread',
      app: 'worker' as const,
      folder: installed.base,
      inferences: INFERENCES,
      pipelines: 0,
    },
  ];
  return rows.flatMap((row) =>
    FLAGS.flatMap((flag) =>
      KINDS.map((kind): Cell => ({ node: MAIN_NODE, flag, kind, situation: 'alone', ...row })),
    ),
  );
}

export const nameOf = ({ node, flag, kind, situation, runtime }: Cell): string =>
  `Node.js ${node}  ${flag}  ${kind === 'cjs' ? 'CommonJS' : 'ESM'}  ${situation}  ${runtime}`;
