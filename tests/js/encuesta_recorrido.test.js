// Qué se vuelve a calcular con cada respuesta. Que el resultado es el del servidor lo prueba pytest, con 2,000 al azar.
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

test("cambiar una respuesta sólo toca a las que la miran", () => {
  const r = new Recorrido({ p: grande() }, new Map(), { ahora: AHORA });
  assert.deepEqual([...r.poner("p_x2", ["a"])].sort(), ["x2", "x3"]);
  assert.deepEqual([...r.poner("p_x15", ["4"])].sort(), ["suma", "x15"]);
  assert.equal(r.poner("p_x0", ["a"]).size, 51);
  assert.deepEqual([...r.poner("p_no_existe", ["a"])], []);
});

test("con 250 preguntas y 100 condiciones, cada respuesta cuesta mucho menos de lo que se nota", () => {
  const r = new Recorrido({ p: grande() }, new Map(), { ahora: AHORA });
  r.revisar();
  const antes = process.cpuUsage();
  for (let vez = 0; vez < 200; vez++) {
    for (const clave of r.poner("p_x0", [vez % 2 ? "a" : "b"])) {
      const p = /** @type {any} */ (r.porClave.get(clave));
      r.relevante(p, []);
      r.valor(p, []);
    }
  }
  const milisegundos = process.cpuUsage(antes).user / 1000 / 200;
  assert.ok(milisegundos < 2, `${milisegundos} ms`); // y en un teléfono seis veces más lento, menos de 12
});

test("una vuelta nueva se nota en lo que las suma y no en lo de afuera", () => {
  const p = /** @type {import("../../static/js/encuesta/recorrido.js").Pregunta[]} */ ([
    { c: "nombre", t: "texto" },
    { c: "edad", t: "entero", g: "menor" },
    { c: "suma", t: "calculo", n: 1, k: ["sum", ["$$", "edad"]] },
  ]);
  const r = new Recorrido({ p, g: [{ c: "menor", v: [0, 5] }] }, new Map(), { ahora: AHORA });
  assert.equal(r.valor(p[2], []), "0");
  assert.deepEqual([...r.poner("p_edad~1", ["4"])].sort(), ["edad", "menor", "suma"]);
  assert.deepEqual([...r.poner("p_edad~2", ["5"])].sort(), ["edad", "menor", "suma"]);
  assert.equal(r.valor(p[2], []), "9");
  assert.deepEqual([...r.poner("p_nombre", ["Ana"])], ["nombre"]);
  r.poner("p_edad~2", []);
  assert.equal(r.valor(p[2], []), "4");
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
