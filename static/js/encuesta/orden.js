// Poner en orden con botones de subir y bajar, en vez de una lista desplegable por lugar. Con teclado, completo.

import { boton, crear } from "./boton.js";
import { enSuIdioma, ingles } from "./frases.js";
import { motor } from "./motor.js";

const ES = {
  subir: "Subir",
  bajar: "Bajar",
  asi: "Así está bien",
  lugar: (/** @type {string} */ que, /** @type {number} */ n, /** @type {number} */ de) => `${que}: lugar ${n} de ${de}.`,
};

// <ingles
ingles.orden = /** @type {typeof ES} */ ({
  subir: "Up",
  bajar: "Down",
  asi: "Keep this order",
  lugar: (que, n, de) => `${que}: place ${n} of ${de}.`,
});
// >ingles

/**
 * @param {HTMLElement} campo el fieldset con una lista por lugar
 * @param {HTMLElement} caja @param {(texto: string) => void} decir
 */
export function ordenar(campo, caja, decir) {
  const frases = enSuIdioma(caja, ES, ingles.orden);
  const listas = [...campo.querySelectorAll("select")];
  const opciones = [...(listas[0]?.options ?? [])].filter((opcion) => opcion.value);
  const puestas = listas.map((lista) => lista.value).filter(Boolean);
  const contestada = puestas.length === opciones.length;
  const lugar = (/** @type {HTMLOptionElement} */ { value }) => (puestas.includes(value) ? puestas.indexOf(value) : opciones.length);
  const lista = crear("ol", "f-orden");
  for (const opcion of contestada ? opciones.sort((a, b) => lugar(a) - lugar(b)) : opciones) {
    lista.append(renglon(campo, opcion, contestada, frases, (cual, hacia) => mover(lista, cual, hacia)));
  }
  const asi = boton(frases.asi, "boton f-asi", () => contestar(lista));
  asi.hidden = contestada;
  campo.querySelector(".f-lugares")?.replaceWith(lista, asi);

  /** @param {HTMLElement} ol */
  function contestar(ol) {
    for (const oculto of ol.querySelectorAll("input")) oculto.disabled = false;
    asi.hidden = true;
    if (document.activeElement === document.body) ol.querySelector("button")?.focus();
    for (const tipo of ["input", "change"]) campo.dispatchEvent(new Event(tipo, { bubbles: true }));
  }

  /** @param {HTMLElement} ol @param {HTMLElement} cual @param {-1 | 1} hacia */
  function mover(ol, cual, hacia) {
    const visibles = [...ol.children].filter((uno) => !(/** @type {HTMLElement} */ (uno).hidden));
    const aqui = visibles.indexOf(cual);
    const otro = visibles[aqui + hacia];
    const foco = document.activeElement;
    if (otro) ol.insertBefore(hacia < 0 ? cual : otro, hacia < 0 ? otro : cual);
    if (foco instanceof HTMLElement && cual.contains(foco)) foco.focus(); // moverlo se lo quita
    decir(frases.lugar(cual.querySelector("span")?.textContent ?? "", aqui + 1 + (otro ? hacia : 0), visibles.length));
    contestar(ol);
  }
}

/** @param {HTMLElement} campo @param {HTMLOptionElement} opcion @param {boolean} contestada
 * @param {typeof ES} frases @param {(renglon: HTMLElement, hacia: -1 | 1) => void} mover */
function renglon(campo, opcion, contestada, frases, mover) {
  const li = crear("li");
  if (opcion.dataset.o !== undefined) li.dataset.o = opcion.value;
  const texto = crear("span", "", opcion.text);
  const oculto = crear("input");
  oculto.type = "hidden";
  oculto.name = campo.id;
  oculto.value = opcion.value;
  oculto.disabled = !contestada;
  const subir = boton("↑", "f-mover", () => mover(li, -1));
  const bajar = boton("↓", "f-mover", () => mover(li, 1));
  subir.setAttribute("aria-label", `${frases.subir}: ${opcion.text}`);
  bajar.setAttribute("aria-label", `${frases.bajar}: ${opcion.text}`);
  li.append(texto, subir, bajar, oculto);
  return li;
}

/** Lo que se esconde no se manda; lo que vuelve, si las demás se mandan. @param {HTMLInputElement} campo @param {boolean} va */
export function desmarcarDeOrden(campo, va) {
  const vecinos = campo.closest("ol")?.querySelectorAll("li:not([hidden]) input:not(:disabled)") ?? [];
  campo.disabled = !va || !vecinos.length;
  return true;
}

/** Las claves en su orden, si ya se contestó. @param {Element} campo */
function ordenDe(campo) {
  return [...campo.querySelectorAll("input")].filter((uno) => !uno.disabled).map((uno) => uno.value);
}

/** Deja los de una vuelta como los de otra, o sin contestar. @param {HTMLElement | undefined} de @param {HTMLElement} a */
export function copiarOrdenes(de, a) {
  const ordenes = de?.querySelectorAll("[data-orden]");
  a.querySelectorAll("[data-orden]").forEach((campo, i) => ponerOrden(campo, ordenes ? ordenDe(ordenes[i]) : []));
}

/** Lo deja como otro, o sin contestar. @param {Element} campo @param {string[]} claves */
function ponerOrden(campo, claves) {
  const lista = campo.querySelector("ol");
  for (const oculto of campo.querySelectorAll("input")) oculto.disabled = !claves.length;
  for (const clave of claves) lista?.append(.../** @type {Element[]} */ ([lista.querySelector(`input[value="${CSS.escape(clave)}"]`)?.parentElement].filter(Boolean)));
  const asi = /** @type {HTMLElement | null} */ (campo.querySelector(".f-asi"));
  if (asi) asi.hidden = claves.length > 0;
}

Object.assign(motor, { ordenar, desmarcarDeOrden, copiarOrdenes });
