// `npm run chart`: copies what the chart holds of other folders, and renders its examples.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { chartFiles } from './copied-files.ts';
import {
  asExample,
  exampleFile,
  featureNames,
  inputHashes,
  kubernetesTool,
  renderFeature,
} from './examples.ts';
import { CHART } from './places.ts';

rmSync(join(CHART, 'files'), { recursive: true, force: true });
const files = chartFiles();
for (const [name, text] of Object.entries(files)) write(join(CHART, 'files', name), text);
process.stdout.write(`${Object.keys(files).length} files in the chart\n`);

const helm = kubernetesTool('helm');
if (helm === undefined) {
  process.stderr.write(
    'SKIPPED: the examples of the chart: Helm is not built; run "npm run tools:kubernetes" (it needs Go)\n',
  );
} else {
  rmSync(join(CHART, 'examples'), { recursive: true, force: true });
  for (const feature of featureNames()) {
    write(exampleFile(feature), asExample(renderFeature(helm, feature)));
  }
  write(join(CHART, 'examples/inputs.sha256'), inputHashes());
  process.stdout.write(`${featureNames().length} examples rendered\n`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
