// Bundles our sources with what they import. Called by build.py: node bundle.mjs OUTDIR METAFILE
import { readFile, writeFile } from "node:fs/promises";
import * as esbuild from "esbuild";

const [outdir, metafile] = process.argv.slice(2);

// The design system's style sheet without what only GOV.UK may use: its typeface and its crest.
// A new version in which nothing is found stops the build: then this has to be looked at again.
const withoutGovukIdentity = {
  name: "without-govuk-identity",
  setup(build) {
    build.onLoad({ filter: /govuk-frontend\.min\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const contents = css
        .replaceAll(/@font-face\{[^}]*\}/g, "")
        .replaceAll("font-family:GDS Transport,arial,sans-serif", "font-family:var(--wz-font)")
        .replaceAll(/url\(\/assets\/[^)]*\)/g, "none")
        .replaceAll("@media screen\\0 and", "@media not all and"); // a hack for one dead browser, no CSS
      if (!contents.includes("var(--wz-font)") || /GDS Transport|@font-face|\/assets\//.test(contents)) {
        return { errors: [{ text: "govuk-frontend names its typeface or files in a new way: adapt frontend/bundle.mjs" }] };
      }
      return { contents, loader: "css" };
    });
  },
};

try {
  const result = await esbuild.build({
    entryPoints: ["src/site.js", "src/site.css", "src/live.js"],
    entryNames: "[name]-[hash]",
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    target: ["es2022", "chrome111", "firefox115", "safari16.4"],
    legalComments: "none", // THIRD_PARTY_LICENSES.txt holds them whole
    metafile: true,
    logLevel: "warning",
    plugins: [withoutGovukIdentity],
  });
  await writeFile(metafile, JSON.stringify(result.metafile));
} catch {
  process.exit(1); // esbuild has printed file, line and reason
}
