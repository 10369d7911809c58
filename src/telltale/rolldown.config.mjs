/**
 * The CommonJS entry as one file with our own packages in it: loading a hundred small files costs
 * an application about 20 ms. Everything of others stays outside, so that npm keeps one copy of it.
 */
export default {
  input: 'dist/esm/index.js',
  platform: 'node',
  external: (id) => !/^(?:[./]|@telltale\/)/u.test(id),
  output: { file: 'dist/cjs/index.js', format: 'cjs' },
  logLevel: 'warn',
};
