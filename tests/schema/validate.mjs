// validate.mjs -- check TLS reports, *.json or *.json.gz, against the schema.
//
// Usage: node validate.mjs SCHEMA FILE...
// One line for each fault, "FILE: PLACE: what is wrong". Exit code 0: none.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schema, ...files] = process.argv.slice(2);
if (schema === undefined || files.length === 0) {
  console.error("usage: node validate.mjs SCHEMA FILE...");
  process.exit(64);
}

const read = (file) => {
  const bytes = readFileSync(file);
  const text = file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
};

const ajv = addFormats(
  new Ajv2020({ allErrors: true, strict: true, strictRequired: false }));
const check = ajv.compile(read(schema));

const faults = (file) => {
  try {
    if (check(read(file))) return [];
  } catch (error) {
    return [`: ${error.message}`];
  }
  return check.errors.map((e) => `${e.instancePath}: ${e.message}`);
};

for (const file of files) {
  for (const fault of faults(file)) {
    console.log(`${file}: ${fault}`);
    process.exitCode = 1;
  }
}
