// The page of the Html view, as a person uses it. Values are those of the stacks written here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { Bench, missing, pictures } from './page.mjs';

const reason = missing();
const stacks = ['main;load;parse 50', 'main;load 100', 'main;walk 40', 'main;parse;helper 10'];
const hostile = '<img src=x onerror=alert(1)>"\'</script><script>alert(2)</script>';

describe('the report page', { skip: reason ?? false }, () => {
  /** @type {Bench} */
  let bench;
  before(async () => {
    bench = await Bench.start();
  });
  after(() => bench.stop());

  const frames = (page) => page.locator('#flame g.frame');
  const rows = (page) => page.locator('#rows .row');
  const names = (page) => frames(page).evaluateAll((all) => all.map((frame) => frame.getAttribute('name')));

  test('shows frames as wide as their values', async () => {
    const { page, faults, close } = await bench.open(bench.report('small', stacks));
    const widths = Object.fromEntries(await frames(page).evaluateAll((all) => all.map((frame) => [frame.querySelector('title').textContent, Number(frame.getAttribute('width'))])));
    const whole = widths['all: 200'];
    assert.ok(whole > 1000);
    const of = (label) => widths[Object.keys(widths).find((key) => key.startsWith(label))] / whole;
    assert.ok(Math.abs(of('load') - 0.75) < 0.01, `load is ${of('load')}`);
    assert.ok(Math.abs(of('walk') - 0.2) < 0.01, `walk is ${of('walk')}`);
    assert.deepEqual(faults, []);
    await page.screenshot({ path: join(pictures, 'small-light.png'), fullPage: true });
    await close();
  });

  test('draws in the dark', async () => {
    const { page, faults, close } = await bench.open(bench.report('dark', stacks), { colorScheme: 'dark' });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = ground.match(/\d+/g).slice(0, 3).map(Number).reduce((sum, value) => sum + value) / 3;
    assert.ok(light < 60, ground);
    assert.deepEqual(faults, []);
    await page.screenshot({ path: join(pictures, 'small-dark.png'), fullPage: true });
    await close();
  });

  test('lists the stacks, largest first, and sorts by name', async () => {
    const { page, close } = await bench.open(bench.report('table', stacks));
    const first = () => rows(page).evaluateAll((all) => all.map((row) => [row.children[0].textContent, row.children[2].textContent]));
    assert.deepEqual(await first(), [['100', 'load'], ['50', 'parse'], ['40', 'walk'], ['10', 'helper']]);
    await page.getByRole('button', { name: 'Function' }).click();
    assert.deepEqual((await first()).map((row) => row[1]), ['helper', 'load', 'parse', 'walk']);
    await rows(page).first().click();
    assert.deepEqual(await page.locator('#stack li b').allTextContents(), ['helper', 'parse', 'main']);
    await close();
  });

  test('finds frames and says what they hold', async () => {
    const { page, close } = await bench.open(bench.report('search', stacks));
    await page.keyboard.press('/');
    await page.keyboard.type('pars');
    await page.waitForFunction(() => document.getElementById('found').textContent !== '');
    assert.equal(await page.locator('#found').textContent(), '2 stacks, 60 (30.00%)');
    assert.equal(await page.locator('#flame g.found').count(), 2);
    await page.locator('#search').fill('/(/');
    await page.waitForFunction(() => document.getElementById('search').getAttribute('aria-invalid') === 'true');
    await close();
  });

  test('zooms by click and by keyboard, and goes back', async () => {
    const { page, close } = await bench.open(bench.report('zoom', stacks));
    await page.locator('#flame g.frame[name="load"]').first().click();
    assert.deepEqual((await names(page)).sort(), ['all', 'load', 'main', 'parse']);
    await page.locator('#flame').focus();
    await page.keyboard.press('Escape');
    assert.ok((await names(page)).includes('walk'));
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight']) await page.keyboard.press(key);
    assert.match(await page.locator('#details').textContent(), /^walk.*: 40 \(20\.00%\)$/);
    await page.keyboard.press('Enter');
    assert.deepEqual((await names(page)).sort(), ['all', 'main', 'walk']);
    await close();
  });

  test('turns over: icicles, and from the allocation', async () => {
    const { page, close } = await bench.open(bench.report('turn', stacks));
    const top = (name) => page.locator(`#flame g.frame[name="${name}"]`).first().evaluate((frame) => frame.getBoundingClientRect().top);
    assert.ok((await top('all')) > (await top('load')));
    await page.locator('#shape').selectOption('icicle');
    assert.ok((await top('all')) < (await top('load')));
    await page.locator('#direction').selectOption('callees');
    const share = await page.locator('#flame g.frame[name="parse"] title').first().textContent();
    assert.match(share, /: 50 \(25\.00%\)$/);
    await close();
  });

  test('colours a comparison and explains the colours', async () => {
    const before = bench.report('before', ['main;load 100', 'main;walk 40']);
    const page0 = bench.report('diff', ['main;load 130', 'main;walk 10'], '--base', before.replace('.html', '.collapsed'));
    const { page, faults, close } = await bench.open(page0);
    assert.ok(await page.locator('#legend').isVisible());
    const hue = (name) => page.locator(`#flame g.frame[name="${name}"] rect`).first().getAttribute('fill');
    assert.match(await hue('load'), /^hsl\(8 /);
    assert.match(await hue('walk'), /^hsl\(215 /);
    assert.deepEqual(faults, []);
    await page.screenshot({ path: join(pictures, 'diff-light.png'), fullPage: true });
    await close();
  });

  test('shows hostile names as text', async () => {
    const name = hostile.replaceAll(';', ':');
    const { page, faults, close } = await bench.open(bench.report('hostile', [`main;${name} 10`], '--title', hostile));
    assert.equal(await page.locator('h1').textContent(), hostile);
    assert.equal(await page.locator('img').count(), 0);
    await rows(page).first().click();
    assert.equal(await page.locator('#stack li b').first().textContent(), name);
    assert.deepEqual(faults, []);
    await close();
  });

  test('stays usable with 100,000 stacks', async () => {
    const many = Array.from({ length: 100000 }, (_, stack) => `main;${Array.from({ length: 20 }, (_, depth) => `f${(stack * 7 + depth * depth * 13) % 5000}`).join(';')};leaf${stack} ${1 + (stack % 97)}`);
    const { page, faults, close } = await bench.open(bench.report('many', many));
    assert.equal(await page.locator('#scroller').getAttribute('aria-rowcount'), '100000');
    assert.ok((await rows(page).count()) < 100, 'only the rows in sight are in the document');
    assert.ok((await frames(page).count()) < 20000, 'only the frames that can be seen are in the document');
    await page.locator('#scroller').evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight));
    await page.waitForFunction(() => document.querySelector('#rows .row:last-child')?.getAttribute('aria-rowindex') === '100000');
    await page.locator('#search').fill('f4999');
    await page.waitForFunction(() => /stacks/.test(document.getElementById('found').textContent));
    assert.deepEqual(faults, []);
    await close();
  });
});
