// ¿Dicen lo mismo dos guiones? esbuild los lee y los vuelve a escribir desde su árbol de sintaxis: debe salir lo mismo.
// Entrada: [[nombre, escrito, servido], …] en JSON. Salida: los nombres de los que no coinciden o no se entienden.
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

/** @param {string} guion */
function reescribir(guion) {
  return transformSync(guion, { minifyWhitespace: true, legalComments: "none", logLevel: "silent" }).code;
}

/** @param {[string, string, string]} par */
function distinto([, escrito, servido]) {
  const antes = reescribir(escrito);
  try {
    return reescribir(servido) !== antes;
  } catch {
    return true;
  }
}

/** @type {[string, string, string][]} */
const pares = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(pares.filter(distinto).map(([nombre]) => nombre)));
