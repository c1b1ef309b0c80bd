// Peers that run in Node: cases come in as JSON, {engine: {number: answer}} goes out.
// node conformance.mjs FOLDER-WITH-NODE_MODULES < cases.json
import fs from "fs";
import path from "path";
import { createRequire } from "module";
import { pathToFileURL } from "url";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "x.js"));
const cases = JSON.parse(fs.readFileSync(0, "utf8"));
const word = (answer) => (answer === null || answer === undefined ? "unknown" : answer ? "true" : "false");
const answers = {};

async function ask(engine, which, judge) {
  answers[engine] = {};
  for (const [number, one] of cases.entries()) {
    if (one[which] === null) continue;
    try {
      answers[engine][number] = word(await judge(one));
    } catch {
      answers[engine][number] = "refused";
    }
  }
}

const logic = require("json-logic-js");
await ask("json-logic-js", "json_logic", (one) => Boolean(logic.apply(one.json_logic, one.flat)));

const { LogicEngine } = require("json-logic-engine");
const engine = new LogicEngine();
await ask("json-logic-engine", "json_logic", (one) => Boolean(engine.build(one.json_logic)(one.flat)));

const { evaluateExpressionSync } = require("@gorules/zen-engine");
await ask("@gorules/zen-engine", "zen", (one) => evaluateExpressionSync(one.zen, one.flat));

const { Engine } = require("json-rules-engine");
await ask("json-rules-engine", "json_rules", async (one) => {
  const rule = { conditions: one.json_rules, event: { type: "holds" } };
  const done = await new Engine([rule], { allowUndefinedFacts: true }).run(one.flat);
  return done.events.length > 0;
});

const base = path.join(folder, "node_modules/@cqframework/cql/");
const translator = await import(pathToFileURL(base + "cql-to-elm.mjs"));
const model = await import(pathToFileURL(base + "cql.mjs"));
const cql = require("cql-execution");
const ucum = require("@lhncbc/ucum-lhc").UcumLhcUtils.getInstance();
const valid = (unit) => (ucum.validateUnitString(unit).status === "valid" ? null : `no unit: ${unit}`);
const unused = () => {
  throw new Error("no question multiplies units");
};
const units = translator.createUcumService(unused, valid, unused, unused);
await ask("cql-execution", "cql", async (one) => {
  const models = new translator.ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new model.SystemModelInfoProvider());
  const text = `library Case version '1'\ndefine Holds: ${one.cql}\n`;
  const elm = JSON.parse(
    translator.CqlTranslator.fromText(text, new translator.LibraryManager(models, undefined, undefined, units)).toJson(),
  );
  const faults = (elm.library.annotation || []).filter((each) => each.type === "CqlToElmError");
  if (faults.length) throw new Error(faults[0].message);
  const source = { currentPatient: () => undefined, nextPatient: () => undefined };
  const done = await new cql.Executor(new cql.Library(elm)).exec(source);
  return done.unfilteredResults.Holds;
});
process.stdout.write(JSON.stringify(answers));
