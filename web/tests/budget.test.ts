import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FIRST_LOAD_MAX = 80 * 1024;

describe("what is built", () => {
  const out = mkdtempSync(join(tmpdir(), "tuppence-web-"));
  const read = (file: string) => readFileSync(join(out, file));
  let files: string[] = [];

  beforeAll(async () => {
    await build({ logLevel: "error", build: { outDir: out } });
    files = readdirSync(out, { recursive: true, encoding: "utf8" });
  }, 60_000);
  afterAll(() => rmSync(out, { recursive: true }));

  const shell = () =>
    JSON.parse(/\{"version".*?\]\}/.exec(read("sw.js").toString())![0]) as { version: string; files: string[] };

  it("loads in 80 KB, compressed: the page, its code and its looks", () => {
    const names = shell().files.map((file) => file.slice(1) || "index.html");
    const first = names.filter((file) => /\.(html|css|js)$/.test(file));
    const bytes = first.reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
    expect(first.length).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_MAX);
  });

  it("has no script and no style in the page itself, which the policy would refuse", () => {
    const page = read("index.html").toString();
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)| on\w+=/);
  });

  it("has a worker that keeps every file of the shell, and each of them exists", () => {
    const { version, files: kept } = shell();
    const asked = [...read("index.html").toString().matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, one]) => one!);
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(kept).toEqual(expect.arrayContaining(["/", ...asked]));
    expect(kept.filter((file) => file !== "/" && !files.includes(file.slice(1)))).toEqual([]);
  });

  it("leaves the merchants' part to those who go there", () => {
    const later = files.filter((file) => /assets\/business-.*\.(js|css)$/.test(file)).map((file) => `/${file}`);
    expect(later.length).toBe(2);
    expect(shell().files.filter((file) => later.includes(file))).toEqual([]);
  });

  it("can be installed: the manifest's pictures are there, one of them maskable", () => {
    const manifest = JSON.parse(read("manifest.webmanifest").toString()) as {
      icons: { src: string; purpose?: string }[];
    };
    expect(manifest.icons.filter(({ src }) => !files.includes(src.slice(1)))).toEqual([]);
    expect(manifest.icons.some(({ purpose }) => purpose === "maskable")).toBe(true);
  });
});
