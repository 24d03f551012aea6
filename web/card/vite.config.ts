import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The card form is built apart from the app and served by the vault: its own origin, its own policy, its own files. */
export default defineConfig({
  root: here("."),
  base: "/card-form/",
  publicDir: false,
  build: {
    outDir: here("../../src/tuppence/vault/static"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The form itself, and the page that frames an acquirer's in its place (token mode).
      input: { "card-form": here("card-form.html"), hosted: here("hosted.html") },
      // The vault keeps nothing in anybody's cache, so the names need no hash.
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "card-form[extname]" },
    },
  },
});
