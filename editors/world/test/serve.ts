/** `npm run host [FILE]`: the page at an address that is printed, with a toy of the language server. */
import { readFileSync } from "node:fs";
import { Host } from "./host";
import { COLLECT } from "./programs";
import { Toy } from "./toy";

const [file] = process.argv.slice(2);
const text = file === undefined ? COLLECT : readFileSync(file, "utf8");
const host = await Host.start(new Toy(`file:///school/${file ?? "collect.karel"}`, text), "dist", 8137);
console.log(host.address);
