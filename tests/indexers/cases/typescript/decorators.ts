import { Controller, Get, On } from "x";

export
   @Controller("a") class A {
//  ^ decorate Controller in A
    @Get("b")
//   ^ decorate Get in A.go
    @On.event go(): void {}
//   ^ read On in A
//      ^ decorate event of On in A.go
    @On() field: string;
//   ^ decorate On in A.field
}
