// Recibe árboles y contextos por la entrada, y contesta con lo que vale cada uno, en el formato de los vectores.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { modulo, casos } = JSON.parse(readFileSync(0, "utf-8"));
const { evaluar } = await import(pathToFileURL(modulo).href);
await import(new URL("encuesta/todo.js", pathToFileURL(modulo)).href);

/** @param {any} caso */
function contexto(caso) {
  const valores = (/** @type {string} */ nombre) => caso.valores?.[nombre] ?? [""];
  return {
    valores,
    todos: (/** @type {string} */ nombre) => caso.todos?.[nombre] ?? valores(nombre),
    actual: caso.actual ?? "",
    ahora: caso.ahora,
    posicion: caso.posicion ?? 1,
    una_vez: caso.una_vez ?? "",
    etiqueta: (/** @type {string} */ pregunta, /** @type {string} */ clave) => caso.etiquetas?.[pregunta]?.[clave] ?? "",
  };
}

/** @param {unknown} valor */
function enJson(valor) {
  if (typeof valor !== "number") return valor;
  if (Object.is(valor, -0)) return { numero: "-0" };
  return Number.isFinite(valor) ? valor : { numero: String(valor) };
}

process.stdout.write(JSON.stringify(casos.map((/** @type {any} */ c) => enJson(evaluar(c.arbol, contexto(c.caso))))));
