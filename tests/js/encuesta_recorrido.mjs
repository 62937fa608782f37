// Por cada módulo (uno bueno, o varios con un defecto): recibe encuestas y respuestas, y dice de cada una qué viene al caso, cuánto vale y qué está mal según el teléfono.
// Con ``pasos``, además: poner las respuestas de una en una debe dar lo mismo que ponerlas juntas.
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { nombreCampo } from "../../static/js/encuesta/boton.js";

const NOMBRES = new URL("../../static/armado/nombres.json", import.meta.url);
const { modulos, casos } = JSON.parse(readFileSync(0, "utf-8"));

/** Los nombres cortos de lo que arma construir.py; un módulo escrito a mano se usa como está.
 * @type {{props: Record<string, string>}} */
const cortos = existsSync(NOMBRES) ? { props: JSON.parse(readFileSync(NOMBRES, "utf-8")) } : { props: {} };

/** Lo mismo, por su nombre largo. @param {any} cosa @param {boolean} armado */
const porSuNombre = (cosa, armado) =>
  armado
    ? new Proxy(cosa, {
        get(de, nombre) {
          const valor = de[cortos.props[String(nombre)] ?? nombre];
          return typeof valor === "function" ? valor.bind(de) : valor;
        },
      })
    : cosa;

/** @param {any} r @param {Record<string, string>} textos */
function foto(r, textos) {
  /** @type {Record<string, [boolean, string | string[]]>} */
  const lugares = {};
  /** @type {Record<string, string>} */
  const dichos = {};
  const errores = Object.fromEntries(r.revisar());
  for (const p of r.preguntas) {
    for (const vueltas of r.vueltasDe(p)) {
      lugares[nombreCampo(p.c, vueltas)] = [r.relevante(p, vueltas), r.valor(p, vueltas)];
      dichos[nombreCampo(p.c, vueltas)] = r.lleno(textos[p.c], p.g, vueltas);
    }
  }
  return { errores, lugares, dichos };
}

/** @param {any} modulo @param {boolean} armado */
function decir({ motor, Recorrido = motor?.Recorrido }, armado) {
  const corto = (/** @type {any} */ cosa) => (armado ? conNombresCortos(cosa) : cosa);
  const nuevo = (/** @type {any} */ reglas, /** @type {Map<string, string[]>} */ crudo, /** @type {any} */ ajustes) =>
    porSuNombre(new Recorrido(reglas, crudo, corto(ajustes)), armado);
  return casos.map((/** @type {any} */ { reglas, opciones, crudo, ahora, conFicha, personal, pasos, textos }) => {
    const deCadaUna = (/** @type {string} */ clave) => opciones[clave]?.map(corto) ?? null;
    const ajustes = { ahora, conFicha, personal, opciones: deCadaUna };
    const junto = foto(nuevo(reglas, new Map(Object.entries(crudo)), ajustes), textos);
    if (!pasos) return junto;
    const pocoAPoco = nuevo(reglas, new Map(), { ...ajustes, conFicha: false });
    for (const [nombre, valores] of pasos) {
      pocoAPoco.poner(nombre, valores);
      foto(pocoAPoco, textos);
    }
    pocoAPoco.ponerFicha(conFicha);
    return { ...junto, igual: JSON.stringify(foto(pocoAPoco, textos)) === JSON.stringify(junto) };
  });
}

/** @param {Record<string, any>} cosa */
function conNombresCortos(cosa) {
  return Object.fromEntries(Object.entries(cosa).map(([nombre, valor]) => [cortos.props[nombre] ?? nombre, valor]));
}

const todos = [];
for (const ruta of modulos) {
  const armado = ruta.endsWith(".mjs"); // lo que se sirve, que también trae lo que anima la página
  if (armado) Object.assign(globalThis, { document: { querySelector: () => null, querySelectorAll: () => [] }, addEventListener: () => {} });
  else await import(new URL("todo.js", pathToFileURL(ruta)).href);
  todos.push(decir(await import(pathToFileURL(ruta).href), armado));
}
process.stdout.write(JSON.stringify(todos));
