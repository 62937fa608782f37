// Lo que siempre está a la vista: dónde se está, cómo va lo guardado y lo último que pasó, con su «Deshacer».

import { deshacer } from "./captura.js";
import { cuenta } from "./cola.js";
import { boton, h, plural, sonar } from "./dom.js";
import { avisoDeEspacio } from "./espacio.js";

/** @typedef {import("./telefono.js").Telefono} Telefono */

const MOTIVOS = {
  sin_red: "Sin señal: se envían solos",
  lento: "La señal está lenta: se envían por partes",
  cortado: "La señal se corta: se envían por partes",
  portal: "La red no llega a la oficina",
  servidor: "Se vuelve a intentar solo",
  telefono: "Se vuelve a intentar solo",
  muy_grande: "Se envían por partes",
  no_es_lote: "Se envían por partes",
  acuse: "",
  al_dia: "",
};

/** Estado del envío, en icono, palabra y color. @param {Telefono} telefono */
export function estadoDeEnvio(telefono) {
  const { guardado, enviado, apartado } = telefono.resumen;
  if (guardado) {
    const enviando = telefono.envio === "enviando";
    const motivo = telefono.envio && telefono.envio !== "enviando" ? telefono.envio.motivo : null;
    const nota = enviando ? "Enviando…" : motivo === "entrar" ? "Entre otra vez para enviar" : motivo ? MOTIVOS[motivo] : "";
    return { clase: "guardado", icono: enviando ? "↻" : "●", texto: `${plural(guardado, "guardado")} en este teléfono`, nota };
  }
  if (apartado && telefono.deBaja) {
    const texto = `${plural(apartado, "registro")} en la oficina`;
    return { clase: "guardado", icono: "=", texto, nota: "La titular decide si se cuentan" };
  }
  if (apartado) return { clase: "ojo", icono: "!", texto: `${plural(apartado, "registro")} por revisar`, nota: "" };
  if (enviado) return { clase: "enviado", icono: "✓", texto: "Todo enviado", nota: "" };
  return { clase: "vacio", icono: "–", texto: "Nada por enviar", nota: "" };
}

/**
 * @param {Telefono} telefono
 * @param {{titulo: string, atras: string | null, evento?: string}} donde ``evento``: el id, para mostrar cuántas personas van
 */
export function barra(telefono, { titulo, atras, evento }) {
  const van = h("p", { class: "barra-cuenta" });
  const estado = h("a", { class: "estado", href: "#/pendientes" });
  const pintar = () => {
    const { clase, icono, texto, nota } = estadoDeEnvio(telefono);
    estado.className = `estado estado-${clase}`;
    const lleno = avisoDeEspacio(telefono.espacio) && "Queda poco espacio: toque aquí";
    estado.replaceChildren(
      h("span", { "aria-hidden": "true", class: "icono" }, icono),
      h("span", null, texto, (lleno || nota) && h("small", null, lleno || nota)),
    );
    if (evento) void cuenta(telefono.bd, evento).then(({ total }) => (van.textContent = plural(total, "persona")));
  };
  pintar();
  telefono.addEventListener("cambio", pintar);
  const nodo = h(
    "header",
    { class: "barra" },
    h(
      "div",
      { class: "barra-lugar" },
      atras !== null && h("a", { class: "atras", href: atras }, "‹ Atrás"),
      h("p", null, titulo),
      evento ? van : "",
    ),
    estado,
  );
  return { nodo, soltar: () => telefono.removeEventListener("cambio", pintar) };
}

const OCULTAR_MS = 8_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let reloj;

/** El renglón donde se dice lo que acaba de pasar; se anuncia a lectores de pantalla. */
export const noticia = h("div", { class: "noticia", role: "status", hidden: true });

/**
 * @param {"bien" | "ojo" | "mal"} tono
 * @param {string} texto
 * @param {HTMLElement | null} [accion]
 * @param {string} [detalle]
 */
export function decir(tono, texto, accion = null, detalle = "") {
  clearTimeout(reloj);
  const icono = { bien: "✓", ojo: "!", mal: "✕" }[tono];
  noticia.className = `noticia noticia-${tono}`;
  noticia.hidden = false;
  noticia.replaceChildren(
    h("span", { class: "icono", "aria-hidden": "true" }, icono),
    h("span", { class: "noticia-texto" }, texto, detalle && h("small", null, detalle)),
    accion ?? "",
  );
  if (tono !== "mal") reloj = setTimeout(callar, OCULTAR_MS);
}

export function callar() {
  clearTimeout(reloj);
  noticia.hidden = true;
  noticia.replaceChildren();
}

/**
 * «Guardado en este teléfono», con su botón de deshacer.
 * @param {Telefono} telefono
 * @param {import("./captura.js").Deshacible} hecho
 * @param {() => void} [despues] al deshacer
 */
export function decirGuardado(telefono, hecho, despues = () => {}) {
  sonar("bien");
  const quitar = boton("Deshacer", "boton-chico", () => deshacerYDecir(telefono, hecho, despues));
  decir("bien", "Guardado en este teléfono", quitar, hecho.etiqueta);
}

/**
 * @param {Telefono} telefono
 * @param {import("./captura.js").Deshacible} hecho
 * @param {() => void} despues
 */
export async function deshacerYDecir(telefono, hecho, despues) {
  try {
    await deshacer(telefono, hecho);
    decir("ojo", `${hecho.etiqueta}: se deshizo y quedó anotado`);
    despues();
  } catch (error) {
    decirFalla(error);
  }
}

/** No se pudo guardar: se dice qué quedó y qué hacer. @param {unknown} error */
export function decirFalla(error) {
  sonar("ojo");
  const lleno = error instanceof DOMException && error.name === "QuotaExceededError";
  decir(
    "mal",
    lleno
      ? "No se guardó: el teléfono está lleno. Libere espacio y repita. Lo anterior sigue guardado."
      : "No se guardó este registro. Repítalo; si vuelve a pasar, anótelo en papel. Lo anterior sigue guardado.",
  );
}
