/**
 * Pasar una encuesta de papel sin soltar el teclado: el número de la opción la marca y pasa a la que sigue, y lo marcado
 * no se pierde si no hay conexión. Nada queda en el navegador. Sin este módulo la página sirve igual.
 */

import { DICHOS, aEntrar, intentar, mandar } from "./papel_envio.js";

const ESPERA_MS = 800;

/** @param {HTMLFormElement} formulario */
function animar(formulario) {
  const aviso = /** @type {HTMLElement} */ (document.querySelector("[data-aviso]"));
  let [cambios, guardados, mandando] = [0, 0, false];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reloj;
  history.replaceState(null, "", formulario.dataset.aqui); // recargar trae la misma hoja, con lo marcado
  for (const grupo of formulario.querySelectorAll("fieldset")) {
    opciones(grupo).forEach((opcion, n) => {
      if (n < 9) opcion.closest("label")?.setAttribute("data-tecla", String(n + 1));
    });
  }
  primera()?.focus();

  /** Lo que se contesta y está a la vista, una parada por grupo de botones. @returns {HTMLElement[]} */
  function paradas() {
    /** @type {Set<Element | string>} */
    const vistas = new Set();
    return /** @type {HTMLElement[]} */ ([...formulario.querySelectorAll("input:not([type=hidden]), select, textarea, button.principal")]).filter(
      (parte) => {
        if (!parte.checkVisibility()) return false;
        const grupo = parte instanceof HTMLInputElement && /radio|checkbox/.test(parte.type) ? (parte.closest("fieldset") ?? parte) : parte;
        if (vistas.has(grupo)) return false;
        vistas.add(grupo);
        return true;
      },
    );
  }

  function primera() {
    return /** @type {HTMLElement | null} */ (formulario.querySelector("[aria-invalid] input, input[aria-invalid]")) ?? paradas()[0];
  }

  /** @param {Element} desde */
  function seguir(desde) {
    const lista = paradas();
    const grupo = desde.closest("fieldset") ?? desde;
    const aqui = lista.findIndex((parte) => parte === desde || grupo.contains(parte));
    lista[aqui + 1]?.focus();
  }

  formulario.addEventListener("keydown", (tecla) => {
    const aqui = tecla.target;
    if (tecla.key === "Enter" && (tecla.ctrlKey || tecla.metaKey)) {
      tecla.preventDefault();
      formulario.requestSubmit();
    } else if (aqui instanceof HTMLInputElement && /radio|checkbox/.test(aqui.type) && !tecla.ctrlKey && !tecla.altKey && !tecla.metaKey) {
      const grupo = aqui.closest("fieldset");
      const opcion = grupo && /^[1-9]$/.test(tecla.key) ? opciones(grupo)[Number(tecla.key) - 1] : undefined;
      if (opcion) {
        tecla.preventDefault();
        opcion.click();
        if (opcion.type === "radio") seguir(opcion); // la respuesta ya mostró o escondió lo suyo
      } else if (tecla.key === "Enter" || tecla.key === "0") {
        tecla.preventDefault();
        seguir(aqui);
      }
    } else if (aqui instanceof HTMLInputElement && tecla.key === "Enter") {
      tecla.preventDefault(); // en un renglón, Enter mandaría la hoja a medias
      seguir(aqui);
    }
  });
  formulario.addEventListener("input", () => {
    cambios += 1;
    clearTimeout(reloj);
    reloj = setTimeout(guardarAMedias, ESPERA_MS);
  });

  /** En la memoria del servidor, hasta que la hoja se guarde. */
  async function guardarAMedias() {
    clearTimeout(reloj);
    if (guardados === cambios || mandando) return;
    const estos = cambios;
    const respuesta = await intentar(formulario, formulario.dataset.medias);
    if (respuesta?.ok && !aEntrar(respuesta)) guardados = Math.max(guardados, estos);
  }
  addEventListener("visibilitychange", () => void guardarAMedias());
  formulario.addEventListener("submit", async (suceso) => {
    suceso.preventDefault();
    if (mandando) return;
    mandando = true;
    clearTimeout(reloj);
    aviso.replaceChildren();
    const fin = await mandar(formulario);
    if (fin === "falla" || fin === "sesion") {
      mandando = false;
      const caja = document.createElement("div");
      caja.className = "errores";
      caja.textContent = DICHOS[fin];
      aviso.replaceChildren(caja);
      aviso.scrollIntoView({ block: "nearest" });
    }
  });
  addEventListener("beforeunload", (suceso) => {
    if (guardados === cambios || mandando) return;
    void guardarAMedias();
    suceso.preventDefault();
  });
}

/** @param {Element} grupo @returns {HTMLInputElement[]} */
function opciones(grupo) {
  return [...grupo.querySelectorAll("input")].filter((opcion) => /radio|checkbox/.test(opcion.type));
}

const formulario = document.querySelector("form[data-hoja]");
if (formulario instanceof HTMLFormElement) animar(formulario);
