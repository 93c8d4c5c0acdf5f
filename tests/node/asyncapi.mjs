// Validates an AsyncAPI document: node asyncapi.mjs FILE. Prints diagnostics as JSON; ends 1 on an error.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const ERROR = 0;
const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], "utf8"));
console.log(JSON.stringify(diagnostics.map(({ code, message, path, severity }) => ({ code, message, path, severity }))));
process.exitCode = document === undefined || diagnostics.some(({ severity }) => severity === ERROR) ? 1 : 0;
