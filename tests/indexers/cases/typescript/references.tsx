import React, { useState } from "react";
// <- import react:default as React
// <- import react:useState as useState
import { Base, Card, util, api, type Row } from "./lib";
// <- import ./lib:Base as Base
// <- import ./lib:Card as Card
// <- import ./lib:util as util
// <- import ./lib:api as api
// <- import ./lib:Row as Row type
import * as ui from "./ui";
// <- import ./ui as ui

const LIMIT = 3;
// <- def constant LIMIT hidden
let counter = 0;
// <- def variable counter hidden

function useRow(row: Row, other, { id, name: label = LIMIT }: Props, n = util()) {
// <- bind row: Row (annotation) in useRow
// <- bind id: Props["id"] (annotation) in useRow
// <- bind label: Props["name"] (annotation) in useRow
// <- def function useRow hidden
//                   ^ type Row in useRow
//                                                   ^ read LIMIT in useRow
//                                                            ^ type Props in useRow
//                                                                       ^ call util in useRow
// ^ bind (2): Props (annotation) in useRow
// ^ bind (0): Row (annotation) in useRow
//                                 ^ read id of <Props> in useRow
//                                     ^ read name of <Props> in useRow
  row.save(label);
//    ^ call save of row in useRow
  other.plain;
//      ^ read plain of other in useRow
  api.db!.rows?.[0].get(LIMIT);
  // <- read api in useRow
//    ^ read db of api in useRow
//        ^ read rows of api.db in useRow
//                  ^ call get of api.db.rows[] in useRow
//                      ^ read LIMIT in useRow
  api?.find<Row>(id).then((found) => found.show(other));
  // <- read api in useRow
//     ^ call find of api in useRow
//          ^ type Row in useRow
//                   ^ call then of api.find() in useRow
//                                         ^ call show of found in useRow
  other(1);
  const local = new api.Client(row);
  // <- bind local: api.Client (constructor) in useRow
//                  ^ read api in useRow
//                      ^ call Client of api in useRow
  local.send(`${LIMIT} ${row.text}`);
//      ^ call send of local in useRow
//              ^ read LIMIT in useRow
//                           ^ read text of row in useRow
  counter = counter + 1;
  // <- read counter in useRow
//          ^ read counter in useRow
  counter++;
  // <- read counter in useRow
  label = 2;
  for (const item of api.list()) item.go();
//                   ^ read api in useRow
//                       ^ call list of api in useRow
//                                    ^ call go of item in useRow
  try {
    unknownName();
//  ^ call unknownName in useRow
  } catch (error) {
    error.print();
//        ^ call print of error in useRow
  }
  const shadow = { LIMIT, key: counter, [api.key]: row, util() { return util(); } };
  // <- def method useRow.shadow.util hidden
//                 ^ read LIMIT in useRow.shadow
//                             ^ read counter in useRow.shadow
//                                       ^ read api in useRow.shadow
//                                           ^ read key of api in useRow.shadow
//                                                                      ^ call util in useRow.shadow.util
  return row as Base satisfies ui.Thing;
//              ^ type Base in useRow
//                             ^ type ui in useRow
//                                ^ type Thing of ui in useRow
}

{
  const LIMIT = 4;
  console.log(LIMIT);
//        ^ call log of console
}

@util.decorate()
 // <- read util in Page
//    ^ decorate decorate of util in Page
@Card
 // <- decorate Card in Page
class Page extends ui.Base<Row> implements Base {
// <- def class Page hidden
//                 ^ read ui in Page
//                    ^ inherit Base of ui in Page
//                         ^ type Row in Page
//                                         ^ inherit Base in Page
  @util field: Row = api.first;
  // <- bind this.field: Row (annotation) in Page
  // <- def field Page.field hidden
// ^ decorate util in Page.field
//             ^ type Row in Page.field
//                   ^ read api in Page.field
//                       ^ read first of api in Page.field
  method<T extends Row>(this: Page, items: T[]): items is Row[] {
  // <- bind items: T[] (annotation) in Page.method
  // <- bind method: items is Row[] (return) in Page
  // <- def method Page.method hidden
//                 ^ type Row in Page.method
//                            ^ type Page in Page.method
//                                                        ^ type Row in Page.method
// ^ bind T: Row (annotation) in Page.method
// ^ bind (0): T[] (annotation) in Page.method
    super.method(items);
//        ^ call method of super in Page.method
    this.helper.deep(this.field);
//       ^ read helper of this in Page.method
//              ^ call deep of this.helper in Page.method
//                        ^ read field of this in Page.method
    Page.make(typeof LIMIT);
//  ^ read Page in Page.method
//       ^ call make of Page in Page.method
//                   ^ read LIMIT in Page.method
    label: for (;;) break label;
    return this.#hidden;
//              ^ read #hidden of this in Page.method
  }
}

export const View = ({ row, ...props }: Props) => (
// <- def function View
//                                      ^ type Props in View
//                     ^ read row of <Props> in View
  <Card title={row.title} onClick={() => util(row)} {...props}>
// ^ call Card in View
//                 ^ read title of row in View
//                                       ^ call util in View
//      ^ read title of Card(0) in View
//                        ^ read onClick of Card(0) in View
    <ui.Button.Big>{counter}</ui.Button.Big>
//   ^ read ui in View
//      ^ read Button of ui in View
//             ^ call Big of ui.Button in View
//                  ^ read counter in View
//                            ^ read ui in View
//                               ^ read Button of ui in View
//                                      ^ read Big of ui.Button in View
    <div className="x">
      <Base />
//     ^ call Base in View
    </div>
  </Card>
//  ^ read Card in View
);
type Keys = keyof typeof LIMIT | Row["id"] | { [K in keyof Row]: Array<K> } | ((arg: Row) => Base);
// <- bind arg: Row (annotation) in Keys
// <- def type Keys hidden
//                       ^ type LIMIT in Keys
//                               ^ type Row in Keys
//                                                         ^ type Row in Keys
//                                                                                   ^ type Row in Keys
//                                                                                           ^ type Base in Keys
// ^ bind Keys: Row["id"] & Row & (arg: Row) => Base (annotation)
type Inner<X> = X extends Array<infer U> ? U : never;
// <- def type Inner hidden
function isRow(value: unknown): value is Row { return value instanceof Base; }
// <- bind value: unknown (annotation) in isRow
// <- bind isRow: value is Row (return)
// <- def function isRow hidden
//                                       ^ type Row in isRow
//                                                                     ^ read Base in isRow
const assigned = ((counter as any) = LIMIT);
// <- def variable assigned hidden
//                 ^ read counter
//                                   ^ read LIMIT
// <- exports View
