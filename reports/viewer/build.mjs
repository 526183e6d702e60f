// Bundles the page's script and style into dist/, from where they are embedded as resources.
import { build } from 'esbuild';

await build({
  entryPoints: { viewer: 'src/main.ts' },
  bundle: true,
  minify: true,
  // d3-flame-graph tells its own nodes from data by the name of their class.
  keepNames: true,
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  outdir: 'dist',
  charset: 'ascii',
  legalComments: 'eof',
  logLevel: 'warning',
});
