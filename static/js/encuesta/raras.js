// Las funciones que pocas encuestas usan: redondeo, letras. Las de fechas están en fechas.js y los patrones, en patrones.js.
// Sin estos módulos lo demás vale igual; formularios/reglas_vivas.py sabe cuáles son y escoge el guion que los trae.

import { aNumero, aTexto, desfase, evaluar, partes, raras } from "../expresiones.js";

/** @typedef {import("../expresiones.js").Valor} Valor */
/** @typedef {import("../expresiones.js").Arbol} Arbol */
/** @typedef {import("../expresiones.js").Contexto} Contexto */

/** Al múltiplo de 10^-lugares más cercano; a la mitad, el mayor. @param {number} numero @param {number} lugares */
function redondear(numero, lugares) {
  if (!numero || !Number.isFinite(numero)) return numero;
  if (Number.isNaN(lugares)) return NaN;
  const [signo, digitos, exponente] = partes(numero);
  const quedan = exponente + 1 + lugares;
  if (quedan >= digitos.length) return numero;
  const resto = quedan >= 0 ? digitos.slice(quedan) : "";
  const sube = signo ? resto > "5" : resto >= "5";
  const entero = BigInt(digitos.slice(0, Math.max(quedan, 0)) || "0") + BigInt(sube);
  return Number(`${signo}${entero}e${-lugares}`);
}

/** Lo que vale cada rama. @param {Contexto} contexto */
function ramas(contexto) {
  const minutos = desfase(contexto.ahora.slice(-6));
  const v = (/** @type {Arbol} */ x) => evaluar(x, contexto);
  const t = (/** @type {Arbol} */ x) => aTexto(v(x));
  const n = (/** @type {Arbol} */ x) => aNumero(v(x), minutos);
  return { v, t, n, minutos };
}

/** El mayor o el menor; NaN si algo no es número. @param {any[]} arbol @param {Contexto} contexto */
function extremo([op, ...cuales], contexto) {
  const { v, minutos } = ramas(contexto);
  let mejor = NaN;
  for (const [i, x] of cuales.flatMap(v).map((y) => aNumero(y, minutos)).entries()) {
    if (Number.isNaN(x)) return x;
    if (!i || (op === "max" ? x > mejor : x < mejor)) mejor = x;
  }
  return mejor;
}

/** Un lugar en un texto; negativo, desde el final. @param {number} n @param {number} largo */
function indice(n, largo) {
  const i = Math.trunc(n) || 0;
  return Math.max(0, Math.min(largo, i < 0 ? i + largo : i));
}

/** @type {typeof raras} */
const funciones = {
  "boolean-from-string": ([, a], contexto) => ["true", "1"].includes(ramas(contexto).t(a)),
  max: extremo,
  min: extremo,
  round: ([, a, b], contexto) => {
    const { n } = ramas(contexto);
    return redondear(n(a), b === undefined ? 0 : Math.max(-400, Math.min(400, Math.trunc(n(b)))));
  },
  "selected-at": ([, a, b], contexto) => {
    const { n, t } = ramas(contexto);
    return t(a).split(/[ \t\r\n]+/).filter(Boolean)[Math.trunc(n(b))] ?? "";
  },
  substr: ([, a, b, c], contexto) => {
    const { n, t } = ramas(contexto);
    const letras = [...t(a)];
    return letras.slice(indice(n(b), letras.length), c === undefined ? letras.length : indice(n(c), letras.length)).join("");
  },
};
Object.assign(raras, funciones);
