import { decir } from "../barra.js";
import { crearFiltro } from "../credencial.js";
import { boton, h } from "../dom.js";
import { crearEscaner } from "../escaner.js";
import { codigoDeAlta } from "../identidad.js";

/**
 * Agregar este teléfono con el código que la titular tiene en su pantalla.
 * @param {import("../telefono.js").Telefono} telefono
 * @param {() => Promise<void>} alTerminar
 */
export function formularioDeAlta(telefono, alTerminar) {
  const codigo = h("input", {
    id: "codigo-alta", type: "text", maxlength: "14", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
  });
  const nombre = campoNombre("");
  const video = h("video", { class: "camara", playsinline: true, muted: true, "aria-label": "Lo que ve la cámara" });
  video.muted = true;
  const visor = h("div", { class: "visor", hidden: true }, video);
  const filtro = crearFiltro();
  const escaner = crearEscaner(video, leido, (motivo) => {
    visor.hidden = true;
    decir("ojo", `${motivo} También puede escribir el código.`);
  });

  /** @param {string} texto */
  function leido(texto) {
    const hallado = codigoDeAlta(texto);
    if (!hallado) return void (filtro(texto, Date.now()) && decir("ojo", "Ese código es de otra cosa. Apunte al de la pantalla de la titular."));
    cerrar();
    codigo.value = conGuion(hallado);
    decir("bien", "Código leído. Póngale nombre al teléfono.");
    return nombre.querySelector("input")?.focus();
  }

  function cerrar() {
    escaner.detener();
    visor.hidden = true;
  }

  async function usar() {
    const limpio = codigoDeAlta(codigo.value);
    if (!limpio) {
      codigo.focus();
      return decir("ojo", "El código tiene 8 letras y números, sin I, L, O, 0 ni 1. Véalo en la pantalla de la titular.");
    }
    cerrar();
    const problema = await telefono.darDeAltaConCodigo(limpio, valor(nombre));
    if (problema) return decir("mal", problema);
    const falto = await telefono.descargar();
    if (falto) decir("mal", falto);
    return alTerminar();
  }

  const nodos = [
    h("p", null, "Pida a la titular un código: en su computadora, «Teléfonos», «Agregar un teléfono»."),
    boton("Escanear el código", "boton", () => {
      visor.hidden = false;
      void escaner.iniciar();
    }),
    visor,
    h("div", { class: "campo" }, h("label", { for: "codigo-alta" }, "O escriba el código"), codigo),
    nombre,
    boton("Usar este teléfono", "boton boton-fuerte", usar),
  ];
  return { nodos, cerrar };
}

/** @param {string} codigo */
const conGuion = (codigo) => `${codigo.slice(0, 4)}-${codigo.slice(4)}`;

/** El nombre con que la oficina reconoce al teléfono. @param {string} sugerido */
export function campoNombre(sugerido) {
  const entrada = h("input", { id: "nombre-telefono", type: "text", maxlength: "60", autocomplete: "off" });
  entrada.value = sugerido;
  return h("div", { class: "campo" }, h("label", { for: "nombre-telefono" }, "Nombre de este teléfono"), entrada);
}

/** @param {HTMLElement} campo */
export const valor = (campo) => campo.querySelector("input")?.value ?? "";
