// Lo que el módulo da además de evaluar; los vectores y las 20,000 al azar los corre pytest, que sí tiene analizador.
import assert from "node:assert/strict";
import { test } from "node:test";

import "../../static/js/encuesta/todo.js";
import { aBooleano, aNumero, aTexto, esVerdadera, evaluar } from "../../static/js/expresiones.js";

const contexto = {
  valores: (/** @type {string} */ nombre) => ({ edad: ["17"], vacia: [""], ninguna: [] })[nombre] ?? [""],
  todos: () => ["1", "2"],
  actual: "a b",
  ahora: "2026-11-23T20:05:06.789-06:00",
  posicion: 2,
  una_vez: "",
  etiqueta: (/** @type {string} */ pregunta, /** @type {string} */ clave) => `${pregunta}: ${clave}`,
};

test("una respuesta vacía o que no está es falsa", () => {
  assert.equal(esVerdadera(["$", "edad"], contexto), true);
  assert.equal(esVerdadera(["$", "vacia"], contexto), false);
  assert.equal(esVerdadera(["$", "ninguna"], contexto), false);
});

test("el árbol pregunta al contexto por cada cosa", () => {
  assert.deepEqual(evaluar(["."], contexto), ["a b"]);
  assert.equal(evaluar(["sum", ["$$", "edad"]], contexto), 3);
  assert.equal(evaluar(["position"], contexto), 2);
  assert.equal(evaluar(["jr:choice-name", ["$", "edad"], "q"], contexto), "q: 17");
  assert.equal(evaluar(["once", "nuevo"], { ...contexto, una_vez: "viejo" }), "viejo");
});

test("las conversiones son las de XPath", () => {
  assert.equal(aTexto(1e21), "1" + "0".repeat(21));
  assert.equal(aTexto(-1.5e-9), "-0.0000000015");
  assert.equal(aTexto([]), "");
  assert.equal(aNumero(["2026-11-23"]), 20780);
  assert.ok(Number.isNaN(aNumero("1e3")));
  assert.equal(aBooleano("false"), true);
  assert.equal(aBooleano(NaN), false);
});

test("cien condiciones se contestan en menos de lo que se nota", () => {
  const condicion = ["and", [">", ["$", "edad"], 10], ["selected", ["."], "b"], ["!=", ["$", "vacia"], "x"]];
  const antes = process.cpuUsage();
  for (let i = 0; i < 100; i++) assert.equal(esVerdadera(condicion, contexto), true);
  assert.ok(process.cpuUsage(antes).user < 50_000); // microsegundos
});
