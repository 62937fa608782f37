import assert from "node:assert/strict";
import { test } from "node:test";

import { codigoDeAlta } from "../../static/js/identidad.js";

test("el código se toma del QR o escrito como salga", () => {
  for (const texto of ["A1K7MD2QXY", "K7MD-2QXY", " k7md 2qxy ", "a1 k7md.2qxy"]) assert.equal(codigoDeAlta(texto), "K7MD2QXY");
});

test("un código que empieza con A1… de ocho letras es ajeno: el 1 no está en ninguno", () => {
  assert.equal(codigoDeAlta("A1K7MD2Q"), null);
});

test("lo ajeno no es un código", () => {
  for (const texto of ["", "A1", "https://ine.example/1", "J1" + "7".repeat(28), "F1LUNA-37", "K7MD2QX", "K7MD2QXYZ", "K7MD2Q0I", "A1K7MD2QX!"]) {
    assert.equal(codigoDeAlta(texto), null, texto);
  }
});
