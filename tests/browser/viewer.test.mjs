// The page of the Html view, as a person uses it. Values are those of the stacks written here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, corpus, missing, pictures } from './page.mjs';

const stacks = ['main;load;parse 50', 'main;load 100', 'main;walk 40', 'main;parse;helper 10'];
const hostile = '<img src=x onerror=alert(1)>"\'</script><script>alert(2)</script>{{data}}&lt;\u202egnp.exe';

describe('the report page', { skip: missing() ?? false }, () => {
  /** @type {Bench} */
  let bench;
  before(async () => {
    bench = await Bench.start();
  });
  after(() => bench.stop());

  const frames = (page) => page.locator('#flame g.frame');
  const frame = (page, name) => page.locator(`#flame g.frame[name="${name}"]`).first();
  const rows = (page) => page.locator('#rows .row');
  const names = async (page) => (await frames(page).evaluateAll((all) => all.map((one) => one.getAttribute('name')))).sort();
  const column = (page, name) => rows(page).evaluateAll((all, cell) => all.map((row) => row.querySelector(cell).textContent), `.${name}`);
  const found = async (page, text) => {
    await page.locator('#search').fill(text);
    await page.locator('#search').press('Enter'); // at once, not after the pause of typing
    return page.locator('#found').textContent();
  };
  const details = (page) => page.locator('#details').innerText();

  test('shows frames as wide as their values', async () => {
    const { page, faults, close } = await bench.open(bench.report('small', stacks));
    const widths = Object.fromEntries(await frames(page).evaluateAll((all) => all.map((one) => [one.getAttribute('aria-label'), Number(one.getAttribute('width'))])));
    const whole = widths['all: 200 (100%)'];
    assert.ok(whole > 1000);
    for (const [label, share] of [['load: 150 (75.0%)', 0.75], ['walk: 40 (20.0%)', 0.2], ['parse: 50 (25.0%)', 0.25], ['helper: 10 (5.00%)', 0.05]])
      assert.ok(Math.abs(widths[label] / whole - share) < 0.005, `${label} is ${widths[label] / whole}`);
    assert.deepEqual(faults, []);
    await page.screenshot({ path: join(pictures, 'small-light.png'), fullPage: true });
    await close();
  });

  test('lists the stacks, largest first, and sorts by each column both ways', async () => {
    const { page, close } = await bench.open(bench.report('table', stacks));
    assert.deepEqual(await column(page, 'value b'), ['100', '50', '40', '10']);
    assert.deepEqual(await column(page, 'value i'), ['50.0%', '25.0%', '20.0%', '5.00%']);
    assert.deepEqual(await column(page, 'name'), ['load', 'parse', 'walk', 'helper']);
    await page.getByRole('button', { name: 'Function' }).click();
    assert.deepEqual(await column(page, 'name'), ['helper', 'load', 'parse', 'walk']);
    await page.getByRole('button', { name: 'Function' }).click();
    assert.deepEqual(await column(page, 'name'), ['walk', 'parse', 'load', 'helper']);
    assert.equal(await page.locator('[data-column=name]').getAttribute('aria-sort'), 'descending');
    await rows(page).last().click();
    assert.deepEqual(await page.locator('#stack li b').allTextContents(), ['helper', 'parse', 'main']);
    await close();
  });

  test('finds frames and says what they hold, the stack counted once', async () => {
    const { page, close } = await bench.open(bench.report('search', stacks));
    await page.keyboard.press('/');
    await page.keyboard.type('pars');
    await page.waitForFunction(() => document.getElementById('found').textContent !== '');
    assert.equal(await page.locator('#found').textContent(), '2 of 4 stacks, 60 (30.0%)');
    assert.equal(await page.locator('#flame g.found').count(), 2);
    assert.deepEqual(await column(page, 'name'), ['parse', 'helper']);
    await page.keyboard.press('Enter');
    assert.match(await details(page), /^parse\n10 \(5\.00%\)/, 'from the root out');
    await page.keyboard.press('Enter');
    assert.match(await details(page), /^parse\n50 \(25\.0%\)/);
    await page.keyboard.press('Shift+Enter');
    assert.match(await details(page), /^parse\n10 \(5\.00%\)/);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#found').textContent(), '');
    assert.equal(await rows(page).count(), 4);
    assert.equal(await found(page, '/^(load|walk)$/'), '3 of 4 stacks, 190 (95.0%)');
    assert.equal(await found(page, 'no such thing'), '0 of 4 stacks, 0 (0%)');
    await page.locator('#search').fill('/(/');
    await page.waitForFunction(() => document.getElementById('search').getAttribute('aria-invalid') === 'true');
    await close();
  });

  test('zooms by click, lists the stacks through the frame, and goes back', async () => {
    const { page, close } = await bench.open(bench.report('zoom', stacks));
    await frame(page, 'load').click();
    assert.deepEqual(await names(page), ['all', 'load', 'main', 'parse']);
    assert.deepEqual(await column(page, 'value b'), ['100', '50']);
    assert.equal(await page.locator('#table-words').textContent(), '2 of 4 stacks through load');
    assert.match(await details(page), /^load\n150 \(75\.0%\), itself 100, 2 stacks$/);
    await page.getByRole('button', { name: 'Show all' }).click();
    assert.ok((await names(page)).includes('walk'));
    assert.equal(await rows(page).count(), 4);
    await rows(page).last().click();
    await page.getByRole('button', { name: 'Show in flame graph' }).click();
    assert.deepEqual(await names(page), ['all', 'helper', 'main', 'parse']);
    await close();
  });

  test('works without a mouse', async () => {
    const { page, faults, close } = await bench.open(bench.report('keys', stacks));
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    const order = [];
    for (let press = 0; press < 20 && order.at(-1) !== 'table'; press++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    for (const part of ['theme', 'search', 'flame', 'table']) assert.ok(order.includes(part), `${part} is reached by Tab: ${order}`);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await page.locator('#stack li b').allTextContents(), ['parse', 'load', 'main']);
    assert.equal(await page.locator('#table').getAttribute('aria-activedescendant'), await page.locator('.row.selected').getAttribute('id'));
    await page.keyboard.press('End');
    assert.equal(await page.locator('#stack li b').first().textContent(), 'helper');

    await page.locator('#flame').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    assert.match(await details(page), /^walk\n40 \(20\.0%\)/);
    const active = await page.locator('#flame').getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`#${active}`).getAttribute('aria-label'), 'walk: 40 (20.0%)');
    await page.keyboard.press('Enter');
    assert.deepEqual(await names(page), ['all', 'main', 'walk']);
    await page.keyboard.press('Backspace');
    assert.deepEqual(await names(page), ['all', 'helper', 'load', 'main', 'parse', 'parse', 'walk']);
    await page.keyboard.press('Escape');
    assert.match(await details(page), /^all\n200/);

    await page.keyboard.press('?');
    assert.ok(await page.getByRole('dialog', { name: 'Keys' }).isVisible());
    await page.keyboard.press('Escape');
    assert.ok(!(await page.getByRole('dialog').isVisible()));
    assert.deepEqual(faults, []);
    await close();
  });

  test('turns over: flames and icicles, from main and from the allocation', async () => {
    const { page, close } = await bench.open(bench.report('turn', stacks));
    const top = (name) => frame(page, name).evaluate((one) => one.getBoundingClientRect().top);
    assert.ok((await top('all')) < (await top('load')));
    await page.getByRole('radio', { name: 'flame' }).check();
    assert.ok((await top('all')) > (await top('load')));
    await page.getByRole('radio', { name: 'allocation first' }).check();
    assert.deepEqual(await names(page), ['all', 'helper', 'load', 'load', 'main', 'main', 'main', 'main', 'parse', 'parse', 'walk']);
    assert.equal(await frame(page, 'parse').getAttribute('aria-label'), 'parse: 50 (25.0%)');
    await frame(page, 'load').click();
    assert.deepEqual(await column(page, 'value b'), ['100']);
    await close();
  });

  test('has one frame for a function that calls from several lines, and says which', async () => {
    const leak = (bytes, frames) => `Direct leak of ${bytes} byte(s) in 1 object(s) allocated from:\n${frames.map((one, at) => `    #${at} 0x${at + 1} in ${one}\n`).join('')}\n`;
    const log = bench.write('lines', [
      '==7==ERROR: LeakSanitizer: detected memory leaks\n',
      leak(60, ['first /src/a.c:3', 'serve /src/a.c:20', 'main /src/a.c:30']) + leak(30, ['second /src/a.c:5', 'serve /src/a.c:21', 'main /src/a.c:30']),
      'SUMMARY: LeakSanitizer: 90 byte(s) leaked in 2 allocation(s).',
    ]);
    const { page, faults, close } = await bench.open(bench.page('lines', ['leaks', log]));
    assert.deepEqual(await names(page), ['all', 'first', 'main', 'second', 'serve']);
    assert.equal(await frame(page, 'serve').getAttribute('aria-label'), 'serve: 90 B (100%)');
    await frame(page, 'serve').click();
    assert.match(await details(page), /\/src\/a\.c:20, 21/);
    await rows(page).last().click();
    await page.getByRole('button', { name: 'Show in flame graph' }).click();
    assert.match(await details(page), /^second\n\/src\/a\.c:5/);
    assert.equal(await found(page, 'a.c'), '2 of 2 stacks, 90 B (100%)');
    assert.equal(await page.locator('#flame g.found').count(), 3);
    assert.deepEqual(faults, []);
    await close();
  });

  test('colours a comparison and explains the colours', async () => {
    const before = bench.write('before', ['main;load 100', 'main;walk 40', 'main;same 7']);
    const { page, faults, close } = await bench.open(bench.report('diff', ['main;load 130', 'main;walk 10', 'main;same 7', 'main;new 5'], '--base', before));
    assert.match(await page.locator('#legend').innerText(), /shrank\s+grew/);
    const hue = (name) => frame(page, name).locator('rect').getAttribute('fill');
    assert.match(await hue('load'), /^hsl\(10 /);
    assert.match(await hue('walk'), /^hsl\(212 /);
    assert.deepEqual(await column(page, 'value b'), ['+30', '\u221230', '+5']);
    assert.deepEqual(await page.locator('.tile b').allTextContents(), ['+5', '+35', '\u221230', '3']);
    assert.equal(await found(page, 'walk'), '1 of 3 stacks, \u221230 (46.2%)');
    assert.deepEqual(faults, []);
    await page.screenshot({ path: join(pictures, 'diff-light.png'), fullPage: true });
    await close();
  });

  test('has room for the longest numbers', async () => {
    const heap = (name, bytes) => {
      const path = join(bench.folder, name);
      writeFileSync(path, `heap profile: 2: ${bytes} [ 2: ${bytes}] @ heapprofile\n 1: ${bytes - 1} [ 1: ${bytes - 1}] @ 0x1000\n 1: 1 [ 1: 1] @ 0x2000\n`);
      return path;
    };
    const less = heap('less.heap', 1024);
    const more = heap('more.heap', 1_073_731_338);
    for (const words of [[more], ['--base', less, more], ['--base', more, less]]) {
      const { page, faults, close } = await bench.open(bench.page('numbers', ['report', ...words]));
      const cut = await page.locator('.row .value, .row .objects').evaluateAll((all) => all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => `${cell.textContent} ${cell.scrollWidth} > ${cell.clientWidth} ${[...cell.children].map((part) => part.scrollWidth)}`));
      assert.deepEqual(cut, [], words.join(' '));
      assert.deepEqual(faults, []);
      await close();
    }
  });

  test('draws the heap over time', async () => {
    const dumps = [40, 90, 60].map((value, index) => bench.write(`series-${index}`, [`main;load ${value}`]));
    const { page, faults, close } = await bench.open(bench.page('series', ['report', '--series', ...dumps]));
    const heights = await page.locator('#chart .bar rect:not(.hit)').evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))));
    assert.equal(heights.length, 3);
    assert.ok(Math.abs(heights[0] / heights[1] - 40 / 90) < 0.01);
    await page.getByText('Numbers').click();
    assert.deepEqual(await page.locator('#series-rows td').allTextContents(), ['40', '', '90', '+50', '60', '\u221230']);
    assert.deepEqual(await column(page, 'value b'), ['60']);
    assert.deepEqual(faults, []);
    await close();
  });

  test('is readable in light and in dark, by the system or by choice', async () => {
    const path = bench.report('colours', stacks);
    for (const scheme of ['light', 'dark']) {
      const { page, faults, close } = await bench.open(path, { colorScheme: scheme });
      const check = async (dark) => {
        const light = (text) => text.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
        const contrast = (one, other) => (Math.max(light(one), light(other)) + 0.05) / (Math.min(light(one), light(other)) + 0.05);
        const colours = await page.evaluate(() => {
          const of = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
          return {
            ground: of('body', 'backgroundColor'),
            texts: ['body', '.tile span', '#facts dt', '#kind', '.row .value i', '#stack li', '#details .amount'].map((selector) => [selector, of(selector, 'color')]),
            frames: [...document.querySelectorAll('#flame g.frame')].map((one) => [getComputedStyle(one.querySelector('div')).color, getComputedStyle(one.querySelector('rect')).fill]),
          };
        });
        assert.equal(light(colours.ground) < 0.05, dark, colours.ground);
        for (const [selector, colour] of colours.texts) assert.ok(contrast(colour, colours.ground) >= 4.5, `${selector}: ${colour} on ${colours.ground}`);
        for (const [text, fill] of colours.frames) assert.ok(contrast(text, fill) >= 4.5, `${text} on ${fill}`);
      };
      await check(scheme === 'dark');
      await page.screenshot({ path: join(pictures, `colours-${scheme}.png`), fullPage: true });
      await page.locator('#theme').click();
      await check(scheme === 'light');
      assert.deepEqual(faults, []);
      await close();
    }
  });

  test('fits a narrow screen', async () => {
    const long = `very::${'long<'.repeat(60)}int${'>'.repeat(60)}`;
    const { page, close } = await bench.open(bench.report('narrow', [...stacks, `main;${long} 30`], '--title', 'x'.repeat(300)), { viewport: { width: 400, height: 800 } });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400, 'nothing sticks out to the right');
    await page.screenshot({ path: join(pictures, 'narrow.png'), fullPage: true });
    await close();
  });

  test('shows hostile names as text', async () => {
    const name = hostile.replaceAll(';', ':');
    const { page, faults, close } = await bench.open(bench.report('hostile', [`main;${name} 10`, 'main;__proto__ 5', 'main;constructor 4'], '--title', hostile));
    assert.equal(await page.locator('h1').textContent(), hostile);
    assert.equal(await page.title(), hostile);
    assert.equal(await page.locator('img').count(), 0);
    await rows(page).first().click();
    assert.equal(await page.locator('#stack li b').first().textContent(), name);
    await frame(page, 'main').hover();
    await page.locator('#flame g.frame').nth(2).hover();
    assert.ok((await page.locator('.tooltip').textContent()).startsWith(name));
    assert.equal(await found(page, '<img src=x'), '1 of 3 stacks, 10 (52.6%)');
    assert.equal(await found(page, '__proto__'), '1 of 3 stacks, 5 (26.3%)');
    assert.deepEqual(faults, []);
    await close();
  });

  test('lets no foreign script run and nothing be fetched', async () => {
    const { page, faults, close } = await bench.open(bench.report('policy', stacks));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      document.body.append(Object.assign(document.createElement('img'), { src: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' }));
    });
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.ok(faults.some((fault) => fault.startsWith('policy: script-src')) && faults.some((fault) => fault.startsWith('policy: img-src')), faults.join('\n'));
    await close();
  });

  test('says so when there is nothing', async () => {
    const { page, faults, close } = await bench.open(bench.report('nothing', stacks, '--focus', 'not there'));
    assert.match(await page.locator('#empty').textContent(), /holds no stacks/);
    assert.ok(!(await page.locator('#flame').isVisible()));
    assert.deepEqual(faults, []);
    await close();
  });

  test('shows the leaks of a real run as they were planted', { skip: corpus ? false : 'there is no corpus at ../shared/corpus; MEMTOOLS_SHARED names another folder' }, async () => {
    const truth = JSON.parse(readFileSync(join(corpus, 'lsan/many/expected.json'), 'utf8'));
    const { page, faults, close } = await bench.open(bench.page('leaks', ['leaks', join(corpus, 'lsan/many/stderr.txt')]), { viewport: { width: 1400, height: 3000 } });
    assert.equal(await page.locator('#verdict strong').textContent(), 'Leaks');
    assert.equal(await page.locator('.tile').first().getAttribute('title'), `${truth.lost_bytes.toLocaleString('en')} bytes`);
    const sites = truth.sites.toSorted((a, b) => b.bytes - a.bytes);
    const shown = await rows(page).evaluateAll((all) => all.map((row) => ({
      bytes: Number(row.querySelector('.value').title.replace(/\D/g, '')), objects: Number(row.querySelector('.objects').textContent),
      function: row.querySelector('.name').textContent, place: row.querySelector('.place').textContent,
    })));
    assert.deepEqual(shown, sites.map((site) => ({ bytes: site.bytes, objects: site.objects, function: site.function, place: `${site.file}:${site.line}` })));
    assert.deepEqual(faults, []);
    await close();
  });

  test('stays usable with 100,000 stacks', async () => {
    const many = Array.from({ length: 100000 }, (_, stack) => `main;${Array.from({ length: 20 }, (_, depth) => `f${(stack * 7 + depth * depth * 13) % 5000}`).join(';')};leaf${stack} ${1 + (stack % 97)}`);
    const { page, faults, close } = await bench.open(bench.report('many', many));
    assert.equal(await page.locator('#table').getAttribute('aria-rowcount'), '100001');
    assert.ok((await rows(page).count()) < 100, 'only the rows in sight are in the document');
    assert.ok((await frames(page).count()) < 20000, 'only the frames that can be seen are in the document');
    await page.locator('#scroller').evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight));
    await page.waitForFunction(() => document.querySelector('#rows .row:last-child')?.getAttribute('aria-rowindex') === '100001');
    const holders = many.filter((line) => /;f4999[; ]/.test(line));
    const sum = holders.reduce((total, line) => total + Number(line.split(' ')[1]), 0);
    assert.match(await found(page, '/^f4999$/'), new RegExp(`^${holders.length.toLocaleString('en')} of 100,000 stacks, ${sum.toLocaleString('en')} \\(`));
    assert.deepEqual(faults, []);
    await close();
  });
});
