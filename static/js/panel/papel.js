/**
 * La rejilla de una hoja de papel, para no soltar el teclado: una letra escoge y pasa a lo que sigue, Enter va al
 * siguiente renglón, los renglones se agregan solos y lo tecleado queda en el servidor. Sin este módulo la página sirve.
 */

import { DICHOS, aEntrar, intentar, mandar } from "./papel_envio.js";
import { clavesDe, edadCompleta, repetido, telefonoCompleto } from "./papel_teclas.js";

const ESPERA_MS = 1500;

/** @typedef {HTMLInputElement | HTMLSelectElement} Casilla */

/** @param {HTMLFormElement} formulario */
function animar(formulario) {
  const cuerpo = /** @type {HTMLTableSectionElement} */ (formulario.querySelector("[data-renglones]"));
  const dice = /** @type {HTMLElement} */ (formulario.querySelector("[data-borrador-dice]"));
  const van = /** @type {HTMLElement} */ (formulario.querySelector("[data-van]"));
  const aviso = /** @type {HTMLElement} */ (document.querySelector("[data-aviso]"));
  const maximo = Number(formulario.dataset.maximo);
  const molde = /** @type {HTMLTableRowElement} */ (
    [...cuerpo.rows].findLast((renglon) => casillas(renglon).every((casilla) => !casilla.value))?.cloneNode(true)
  );
  let [cambios, guardados, mandando] = [formulario.dataset.sinGuardar === undefined ? 0 : 1, 0, false];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reloj;
  /** @type {Promise<void>} */
  let turno = Promise.resolve();

  history.replaceState(null, "", formulario.dataset.aqui);
  for (const boton of formulario.querySelectorAll("[data-sin-guion]")) boton.remove();
  const inicio = cuerpo.querySelector("[aria-invalid]") ?? cuerpo.querySelector(".ojo [type=checkbox]") ?? vacia();
  if (inicio instanceof HTMLElement) inicio.focus();

  /** @returns {HTMLElement | undefined} la primera casilla del primer renglón sin nada */
  function vacia() {
    const renglon = [...cuerpo.rows].find((cada) => casillas(cada).every((casilla) => !casilla.value));
    return renglon && casillas(renglon)[0];
  }

  /** @param {HTMLTableRowElement} renglon @returns {HTMLTableRowElement | null} */
  function siguiente(renglon) {
    if (renglon.nextElementSibling || !molde || cuerpo.rows.length >= maximo) {
      return /** @type {HTMLTableRowElement | null} */ (renglon.nextElementSibling);
    }
    const nuevo = /** @type {HTMLTableRowElement} */ (molde.cloneNode(true));
    const n = String(cuerpo.rows.length + 1);
    for (const parte of nuevo.querySelectorAll("[aria-label]")) {
      parte.setAttribute("aria-label", (parte.getAttribute("aria-label") ?? "").replace(/\d+$/, n));
    }
    /** @type {HTMLElement} */ (nuevo.querySelector("[data-numero]")).textContent = n;
    /** @type {HTMLInputElement} */ (nuevo.querySelector("[name=id]")).value = crypto.randomUUID();
    cuerpo.append(nuevo);
    return nuevo;
  }

  /** @param {Casilla} casilla */
  function avanzar(casilla) {
    const renglon = /** @type {HTMLTableRowElement} */ (casilla.closest("tr"));
    const suyas = casillas(renglon);
    const otra = suyas[suyas.indexOf(casilla) + 1];
    if (otra && !(otra.name === "nombre")) ir(otra);
    else bajar(renglon);
  }

  /** @param {HTMLTableRowElement} renglon */
  function bajar(renglon) {
    const otro = siguiente(renglon);
    if (otro) ir(casillas(otro)[0]);
  }

  /** @param {Casilla | undefined} casilla */
  function ir(casilla) {
    casilla?.focus();
    if (casilla instanceof HTMLInputElement) casilla.select();
  }

  cuerpo.addEventListener("keydown", (tecla) => {
    const casilla = tecla.target;
    if (!(casilla instanceof HTMLInputElement || casilla instanceof HTMLSelectElement) || tecla.isComposing) return;
    const renglon = /** @type {HTMLTableRowElement} */ (casilla.closest("tr"));
    if (tecla.key === "Enter" && !tecla.altKey) {
      tecla.preventDefault();
      if (tecla.ctrlKey || tecla.metaKey) formulario.requestSubmit();
      else if (tecla.shiftKey) ir(casillas(/** @type {HTMLTableRowElement} */ (renglon.previousElementSibling ?? renglon))[0]);
      else bajar(renglon);
    } else if (casilla instanceof HTMLSelectElement && tecla.key.length === 1 && !tecla.ctrlKey && !tecla.metaKey && !tecla.altKey) {
      const clave = clavesDe(casilla).get(tecla.key.toUpperCase());
      tecla.preventDefault();
      if (clave === undefined) return;
      casilla.value = clave;
      casilla.dispatchEvent(new Event("input", { bubbles: true }));
      avanzar(casilla);
    } else if (casilla instanceof HTMLInputElement && casilla.type !== "checkbox" && /^Arrow(Up|Down)$/.test(tecla.key)) {
      const otro = tecla.key === "ArrowUp" ? renglon.previousElementSibling : siguiente(renglon);
      if (!(otro instanceof HTMLTableRowElement)) return;
      tecla.preventDefault();
      ir(casillas(otro)[casillas(renglon).indexOf(casilla)]);
    }
  });

  cuerpo.addEventListener("input", (suceso) => {
    const casilla = suceso.target;
    if (!(casilla instanceof HTMLInputElement || casilla instanceof HTMLSelectElement)) return;
    cambios += 1;
    clearTimeout(reloj);
    reloj = setTimeout(guardarBorrador, ESPERA_MS);
    casilla.removeAttribute("aria-invalid");
    const escribiendo = suceso instanceof InputEvent && (suceso.inputType === "insertText" || suceso.inputType === "insertCompositionText");
    if (!escribiendo || !(casilla instanceof HTMLInputElement) || casilla.selectionStart !== casilla.value.length) return;
    if (casilla.name === "edad" && edadCompleta(casilla.value)) avanzar(casilla);
    if (casilla.name === "telefono" && telefonoCompleto(casilla.value)) avanzar(casilla);
  });

  cuerpo.addEventListener("focusout", (suceso) => {
    const casilla = suceso.target;
    if (!(casilla instanceof HTMLInputElement || casilla instanceof HTMLSelectElement)) return;
    contar();
    if (casilla.name === "nombre" || casilla.name === "telefono") senalar(casilla);
  });

  function contar() {
    const llenos = [...cuerpo.rows].filter((renglon) => lleno(renglon)).length;
    const texto = llenos ? `Van ${llenos.toLocaleString("es-MX")} ${llenos === 1 ? "persona" : "personas"}.` : "";
    if (van.textContent !== texto) van.textContent = texto;
  }

  /** Dice en el renglón si lo mismo ya está más arriba en esta hoja. @param {Casilla} casilla */
  function senalar(casilla) {
    const renglon = /** @type {HTMLTableRowElement} */ (casilla.closest("tr"));
    renglon.querySelector("[data-igual]")?.remove();
    const otras = [...cuerpo.querySelectorAll(`input[name=${casilla.name}]`)];
    const con = repetido(otras.map((otra) => /** @type {HTMLInputElement} */ (otra).value), otras.indexOf(casilla));
    if (con < 0) return;
    const parrafo = document.createElement("p");
    parrafo.className = "dicho";
    parrafo.dataset.igual = "";
    parrafo.textContent = `Igual que en el renglón ${con + 1}.`;
    casilla.after(parrafo);
  }

  /** Uno a la vez y en orden: el servidor se queda con lo último. */
  function guardarBorrador() {
    clearTimeout(reloj);
    turno = turno.then(async () => {
      if (guardados === cambios || mandando) return;
      const estos = cambios;
      const respuesta = await intentar(formulario, formulario.dataset.borrador, { guion: "1" });
      if (respuesta?.status === 409) {
        dice.textContent = "Esta hoja se abrió después en otra ventana. Siga allá: lo de aquí ya no se está guardando.";
      } else if (respuesta?.ok && !aEntrar(respuesta)) {
        guardados = estos;
        dice.textContent = `Guardado a medias, ${(await respuesta.json()).guardado} Todavía no se cuenta.`;
      } else {
        dice.textContent =
          respuesta && aEntrar(respuesta)
            ? "Sin guardar a medias: su sesión se cerró. Entre otra vez en otra ventana y no cierre ésta."
            : "Sin guardar a medias: no hay conexión. No cierre esta ventana.";
        reloj = setTimeout(guardarBorrador, 4 * ESPERA_MS);
      }
    });
    return turno;
  }

  formulario.addEventListener("submit", async (suceso) => {
    suceso.preventDefault();
    if (mandando) return;
    mandando = true;
    clearTimeout(reloj);
    await turno;
    const boton = /** @type {HTMLButtonElement | null} */ (formulario.querySelector("button.principal"));
    boton?.setAttribute("aria-disabled", "true");
    aviso.replaceChildren();
    const fin = await mandar(formulario);
    if (fin === "falla" || fin === "sesion") {
      mandando = false;
      boton?.removeAttribute("aria-disabled");
      decir(aviso, DICHOS[fin]);
    }
  });

  document.querySelector("[data-abrir] form")?.addEventListener("submit", async (suceso) => {
    suceso.preventDefault();
    const otro = /** @type {HTMLFormElement} */ (suceso.target);
    await guardarBorrador();
    guardados = cambios;
    otro.submit();
  });

  addEventListener("visibilitychange", () => void guardarBorrador());
  addEventListener("beforeunload", (suceso) => {
    if (guardados === cambios || mandando) return;
    void guardarBorrador();
    suceso.preventDefault();
  });
  contar();
  if (cambios) void guardarBorrador();
}

/** Donde se teclea en un renglón, en orden. @param {HTMLTableRowElement} renglon @returns {Casilla[]} */
function casillas(renglon) {
  return /** @type {Casilla[]} */ ([...renglon.querySelectorAll("td > select, td > input:not([type=hidden])")]);
}

/** @param {HTMLTableRowElement} renglon */
function lleno(renglon) {
  const guardado = /** @type {HTMLInputElement | null} */ (renglon.querySelector("[name=guardado]"))?.value === "1";
  return guardado || casillas(renglon).some((casilla) => casilla.value.trim());
}

/** @param {HTMLElement} aviso @param {string} frase */
function decir(aviso, frase) {
  const caja = document.createElement("div");
  caja.className = "errores";
  caja.textContent = frase;
  aviso.replaceChildren(caja);
  aviso.scrollIntoView({ block: "nearest" });
}

const formulario = document.querySelector("form[data-hoja]");
if (formulario instanceof HTMLFormElement) animar(formulario);
