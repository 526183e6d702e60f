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

  /** Runs `memtools report` on collapsed stacks and returns the page's path. */
  report(name, stacks, ...options) {
    const input = join(this.folder, `${name}.collapsed`);
    const output = join(this.folder, `${name}.html`);
    writeFileSync(input, stacks.join('\n') + '\n');
    const run = spawnSync(command, ['report', '--format', 'html', '--output', output, ...options, input], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`memtools report ended with ${run.status}: ${run.stderr}`);
    return output;
  }

  /** Opens a page and collects everything that must not happen: errors, refused content, requests. */
  async open(path, options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1400, height: 1000 }, offline: true, ...options });
    const page = await context.newPage();
    const faults = [];
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
