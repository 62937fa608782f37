// Por cada módulo (uno bueno, o varios con un defecto): recibe encuestas y respuestas, y dice de cada una qué viene al caso, cuánto vale y qué está mal según el teléfono.
// Con ``pasos``, además: poner las respuestas de una en una debe dar lo mismo que ponerlas juntas.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { nombreCampo } from "../../static/js/encuesta/boton.js";

const { modulos, casos } = JSON.parse(readFileSync(0, "utf-8"));

/** @param {any} r */
function foto(r) {
  /** @type {Record<string, [boolean, string | string[]]>} */
  const lugares = {};
  const errores = Object.fromEntries(r.revisar());
  for (const p of r.preguntas) {
    for (const vueltas of r.vueltasDe(p)) {
      lugares[nombreCampo(p.c, vueltas)] = [r.relevante(p, vueltas), r.valor(p, vueltas)];
    }
  }
  return { errores, lugares };
}

/** @param {any} modulo */
function decir({ Recorrido }) {
  return casos.map((/** @type {any} */ { reglas, opciones, crudo, ahora, conFicha, personal, pasos }) => {
    const ajustes = { ahora, conFicha, personal, opciones: (/** @type {string} */ clave) => opciones[clave] ?? null };
    const junto = foto(new Recorrido(reglas, new Map(Object.entries(crudo)), ajustes));
    if (!pasos) return junto;
    const pocoAPoco = new Recorrido(reglas, new Map(), { ...ajustes, conFicha: false });
    for (const [nombre, valores] of pasos) {
      pocoAPoco.poner(nombre, valores);
      foto(pocoAPoco);
    }
    pocoAPoco.ponerFicha(conFicha);
    return { ...junto, igual: JSON.stringify(foto(pocoAPoco)) === JSON.stringify(junto) };
  });
}

const dichos = [];
for (const ruta of modulos) dichos.push(decir(await import(pathToFileURL(ruta).href)));
process.stdout.write(JSON.stringify(dichos));
