// Lo que cuesta cada respuesta. Que el resultado es el del servidor lo prueba pytest, con 2,000 al azar.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Recorrido } from "../../static/js/encuesta/recorrido.js";

const AHORA = "2026-11-23T20:30:15.250-06:00";

/** @param {string} clave @param {string} valor */
const es = (clave, valor) => ["=", ["$", clave], valor];

/** 250 preguntas, 100 con condición: la mitad miran a la primera y la mitad a la de antes. */
function grande() {
  const p = Array.from({ length: 250 }, (_, n) => {
    /** @type {import("../../static/js/encuesta/recorrido.js").Pregunta} */
    const pregunta = { c: `x${n}`, t: n % 10 === 5 ? "entero" : "texto" };
    if (n % 5 === 1) pregunta.r = es("x0", "a");
    if (n % 5 === 3) pregunta.r = es(`x${n - 1}`, "a");
    return pregunta;
  });
  /** @type {any} */
  let suma = 0;
  for (let n = 5; n < 250; n += 10) suma = ["+", suma, ["coalesce", ["$", `x${n}`], 0]];
  p.push({ c: "suma", t: "calculo", n: 1, k: suma });
  return p;
}

test("con 250 preguntas y 100 condiciones, cada respuesta cuesta mucho menos de lo que se nota", () => {
  const r = new Recorrido({ p: grande() }, new Map(), { ahora: AHORA });
  r.revisar();
  const antes = process.cpuUsage();
  for (let vez = 0; vez < 200; vez++) {
    r.poner("p_x0", [vez % 2 ? "a" : "b"]);
    for (const p of r.preguntas) {
      r.relevante(p, []);
      if (p.n) r.valor(p, []);
    }
  }
  const milisegundos = process.cpuUsage(antes).user / 1000 / 200;
  assert.ok(milisegundos < 2, `${milisegundos} ms`); // y en un teléfono seis veces más lento, menos de 12
});

test("una vuelta nueva se nota en lo que las suma", () => {
  const p = /** @type {import("../../static/js/encuesta/recorrido.js").Pregunta[]} */ ([
    { c: "edad", t: "entero", g: "menor" },
    { c: "suma", t: "calculo", n: 1, k: ["sum", ["$$", "edad"]] },
  ]);
  const r = new Recorrido({ p, g: [{ c: "menor", v: [0, 5] }] }, new Map(), { ahora: AHORA });
  assert.equal(r.valor(p[1], []), "0");
  r.poner("p_edad~1", ["4"]);
  r.poner("p_edad~2", ["5"]);
  assert.equal(r.valor(p[1], []), "9");
  r.poner("p_edad~2", []);
  assert.equal(r.valor(p[1], []), "4");
});

test("lo que se muestra en otra vuelta se decide con sus propias respuestas", () => {
  const p = /** @type {import("../../static/js/encuesta/recorrido.js").Pregunta[]} */ ([
    { c: "edad", t: "entero", g: "menor" },
    { c: "estudia", t: "texto", g: "menor", r: [">", ["$", "edad"], 5] },
  ]);
  const crudo = new Map([["p_edad~1", ["9"]], ["p_edad~2", ["3"]]]);
  const r = new Recorrido({ p, g: [{ c: "menor", v: [0, 5] }] }, crudo, { ahora: AHORA });
  assert.deepEqual([1, 2, 3].map((n) => r.relevante(p[1], [n])), [true, false, false]);
});
