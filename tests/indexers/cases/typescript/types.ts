import { Repo, make, Row } from "./lib";
// <- import ./lib:Repo as Repo
// <- import ./lib:make as make
// <- import ./lib:Row as Row

const top: Repo = make();
// <- bind top: Repo (annotation)
// <- def variable top hidden
//         ^ type Repo
//                ^ call make
const built = new Repo<Row>();
// <- bind built: Repo (constructor)
// <- def variable built hidden
//                ^ call Repo
//                     ^ type Row
const called = make.one(1);
// <- bind called: make.one (constructor)
// <- def variable called hidden
//             ^ read make
//                  ^ call one of make
const alias = built.rows;
// <- bind alias: built.rows (alias)
// <- def variable alias hidden
//            ^ read built
//                  ^ read rows of built
const awaited = await make(2);
// <- bind awaited: make (constructor)
// <- def variable awaited hidden
//                    ^ call make
const chained = make(1).child();
// <- bind chained: make().child (constructor)
// <- def variable chained hidden
//              ^ call make
//                      ^ call child of make()
const mixed = make(1) + make(2);
// <- def variable mixed hidden
//            ^ call make
//                      ^ call make
const wrapped = (await make(3))!;
// <- bind wrapped: make (constructor)
// <- def variable wrapped hidden
//                     ^ call make

function find(repo: Repo, row?: Row, ...rest: Row[]): Promise<Row> {
// <- bind repo: Repo (annotation) in find
// <- bind row: Row (annotation) in find
// <- bind find: Promise<Row> (return)
// <- def function find hidden
//                  ^ type Repo in find
//                              ^ type Row in find
//                                            ^ type Row in find
//                                                            ^ type Row in find
// ^ bind (2): Row[] (annotation) in find
// ^ bind (1): Row (annotation) in find
// ^ bind (0): Repo (annotation) in find
  const local = repo.first();
  // <- bind local: repo.first (constructor) in find
//                   ^ call first of repo in find
  return local;
}
const arrow = async (x: Row): Promise<Repo> => x;
// <- bind x: Row (annotation) in arrow
// <- bind arrow: Promise<Repo> (return)
// <- def function arrow hidden
//                      ^ type Row in arrow
//                                    ^ type Repo in arrow
// ^ bind (0): Row (annotation) in arrow

class Store {
// <- def class Store hidden
  repo: Repo;
  // <- bind this.repo: Repo (annotation) in Store
  // <- def field Store.repo hidden
//      ^ type Repo in Store.repo
  cache = new Map<string, Row>();
  // <- bind this.cache: Map (constructor) in Store
  // <- def field Store.cache hidden
//                        ^ type Row in Store.cache
  constructor(private readonly db: Repo, plain: Row) {
  // <- bind db: Repo (annotation) in Store.constructor
  // <- bind this.db: Repo (annotation) in Store.constructor
  // <- bind plain: Row (annotation) in Store.constructor
  // <- def method Store.constructor hidden
  // <- def field Store.db hidden
//                                 ^ type Repo in Store.constructor
//                                              ^ type Row in Store.constructor
// ^ bind (1): Row (annotation) in Store.constructor
// ^ bind (0): Repo (annotation) in Store.constructor
    this.made = new Repo();
//  ^ bind this.made: Repo (constructor) in Store.constructor
//  ^ def field Store.made hidden
//       ^ read made of this in Store.constructor
//                  ^ call Repo in Store.constructor
    this.row = plain;
//  ^ bind this.row: plain (alias) in Store.constructor
//  ^ def field Store.row hidden
//       ^ read row of this in Store.constructor
  }
  get rows(): Row[] { return []; }
  // <- bind rows: Row[] (return) in Store
  // <- def property Store.rows hidden
//            ^ type Row in Store.rows
  load(): Repo { return this.repo; }
  // <- bind load: Repo (return) in Store
  // <- def method Store.load hidden
//        ^ type Repo in Store.load
//                           ^ read repo of this in Store.load
}
interface Api { get(): Row }
// <- bind get: Row (return) in Api
// <- def interface Api hidden
// <- def method Api.get hidden
//                     ^ type Row in Api.get
