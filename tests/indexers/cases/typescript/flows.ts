import { api, type Options, Row } from "./lib";

export const client = { get: api.get, api, nested: { put: api.put }, send() { return this.get; } };
//                           ^ read api in client
//                               ^ read get of api in client
//                                    ^ read api in client
//                                                        ^ read api in client.nested
//                                                            ^ read put of api in client.nested
//                                                                                        ^ read get of this in client.send
// <- bind get: api.get (alias) in client
// <- bind api: api (alias) in client
// <- bind put: api.put (alias) in client.nested
export default { api };
// <- def variable default
// <- bind api: api (alias) in default
export type Kind = Options;
// <- bind Kind: Options (annotation)
export type Both = Options & { own: Row };
// <- bind Both: Options & Both (annotation)
// <- bind own: Row (return) in Both
export interface Page { rows: Row[]; next(): Page }
// <- bind rows: Row[] (return) in Page
// <- bind next: Page (return) in Page

function run({ rows, deep: { inner }, other = 1 }: Options) {
// <- bind rows: Options["rows"] (annotation) in run
// <- bind inner: Options["deep"]["inner"] (annotation) in run
// <- bind other: Options["other"] (annotation) in run
// ^ bind (0): Options (annotation) in run
  const { first, second: { last } } = api.load(rows);
  // <- bind first: api.load().first (alias) in run
  // <- bind last: api.load().second.last (alias) in run
  for (const one of rows) one.go();
  // <- bind one: rows[] (alias) in run
  rows.map((each) => each.go());
  // <- bind each: rows[] (alias) in run
  rows.forEach(function (again) { again.go(); });
  // <- bind again: rows[] (alias) in run
  const cast = other as Row;
  // <- bind cast: Row (annotation) in run
  return api.result();
  // <- bind return: api.result (constructor) in run
}

class Store {
  rows = api.rows;
  // <- def field Store.rows hidden
  // <- bind this.rows: api.rows (alias) in Store
  go() {
    const self = this;
    // <- bind self: this (alias) in Store.go
    rows.each(function () { this.lost = this.rows; });
    // <- read rows in Store.go
//       ^ call each of rows in Store.go
//                               ^ read lost of ? in Store.go
//                                           ^ read rows of ? in Store.go
    rows.each(() => this.rows);
    // <- read rows in Store.go
//       ^ call each of rows in Store.go
//                       ^ read rows of this in Store.go
    return { rows() { return this.api; } };
    // <- def method Store.go.rows hidden
//                                ^ read api of ? in Store.go.rows
  }
}
function page() {
  const App = { setup() {} };
  // <- def method page.App.setup hidden
  use(App);
  // <- call use in page
}
