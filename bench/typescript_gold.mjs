// Which declaration of the same project each name means, by the TypeScript compiler.
// node typescript_gold.mjs TYPESCRIPT.js ROOT TSCONFIG FILE… prints one JSON array a use: path, line, name,
// how (use, literal), kind and [path, line] of each declaration in another file ([] where the compiler knows none).
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const [library, root, config, listed] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(path.resolve(library));
const read = ts.readConfigFile(config, ts.sys.readFile);
const parsed = ts.parseJsonConfigFileContent(read.config, ts.sys, path.dirname(config));
const names = readFileSync(listed, "utf8").split("\n").filter(Boolean);
const options = { ...parsed.options, noEmit: true, skipLibCheck: true, allowJs: false, types: [] };
const program = ts.createProgram(names.map((name) => path.join(root, name)), options);
const checker = program.getTypeChecker();
const own = new Map(names.map((name) => [path.join(root, name), name]));

const lineOf = (file, at) => file.getLineAndCharacterOfPosition(at).line + 1;

function kindOf(declaration) {
  const kind = ts.SyntaxKind[declaration.kind];
  if (!ts.isPropertySignature(declaration) && !ts.isMethodSignature(declaration)) return kind;
  let around = declaration.parent;
  if (ts.isInterfaceDeclaration(around)) return kind;
  for (around = around.parent; around; around = around.parent) {
    if (ts.isTypeAliasDeclaration(around)) return kind;
    if (!ts.isTypeNode(around)) return `inline ${kind}`; // of a parameter, a variable, a property of another type
  }
  return kind;
}

function places(symbol, from) {
  const found = [];
  for (const declaration of symbol?.declarations ?? []) {
    const file = declaration.getSourceFile();
    const name = ts.getNameOfDeclaration(declaration) ?? declaration;
    if (ts.isSourceFile(declaration)) return null;
    if (own.has(file.fileName)) found.push([own.get(file.fileName), lineOf(file, name.getStart(file)), kindOf(declaration)]);
    else return null; // of a library, too
  }
  return found.length && found.every(([at]) => at !== from) ? found : null;
}

function meaning(node) {
  let symbol = checker.getSymbolAtLocation(node);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  return symbol;
}

const memberOf = (type, name) => type && checker.getPropertyOfType(checker.getApparentType(type), name);

function expected(node) {
  const parent = node.parent;
  const isKey =
    (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) &&
    parent.name === node && ts.isObjectLiteralExpression(parent.parent);
  if (isKey) return memberOf(checker.getContextualType(parent.parent), node.text);
  if (ts.isJsxAttribute(parent) && parent.name === node) return memberOf(checker.getContextualType(parent.parent), node.text);
  if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node)
    return memberOf(checker.getTypeAtLocation(parent.parent), node.text);
  return undefined;
}

function isDeclaredName(node) {
  const parent = node.parent;
  return parent.name === node && !ts.isPropertyAccessExpression(parent) && !ts.isImportSpecifier(parent) &&
    !ts.isImportClause(parent) && !ts.isExportSpecifier(parent) && !ts.isMetaProperty(parent);
}

// <div class="x">: names that no file of a project has to be asked for
function isOfHtml(node) {
  const element = ts.isJsxAttribute(node.parent) ? node.parent.parent.parent : node.parent;
  return (ts.isJsxOpeningElement(element) || ts.isJsxSelfClosingElement(element) || ts.isJsxClosingElement(element)) &&
    ts.isIdentifier(element.tagName) && /^[a-z]/.test(element.tagName.text) && (node === element.tagName || ts.isJsxAttribute(node.parent));
}

function visit(node, file, from) {
  if ((ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && !isOfHtml(node)) {
    const line = lineOf(file, node.getStart(file));
    const wanted = expected(node);
    const isUse = !isDeclaredName(node) && wanted === undefined;
    const symbol = wanted ?? (isUse ? meaning(node) : undefined);
    const found = symbol ? places(symbol, from) : null;
    const how = wanted ? (ts.isBindingElement(node.parent) ? "use" : "literal") : "use";
    if (symbol && symbol.declarations?.length && found) console.log(JSON.stringify([from, line, node.text, how, found[0][2], found.map(([at, number]) => [at, number])]));
    else if (symbol && symbol.declarations?.length) console.log(JSON.stringify([from, line, node.text, "elsewhere", "", []]));
    if (ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node) {
      let value = checker.getShorthandAssignmentValueSymbol(node.parent);
      if (value && value.flags & ts.SymbolFlags.Alias) value = checker.getAliasedSymbol(value);
      const at = value ? places(value, from) : null;
      if (at) console.log(JSON.stringify([from, line, node.text, "use", at[0][2], at.map(([to, number]) => [to, number])]));
    }
  }
  ts.forEachChild(node, (child) => visit(child, file, from));
}

for (const file of program.getSourceFiles()) {
  const from = own.get(file.fileName);
  if (from !== undefined) visit(file, file, from);
}
