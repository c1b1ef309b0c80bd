// Engines that run in Node at the criteria of trial.yaml, beside the same written by hand.
//
// node peers.mjs FOLDER-WITH-NODE_MODULES. Standard input: the criteria in each engine's language
// (nodes.py), `patients` as flat facts with null for what is missing, `timed` of which are timed in
// `rounds` rounds. Standard output: {NAME: {verdicts, criteria, times}} with "eligible",
// "ineligible", "undetermined" or "raised" of each patient; true, false or null of each criterion
// for each patient; and the median seconds that the one and the other question take.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "x.js"));
const asked = JSON.parse(fs.readFileSync(0, "utf8"));

const WINDOW = 20_000; // microseconds of the processor's time
const RAISED = Symbol("an error instead of an answer");

// --- by hand -------------------------------------------------------------------------------------

// Kleene logic that stops at the first criterion that fails; null is what is not known.
function byHand(p) {
  let unknown = false;
  if (p.informed_consent === null) unknown = true;
  else if (!p.informed_consent) return false;
  if (p.age === null) unknown = true;
  else if (p.age < 18 || p.age > 75) return false;
  if (p.mir26_expression === null) unknown = true;
  else if (p.mir26_expression !== "low") return false;
  if (p.mir26_assay === null) unknown = true;
  else if (p.mir26_assay !== "rt_pcr") return false;
  if (p.curative_resection === null) unknown = true;
  else if (!p.curative_resection) return false;
  if (p.tumor_diameter === null) unknown = true;
  else if (p.tumor_diameter < 3 || p.tumor_diameter > 8) return false;
  if (p.tumor_count === null) unknown = true;
  else if (p.tumor_count >= 3) return false;
  if (p.portal_vein_main_thrombus === null) unknown = true;
  else if (p.portal_vein_main_thrombus) return false;
  if (p.hepatic_vein_main_thrombus === null) unknown = true;
  else if (p.hepatic_vein_main_thrombus) return false;
  if (p.bile_duct_main_thrombus === null) unknown = true;
  else if (p.bile_duct_main_thrombus) return false;
  if (p.extrahepatic_metastasis === null) unknown = true;
  else if (p.extrahepatic_metastasis) return false;
  if (p.lymph_node_metastasis === null) unknown = true;
  else if (p.lymph_node_metastasis) return false;
  if (p.leukocytes === null) unknown = true;
  else if (p.leukocytes <= 2.5) return false;
  if (p.platelets === null) unknown = true;
  else if (p.platelets <= 40) return false;
  if (p.child_pugh_class === null) unknown = true;
  else if (p.child_pugh_class !== "A") return false;
  if (p.other_primary_malignancy === null) unknown = true;
  else if (p.other_primary_malignancy) return false;
  if (p.prior_anti_hcc_therapy === null) unknown = true;
  else if (p.prior_anti_hcc_therapy) return false;
  if (p.investigational_drug_during_study === null) unknown = true;
  else if (p.investigational_drug_during_study) return false;
  if (p.cerebrovascular_accident === null) unknown = true;
  else if (p.cerebrovascular_accident) return false;
  if (p.renal_insufficiency === null) unknown = true;
  else if (p.renal_insufficiency) return false;
  if (p.depression === null) unknown = true;
  else if (p.depression) return false;
  if (p.hyperthyroidism === null) unknown = true;
  else if (p.hyperthyroidism) return false;
  if (p.hypothyroidism === null) unknown = true;
  else if (p.hypothyroidism) return false;
  if (p.other_severe_uncontrolled_disease === null) unknown = true;
  else if (p.other_severe_uncontrolled_disease) return false;
  if (p.study_drug_allergy === null) unknown = true;
  else if (p.study_drug_allergy) return false;
  if (p.infection === null) unknown = true;
  else if (p.infection) return false;
  if (p.bleeding === null) unknown = true;
  else if (p.bleeding) return false;
  if (p.bile_leakage === null) unknown = true;
  else if (p.bile_leakage) return false;
  if (p.other_postoperative_complication === null) unknown = true;
  else if (p.other_postoperative_complication) return false;
  if (p.metastasis_on_baseline_imaging === null) unknown = true;
  else if (p.metastasis_on_baseline_imaging) return false;
  if (p.days_since_investigational_drug === null) unknown = true;
  else if (p.days_since_investigational_drug < 28) return false;
  if (p.sex === null || p.sex === "female") {
    const { pregnant, lactating, urine_pregnancy_test_positive: positive } = p;
    if (pregnant || lactating || positive) {
      if (p.sex !== null) return false;
      unknown = true;
    } else if (pregnant === null || lactating === null || positive === null) unknown = true;
  }
  return unknown ? null : true;
}

// --- the engines: `verdict` of a patient, `criteria` by themselves, `waits` for promises ---------

// What comes out of JsonLogic is true or false by being truthy or not; null is no answer of its own.
function jsonLogic({ whole, each }) {
  const logic = require("json-logic-js");
  return {
    verdict: (p) => Boolean(logic.apply(whole, p)),
    criteria: (p) => each.map((one) => orNull(() => Boolean(logic.apply(one, p)))),
  };
}

function jsonLogicEngine({ whole, each }) {
  const { LogicEngine } = require("json-logic-engine");
  const engine = new LogicEngine();
  const verdict = engine.build(whole);
  const built = each.map((one) => engine.build(one));
  return {
    verdict: (p) => Boolean(verdict(p)),
    criteria: (p) => built.map((one) => orNull(() => Boolean(one(p)))),
  };
}

function jsonRulesEngine({ whole, each }) {
  const { Engine } = require("json-rules-engine");
  const loaded = (rules) =>
    new Engine(
      rules.map((conditions, n) => ({ conditions, event: { type: String(n) } })),
      { allowUndefinedFacts: true },
    );
  const verdict = loaded([whole]);
  const criteria = loaded(each);
  return {
    waits: true,
    verdict: async (p) => (await verdict.run(p)).events.length > 0,
    criteria: async (p) => {
      const fired = new Set((await criteria.run(p)).events.map((event) => event.type));
      return each.map((_, n) => fired.has(String(n)));
    },
  };
}

function zen({ whole, each }) {
  const { evaluateExpressionSync } = require("@gorules/zen-engine");
  return {
    verdict: (p) => evaluateExpressionSync(whole, p),
    criteria: (p) => each.map((one) => orNull(() => evaluateExpressionSync(one, p))),
  };
}

function zenDecision({ whole, each }) {
  const { ZenEngine } = require("@gorules/zen-engine");
  const engine = new ZenEngine();
  const verdict = engine.createDecision(Buffer.from(whole));
  const criteria = engine.createDecision(Buffer.from(each));
  return {
    waits: true,
    verdict: async (p) => (await verdict.evaluate(p)).result.answer,
    criteria: async (p) => {
      const { result } = await criteria.evaluate(p, { trace: true });
      return Object.keys(result).map((_, n) => result[`c${n}`]);
    },
  };
}

async function cqlExecution({ whole, each }) {
  const base = path.join(folder, "node_modules/@cqframework/cql/");
  const translator = await import(pathToFileURL(base + "cql-to-elm.mjs"));
  const model = await import(pathToFileURL(base + "cql.mjs"));
  const cql = require("cql-execution");
  const nobody = { currentPatient: () => undefined, nextPatient: () => undefined };
  const loaded = (text) => {
    const models = new translator.ModelManager();
    models.modelInfoLoader.registerModelInfoProvider(new model.SystemModelInfoProvider());
    const done = translator.CqlTranslator.fromText(text, new translator.LibraryManager(models));
    const elm = JSON.parse(done.toJson());
    const fault = (elm.library.annotation ?? []).find((one) => one.type === "CqlToElmError");
    if (fault) throw new Error(`CQL: ${fault.message}`);
    const executor = new cql.Executor(new cql.Library(elm));
    return async (p) => (await executor.withParameters({ P: p }).exec(nobody)).unfilteredResults;
  };
  const verdict = loaded(whole);
  const criteria = loaded(each);
  return {
    waits: true,
    verdict: async (p) => (await verdict(p)).Eligible,
    criteria: async (p) => {
      const found = await criteria(p);
      return Object.keys(found).map((_, n) => found[`C${n}`]);
    },
  };
}

function orElse(instead, judge) {
  try {
    return judge();
  } catch {
    return instead;
  }
}

// An error of one expression is taken as "unknown", in the engine's favour.
const orNull = (judge) => orElse(null, judge);

// --- asking and timing ---------------------------------------------------------------------------

// The engine called as it is to be called; an error is RAISED.
const guarded = (judge, waits) =>
  waits ? (p) => judge(p).catch(() => RAISED) : (p) => orElse(RAISED, () => judge(p));

let held = 0; // every answer is looked at, so that no call can be left out as useless

async function seconds({ judge, waits }, patients) {
  for (let repeats = 1; ; repeats *= 2) {
    const begun = process.cpuUsage();
    for (let n = 0; n < repeats; n++) {
      if (waits) for (const p of patients) held += (await judge(p)) ? 1 : 0;
      else for (const p of patients) held += judge(p) ? 1 : 0;
    }
    const spent = process.cpuUsage(begun);
    const total = spent.user + spent.system;
    if (total >= WINDOW) return total / 1e6 / repeats / patients.length;
  }
}

const known = (answer) => (answer === null || answer === undefined ? null : Boolean(answer));
const word = (answer) => {
  if (answer === RAISED) return "raised";
  return { true: "eligible", false: "ineligible", null: "undetermined" }[known(answer)];
};

const engines = {
  "by hand": { verdict: byHand },
  "json-logic-js": jsonLogic(asked.json_logic),
  "json-logic-engine": jsonLogicEngine(asked.json_logic),
  "json-rules-engine": jsonRulesEngine(asked.json_rules),
  "@gorules/zen-engine": zen(asked.zen),
  "@gorules/zen-engine, a decision with its trace": zenDecision(asked.zen_decision),
  "cql-execution": await cqlExecution(asked.cql),
};
const answers = {};
const tasks = [];
for (const [name, { verdict, criteria, waits }] of Object.entries(engines)) {
  const found = { verdicts: [], criteria: [], times: [] };
  const whole = guarded(verdict, waits);
  const each = criteria && guarded(criteria, waits);
  for (const p of asked.patients) {
    found.verdicts.push(word(await whole(p)));
    const each_of = each && (await each(p));
    if (each) found.criteria.push(each_of === RAISED ? null : each_of.map(known));
  }
  answers[name] = found;
  tasks.push({ judge: whole, waits, windows: [], to: found.times });
  if (each) tasks.push({ judge: each, waits, windows: [], to: found.times });
}
const timed = asked.patients.slice(0, asked.timed);
for (let round = 0; round < asked.rounds; round++) {
  for (const task of round % 2 ? tasks : tasks.toReversed()) {
    task.windows.push(await seconds(task, timed));
  }
}
for (const { windows, to } of tasks) {
  if (windows.length) to.push(windows.sort((a, b) => a - b)[windows.length >> 1]);
}
process.stdout.write(JSON.stringify(answers));
