// What a language server says each name of a project means.
// node language_server.mjs CLONE LANGUAGE .EXTENSION COMMAND… > GOLD.jsonl: the server is asked for the definition behind
// every word of every file that git tracks (not in comments of whole lines). One JSON array a use: path, line, name, kind,
// and the places where it is defined. What the server says of files outside, of locals and parameters is no use.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";

const [clone, language, extension, ...command] = process.argv.slice(2);
const root = path.resolve(clone);
const KINDS = { 5: "type", 10: "type", 11: "type", 23: "type", 6: "method", 9: "method", 7: "field", 8: "field", 12: "function",
  14: "constant", 22: "constant" };
const COMMENT = /^\s*(?:\/\/|#(?!\[)|\*|\/\*)/;
const WAITING_S = 60;

const server = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "ignore"] });
const pending = new Map();
let buffer = Buffer.alloc(0), lastId = 0, settled = () => {};
server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const head = buffer.indexOf("\r\n\r\n");
    const length = head < 0 ? NaN : Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
    if (!(buffer.length >= head + 4 + length)) return;
    const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
    buffer = buffer.subarray(head + 4 + length);
    if (message.method && message.id !== undefined) send({ id: message.id, result: message.method === "workspace/configuration" ? [{}] : null });
    else if (message.method === "indexingEnded") settled();
    else if (pending.has(message.id)) pending.get(message.id)(message.result), pending.delete(message.id);
  }
});
function send(message) {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
const ask = (method, params) => new Promise((resolve) => { pending.set(++lastId, resolve); send({ id: lastId, method, params }); });

const names = execFileSync("git", ["-C", root, "ls-files", "-z"]).toString().split("\0").filter((name) => name.endsWith(extension));
const uri = (name) => pathToFileURL(path.join(root, name)).href;
const indexed = new Promise((resolve) => { settled = resolve; setTimeout(resolve, WAITING_S * 1000); });
await ask("initialize", { processId: process.pid, rootUri: uri(""), workspaceFolders: [{ uri: uri(""), name: "root" }], initializationOptions: {},
  capabilities: { workspace: { configuration: true, workspaceFolders: true }, textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } } } });
send({ method: "initialized", params: {} });
const texts = new Map(names.map((name) => [name, readFileSync(path.join(root, name), "utf8").split("\n")]));
for (const [name, lines] of texts)
  send({ method: "textDocument/didOpen", params: { textDocument: { uri: uri(name), languageId: language, version: 1, text: lines.join("\n") } } });
await indexed;

const kinds = new Map();
for (const name of names) {
  const stack = (await ask("textDocument/documentSymbol", { textDocument: { uri: uri(name) } })) ?? [];
  while (stack.length) {
    const symbol = stack.pop();
    stack.push(...(symbol.children ?? []));
    const kind = KINDS[symbol.kind];
    if (kind) kinds.set(`${name}:${(symbol.selectionRange ?? symbol.location.range).start.line}:${symbol.name.replace(/^\$/, "")}`, kind);
  }
}
for (const [name, lines] of texts) {
  for (const [line, text] of lines.entries()) {
    for (const found of COMMENT.test(text) ? [] : text.matchAll(/[A-Za-z_]\w*/g)) {
      const position = { line, character: found.index };
      const answer = (await ask("textDocument/definition", { textDocument: { uri: uri(name) }, position })) ?? [];
      const places = (Array.isArray(answer) ? answer : [answer]).map((place) => ({
        at: path.relative(root, fileURLToPath(place.uri ?? place.targetUri)),
        line: (place.range ?? place.targetSelectionRange).start.line }));
      const kind = places.map((place) => kinds.get(`${place.at}:${place.line}:${found[0]}`)).find(Boolean);
      if (kind && places.every((place) => texts.has(place.at)))
        console.log(JSON.stringify([name, line + 1, found[0], kind, places.map((place) => [place.at, place.line + 1])]));
    }
  }
}
server.kill();
process.exit(0);
