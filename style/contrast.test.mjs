// Proves that every text/surface pair of tokens.css reaches WCAG AA (4.5:1), and control edges 3:1, in both themes.
// Run with: node --test style/
import { readFileSync } from "node:fs";
import { test } from "node:test";
import assert from "node:assert/strict";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** Reads the `--name: oklch(...)` declarations of one block. */
function block(selector) {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(start, css.indexOf("}", start));
  const found = {};
  for (const [, name, l, c, h] of body.matchAll(/--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g)) {
    found[name] = [Number(l) / 100, Number(c), Number(h)];
  }
  return found;
}

/** WCAG relative luminance of an OKLCH colour, clipped to sRGB as a browser does. */
function luminance([l, c, h]) {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (v) => Math.min(1, Math.max(0, v));
  const red = clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z);
  const green = clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z);
  const blue = clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one, two) {
  const [hi, lo] = [luminance(one), luminance(two)].sort((p, q) => q - p);
  return (hi + 0.05) / (lo + 0.05);
}

const surfaces = ["bg", "surface", "sunken", "hover"];
const statuses = ["run", "need", "done", "fail", "idle"];
const inks = ["red", "green", "yellow", "blue", "magenta", "cyan"].flatMap((ink) => [`ink-${ink}`, `ink-${ink}-2`]);
const pairs = [
  ...["text", "text-2", "text-3", "accent", ...statuses].flatMap((t) => surfaces.map((s) => [t, s, 4.5])),
  ...statuses.flatMap((t) => [[t, `${t}-soft`, 4.5], ["text", `${t}-soft`, 4.5], ["text-2", `${t}-soft`, 4.5]]),
  ...["text", "text-2", "text-3", "accent"].map((t) => [t, "accent-soft", 4.5]),
  // Lines of a log: plain, under the pointer, marked, an error.
  ...[...inks, "text-3", "need", "fail"].flatMap((t) => ["surface", "hover", "accent-soft", "fail-soft"].map((s) => [t, s, 4.5])),
  ["on-mark", "need-mark", 4.5],
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-hover", 4.5],
  ["on-fail", "fail", 4.5],
  ["on-fail", "fail-hover", 4.5],
  ...["bg", "surface", "sunken"].map((s) => ["edge", s, 3]),
];

for (const [theme, selector] of [["light", ":root"], ["dark", ':root[data-theme="dark"]']]) {
  test(`${theme} theme reaches AA`, () => {
    const tokens = block(selector);
    const low = pairs
      .map(([t, s, least]) => {
        assert.ok(tokens[t] && tokens[s], `${theme} defines ${t} and ${s}`);
        return [t, s, ratio(tokens[t], tokens[s]), least];
      })
      .filter(([, , got, least]) => got < least);
    assert.deepEqual(low.map(([t, s, got]) => `${t} on ${s}: ${got.toFixed(2)}`), []);
  });
}
