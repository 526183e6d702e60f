// Writes report pages with the built command and opens them in Debian's chromium.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');
const command = join(root, 'out/memtools/memtools');
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const pictures = join(root, 'artifacts/test-results/browser');

/** The samples of real engines with the truth about them; null where they are not at hand. */
export const corpus = [process.env.MEMTOOLS_SHARED, join(root, '../shared')].filter(Boolean).map((folder) => join(folder, 'corpus')).find((folder) => existsSync(folder)) ?? null;

/** Why the tests cannot run here; null when they can. */
export function missing() {
  if (!existsSync(browserPath)) return `there is no ${browserPath}: install the package chromium`;
  if (!existsSync(command)) return 'there is no out/memtools/memtools: run ./build.sh build';
  return null;
}

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export class Bench {
  static async start() {
    const bench = new Bench();
    bench.folder = mkdtempSync(join(tmpdir(), 'memtools-browser-'));
    mkdirSync(pictures, { recursive: true });
    bench.browser = await chromium.launch({ executablePath: browserPath, args: flags });
    return bench;
  }

  async stop() {
    await this.browser?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes collapsed stacks and returns the file's path. */
  write(name, stacks) {
    const path = join(this.folder, `${name}.collapsed`);
    writeFileSync(path, stacks.join('\n') + '\n');
    return path;
  }

  /** The page of collapsed stacks. */
  report(name, stacks, ...options) {
    return this.page(name, ['report', ...options, this.write(name, stacks)]);
  }

  /** Runs `memtools` with `--format html` and returns the page's path; leaks that were found (1) are no failure here. */
  page(name, words) {
    const output = join(this.folder, `${name}.html`);
    const run = spawnSync(command, [words[0], '--format', 'html', ...words.slice(1)], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status > 1) throw new Error(`memtools ${words.join(' ')} ended with ${run.status}: ${run.stderr}`);
    writeFileSync(output, run.stdout);
    return output;
  }

  /** Opens a page and collects everything that must not happen: errors, refused content, requests. */
  async open(path, options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1400, height: 1000 }, offline: true, ...options });
    const page = await context.newPage();
    const faults = [];
    await page.exposeFunction('fault', (text) => faults.push(text));
    await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => window.fault(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
    page.on('request', (request) => request.url().startsWith('file:') || request.url().startsWith('data:') || request.url().startsWith('blob:') || faults.push(`request: ${request.url()}`));
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`file://${path}`);
    await page.waitForFunction(() => document.body.dataset.ready !== undefined);
    return { page, faults, close: () => context.close() };
  }
}
