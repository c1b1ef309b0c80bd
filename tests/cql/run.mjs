// Translates libraries of CQL and runs them on patients, with the published translator and engine.
//
// Standard input: {libraries: {NAME: TEXT}, runs: [{library, bundle, parameters: {NAME: DATE}}]}.
// Standard output: {messages: {NAME: [TEXT]}, results: [{EXPRESSION: true | false | null}]}, a
// result for each run in order, of the expressions that are yes or no.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { SystemModelInfoProvider } from "@cqframework/cql/cql";
import {
  CqlTranslator,
  LibraryManager,
  ModelManager,
  createModelInfoProvider,
  createUcumService,
  stringAsSource,
} from "@cqframework/cql/cql-to-elm";

const require = createRequire(import.meta.url);
const engine = require("cql-execution");
const fhir = require("cql-exec-fhir");

const modelInfo = readFileSync(
  require.resolve("cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml"),
  "utf8",
);

function translator() {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === "FHIR" ? stringAsSource(modelInfo) : null)),
  );
  // The libraries hold no unit but those of the calendar.
  const units = createUcumService((value) => value, () => null, (one) => one, (one) => one);
  return new LibraryManager(models, undefined, undefined, units);
}

function translated(text, libraries) {
  const found = CqlTranslator.fromText(text, libraries);
  const messages = [...found.exceptions.asJsReadonlyArrayView()]
    .filter((one) => String(one.severity) !== "Info")
    .map((one) => `${one.severity}: ${one.message} ${one.locator ?? ""}`)
    .filter((one) => !one.includes("is hiding another identifier"));
  return { messages, elm: JSON.parse(found.toJson()) };
}

// One for all patients: making it reads the whole model of FHIR.
const source = fhir.PatientSource.FHIRv401();

async function run(library, { bundle, parameters }) {
  const days = Object.fromEntries(
    Object.entries(parameters).map(([name, day]) => [name, engine.Date.parse(day)]),
  );
  source.reset();
  source.loadBundles([bundle]);
  const found = await new engine.Executor(library, null, days).exec(source);
  const [results] = Object.values(found.patientResults);
  return Object.fromEntries(
    Object.entries(results).filter(([, value]) => value === null || typeof value === "boolean"),
  );
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const libraries = translator();
const messages = {};
const ready = {};
for (const [name, text] of Object.entries(asked.libraries)) {
  const { messages: said, elm } = translated(text, libraries);
  messages[name] = said;
  if (!said.some((one) => one.startsWith("Error"))) {
    ready[name] = new engine.Library(elm, new engine.Repository({}));
  }
}
const results = [];
for (const one of asked.runs) {
  results.push(ready[one.library] ? await run(ready[one.library], one) : null);
}
process.stdout.write(JSON.stringify({ messages, results }));
