// Las vueltas de una repetición: cuáles se ven, «Agregar otra» y «Quitar».

import { boton, crear, enfocarTitulo } from "./boton.js";
import { ponerError } from "./errores.js";
import { enSuIdioma, ingles } from "./frases.js";
import { motor } from "./motor.js";

/** @typedef {ReturnType<typeof import("./viva.js").animar>} Viva */
/** @typedef {{grupo: import("./recorrido.js").Grupo, fuera: number[], secciones: HTMLElement[], pie: HTMLElement, pedidas: number}} Repeticion */

const ES = { agregar: "Agregar otra", quitar: "Quitar", quitada: "Se quitó." };
// <ingles
ingles.vueltas = /** @type {typeof ES} */ ({ agregar: "Add another", quitar: "Remove", quitada: "Removed." });
// >ingles
const CAMPOS = "input:not([type=hidden]), select, textarea";

/** Saca de sus pliegues las vueltas que sin guion esperan un toque, y las junta por repetición.
 * @param {HTMLElement} caja @param {import("./recorrido.js").Recorrido} recorrido @returns {Repeticion[]} */
export function juntar(caja, recorrido) {
  /** @type {Map<string, Repeticion>} */
  const hechas = new Map();
  for (const seccion of /** @type {NodeListOf<HTMLElement>} */ (caja.querySelectorAll("section[data-g][data-v]"))) {
    const grupo = recorrido.grupos.get(seccion.dataset.g ?? "");
    const pliegue = seccion.parentElement?.closest("details");
    if (!grupo?.v) continue;
    const vueltas = (seccion.dataset.v ?? "").split("~").map(Number);
    const fuera = vueltas.slice(0, -1);
    const lugar = [grupo.c, ...fuera].join("~");
    const repeticion = hechas.get(lugar) ?? { grupo, fuera, secciones: [], pie: crear("p", "f-repetir"), pedidas: 1 };
    repeticion.secciones.push(seccion);
    if (pliegue && pliegue === seccion.parentElement) pliegue.replaceWith(seccion);
    else repeticion.pedidas = repeticion.secciones.length;
    hechas.set(lugar, repeticion);
  }
  for (const { secciones, pie } of hechas.values()) secciones[secciones.length - 1].after(pie);
  return [...hechas.values()];
}

/** Cuántas se ven. @param {Repeticion} r @param {import("./recorrido.js").Recorrido} recorrido */
export function aLaVista({ grupo, fuera, secciones, pedidas }, recorrido) {
  const dichas = recorrido.veces(grupo, fuera);
  return Math.min(secciones.length, grupo.v?.[2] === undefined ? Math.max(pedidas, dichas) : dichas);
}

/** Los botones, en las que se repiten a voluntad. @param {Repeticion} r @param {Viva} viva */
export function botones(r, viva) {
  if (r.grupo.v?.[2] !== undefined) return;
  const frases = enSuIdioma(viva.caja, ES, ingles.vueltas);
  const alCambiar = (/** @type {number | undefined} */ cual) => cambiar(viva, r, cual, frases.quitada);
  r.pie.append(boton(frases.agregar, "boton", () => alCambiar(undefined)));
  r.secciones.forEach((seccion, i) => {
    seccion.append(boton(frases.quitar, "boton f-quitar", () => alCambiar(i + 1)));
  });
}

/** @param {Repeticion} r @param {number} vistas */
export function acomodarBotones(r, vistas) {
  const minimo = Math.max(1, r.grupo.v?.[0] ?? 0);
  r.pie.hidden = vistas >= r.secciones.length || r.grupo.v?.[2] !== undefined;
  for (const seccion of r.secciones) {
    const quitar = /** @type {HTMLElement | null} */ (seccion.querySelector(":scope > .f-quitar"));
    if (!quitar) continue;
    quitar.hidden = vistas <= minimo;
    quitar.setAttribute("aria-label", `${quitar.textContent}: ${seccion.querySelector("h2, h3, h4")?.textContent}`);
  }
}

/** @param {Viva} viva @param {Repeticion} r @param {number | undefined} cual la que se quita; si no, se agrega @param {string} dicho */
function cambiar(viva, r, cual, dicho) {
  const vistas = aLaVista(r, viva.recorrido);
  r.pedidas = cual === undefined ? vistas + 1 : Math.max(1, vistas - 1);
  if (cual === undefined) {
    viva.pintar();
    if (viva.pasos) viva.pasos.siguiente();
    else enfocarTitulo(r.secciones[r.pedidas - 1]?.querySelector("h2, h3, h4"));
    return;
  }
  for (const lugar of viva.lugares) if (r.secciones.some((s) => s.contains(lugar.nodo))) ponerError(lugar.nodo, lugar.nombre, "");
  quitar(r, cual);
  for (const otra of viva.repeticiones) if (otra !== r && r.secciones.some((s) => s.contains(otra.secciones[0]))) otra.pedidas = 1;
  viva.leerTodo();
  viva.pintar();
  viva.decir(dicho);
}

/** Quita una vuelta: lo de las siguientes sube un lugar y la última queda vacía. @param {Repeticion} r @param {number} cual */
function quitar(r, cual) {
  for (let n = cual; n <= r.secciones.length; n++) copiar(r.secciones[n], r.secciones[n - 1]);
  enfocarTitulo(r.secciones[Math.max(0, Math.min(cual, r.pedidas) - 1)].querySelector("h2, h3, h4"));
}

/** @param {HTMLElement | undefined} de nada es dejarla vacía @param {HTMLElement} a */
function copiar(de, a) {
  const fuentes = /** @type {NodeListOf<HTMLInputElement> | undefined} */ (de?.querySelectorAll(CAMPOS));
  /** @type {NodeListOf<HTMLInputElement>} */ (a.querySelectorAll(CAMPOS)).forEach((campo, i) => {
    if (["radio", "checkbox"].includes(campo.type)) campo.checked = fuentes?.[i].checked ?? false;
    else campo.value = fuentes?.[i].value ?? "";
  });
  motor.copiarOrdenes?.(de, a);
}

Object.assign(motor, { juntar, aLaVista, botones, acomodarBotones });
