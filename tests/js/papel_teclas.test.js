// Qué quiere decir lo que se teclea en la rejilla de una hoja de papel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { clavesDe, edadCompleta, repetido, telefonoCompleto } from "../../static/js/panel/papel_teclas.js";

test("cada letra escoge su opción; la vacía no tiene letra", () => {
  const options = [
    { value: "", dataset: {} },
    { value: "cabecera", dataset: { letra: "P" } },
    { value: "nd", dataset: { letra: "N" } },
  ];
  assert.deepEqual([...clavesDe({ options })], [["P", "cabecera"], ["N", "nd"]]);
});

test("una edad está completa con dos números o con una N, no antes", () => {
  for (const texto of ["34", "12", "99", "n", "N"]) assert.equal(edadCompleta(texto), true, texto);
  for (const texto of ["", "3", "9", "0", "08", "1a", "30-44"]) assert.equal(edadCompleta(texto), false, texto);
});

test("un teléfono está completo con diez números, como se escriban", () => {
  for (const texto of ["3781234567", "378 123 4567", "(378) 123-4567"]) assert.equal(telefonoCompleto(texto), true, texto);
  for (const texto of ["", "378123456", "37812345678", "378 123 456"]) assert.equal(telefonoCompleto(texto), false, texto);
});

test("se repite el mismo nombre con otros acentos u otro orden; lo vacío y lo muy corto no", () => {
  const nombres = ["Ana López", "Eva", "LOPEZ, ANA", "Eva", "", ""];
  assert.deepEqual(nombres.map((_, n) => repetido(nombres, n)), [-1, -1, 0, -1, -1, -1]);
});
