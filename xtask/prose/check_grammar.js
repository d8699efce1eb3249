// Checks the grammar of the documentation with Harper, and first that Harper finds the errors in
// example/wrong.md. The step `prose` runs it in the folder of the packages, because Node.js looks
// for packages next to a script. Arguments: the root of the sources.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Dialect, LocalLinter, packWeirpackFiles } from "harper.js";
import { binary } from "harper.js/binary";

const FOLDER = "xtask/prose";
// Number of characters on both sides of a finding in which an exception may be.
const CONTEXT = 60;

// Kinds of findings that are about grammar. The others are left out:
// - Spelling, Regionalism: typos checks the spelling, with a dictionary that knows the project.
// - Capitalization: items of lists, cells of tables and names of files begin in lower case.
// - Formatting: Markdown decides about white space and dashes.
// - Enhancement, Readability, Style: a reviewer judges style, by docs/style.md; the serial comma is
//   optional.
const KINDS = new Set([
  "Agreement", "BoundaryError", "Eggcorn", "Grammar", "Malapropism", "Miscellaneous", "Nonstandard",
  "Punctuation", "Redundancy", "Repetition", "Typo", "Usage", "WordChoice", "WordOrder",
]);

// Rules of these kinds whose findings in the documentation were all wrong, with the reason.
const RULES_OFF = {
  CompoundNouns: "takes two words for one: a fair way, a time share",
  ExpandMemoryShorthands: "KiB and MiB are the symbols of the units",
  ExpandTimeShorthands: "ms is the symbol of the unit",
  MassNouns: "a holding, an earning and a ruling can be counted here",
  MergeWords: "takes `in CEL` for one word",
  MissingPreposition: "takes a plural noun or an adjective after a verb for an error",
  Overall: "takes `over all players` for `overall`",
  SplitWords: "is about spelling: backfilled, newtypes",
};

// Correct passages of the documentation that a useful rule reports, with the reason.
const EXCEPTIONS = [
  // The subject is before a relative clause that ends with `it`.
  { rule: "PronounInflectionBe", text: "Tests that use it are" },
  { rule: "PronounInflectionBe", text: "the events that awarded it are" },
  // Nouns, where the rules expect verbs.
  { rule: "NounVerbConfusion", text: "its effects then differ" },
  { rule: "PhrasalVerbAsCompoundNoun", text: "comments, layout or tests" },
  { rule: "PhrasalVerbAsCompoundNoun", text: "data takeout" },
  // A relative clause, not a comparison.
  { rule: "ThatThan", text: "the header that every event reads" },
  // A variable, not a pronoun.
  { rule: "PronounVerbAgreement", text: "boost i is trunc" },
  // The mark in source code.
  { rule: "ToDoHyphen", text: "No TODO: open" },
];

const readText = (folder, name) => readFileSync(join(folder, name), "utf8");

async function createLinter(root) {
  const linter = new LocalLinter({ binary, dialect: Dialect.American });
  const config = await linter.getDefaultLintConfig();
  for (const rule of Object.keys(RULES_OFF)) {
    if (!(rule in config)) throw new Error(`rule ${rule} not found; remove it from RULES_OFF`);
    config[rule] = false;
  }
  await linter.setLintConfig(config);

  const folder = join(root, FOLDER, "rules");
  const files = readdirSync(folder).map((name) => [name, readText(folder, name)]);
  const manifest = { author: "", version: "1.0.0", description: "", license: "" };
  const pack = packWeirpackFiles(new Map([["manifest.json", JSON.stringify(manifest)], ...files]));
  // Loading runs the tests that the rules contain.
  const failures = await linter.loadWeirpackFromBytes(pack);
  if (failures) throw new Error(`tests of the rules failed: ${JSON.stringify(failures)}`);
  return linter;
}

async function findErrors(linter, path, text) {
  // Harper counts code points, not the code units of JavaScript.
  const characters = Array.from(text);
  const joinWords = (start, end) =>
    characters.slice(Math.max(0, start), end).join("").trim().replace(/\s+/g, " ");
  const findings = [];
  // Overlapping findings are kept: one of another kind would otherwise hide an error.
  const groups = await linter.organizedLints(text, { language: "markdown", dedup: false });
  for (const [rule, lints] of Object.entries(groups)) {
    for (const lint of lints.filter((lint) => KINDS.has(lint.lint_kind()))) {
      const { start, end } = lint.span();
      const line = characters.slice(0, start).filter((character) => character === "\n").length + 1;
      findings.push({
        rule,
        start,
        context: joinWords(start - CONTEXT, end + CONTEXT),
        report: `${path}:${line}: \`${joinWords(start, end)}\`: ${lint.message()} (${rule})`,
      });
    }
  }
  return findings.sort((one, other) => one.start - other.start || (one.rule < other.rule ? -1 : 1));
}

// Checks that exactly the errors of the example are found, so that a silent checker cannot pass.
async function checkExample(linter, root) {
  const folder = join(root, FOLDER, "example");
  const findings = await findErrors(linter, "wrong.md", readText(folder, "wrong.md"));
  const found = findings.map(({ report }) => `${report}\n`).join("");
  if (found === readText(folder, "wrong.txt")) return true;
  console.log(`${FOLDER}/example/wrong.txt: does not equal the findings in wrong.md:\n${found}`);
  return false;
}

const root = process.argv[2];
const linter = await createLinter(root);
let [passed, failed] = (await checkExample(linter, root)) ? [1, 0] : [0, 1];

const names = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const pages = names.sort().map((name) => `docs/${name}`);
const unused = new Set(EXCEPTIONS);
for (const path of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...pages]) {
  let errors = 0;
  for (const { rule, context, report } of await findErrors(linter, path, readText(root, path))) {
    const exception = EXCEPTIONS.find((one) => one.rule === rule && context.includes(one.text));
    unused.delete(exception);
    if (exception) continue;
    console.log(report);
    errors += 1;
  }
  passed += errors === 0 ? 1 : 0;
  failed += errors;
}
for (const { rule, text } of unused) {
  console.log(`${FOLDER}/check_grammar.js: remove the unused exception \`${text}\` of ${rule}`);
}
failed += unused.size;

// The runner of the steps counts this line: files without errors, and errors.
const verdict = failed ? "FAILED" : "ok";
const { length } = EXCEPTIONS;
console.log(`test result: ${verdict}. ${passed} passed; ${failed} failed; ${length} exceptions`);
process.exitCode = failed ? 1 : 0;
