// Este teléfono recibe: mira los códigos del otro, dice cuánto lleva y, con todo completo, lo guarda en su cola.

import { decir, decirFalla } from "../barra.js";
import { crearFiltro } from "../credencial.js";
import { boton, h, plural, sonar } from "../dom.js";
import { crearEscaner } from "../escaner.js";
import { desempacar } from "./carga.js";
import { deTexto, PREFIJO } from "./cuadro.js";
import { Mesa } from "./fuente.js";
import { recibir } from "./guardar.js";
import { balanceEnPalabras } from "./palabras.js";

/** @param {import("../telefono.js").Telefono} telefono */
export function pantallaCamara(telefono) {
  const video = h("video", { class: "camara camara-alta", playsinline: true, muted: true, "aria-label": "Lo que ve la cámara" });
  video.muted = true;
  const visor = h("div", { class: "visor" }, video);
  const resultado = h("div", { class: "resultado", role: "status" });
  const barra = h("progress", { "aria-label": "Partes recibidas", value: 0, max: 1 });
  const escaner = crearEscaner(video, (texto) => void leido(texto).catch(alFallar), sinCamara);
  const filtro = crearFiltro();
  let mesa = new Mesa();
  let terminado = false;

  /** @param {"bien" | "ojo" | ""} tono @param {string} palabra @param {string} [detalle] @param {...Node} mas */
  function mostrar(tono, palabra, detalle = "", ...mas) {
    resultado.className = `resultado ${tono && `resultado-${tono}`}`;
    const icono = tono && h("span", { class: "icono", "aria-hidden": "true" }, tono === "bien" ? "✓" : "!");
    resultado.replaceChildren(h("p", { class: "resultado-palabra" }, icono, palabra), detalle && h("p", null, detalle), ...mas);
  }

  function empezar() {
    mesa = new Mesa();
    terminado = false;
    visor.hidden = barra.hidden = false;
    barra.value = 0;
    mostrar("", "Apunte al otro teléfono", "En él: «Envío», «Pasar o rescatar registros», «Pasar a otro teléfono».");
    void escaner.iniciar();
  }

  /** @param {string} motivo */
  function sinCamara(motivo) {
    visor.hidden = barra.hidden = true;
    mostrar("ojo", "Sin cámara", `${motivo.split(/[.,] /)[0]}. También puede recibir un archivo de rescate.`, boton("Reintentar", "boton", empezar));
  }

  /** @param {string} texto */
  async function leido(texto) {
    if (terminado) return;
    const cuadro = deTexto(texto);
    if (!cuadro) {
      if (!texto.startsWith(PREFIJO) && filtro(texto, Date.now())) decir("ojo", "Ese código es de otra cosa. Apunte al del otro teléfono.");
      return;
    }
    const carga = await mesa.poner(cuadro);
    const { tiene, bloques } = mesa.mejor ?? { tiene: 0, bloques: 1 };
    barra.max = bloques;
    barra.value = tiene;
    if (carga) return terminar(carga);
    const palabra = resultado.querySelector(".resultado-palabra");
    const van = `Van ${tiene} de ${plural(bloques, "parte")}`;
    if (resultado.dataset.va === "si" && palabra) palabra.textContent = van;
    else mostrar("", van, "No mueva los teléfonos.");
    resultado.dataset.va = "si";
  }

  /** @param {Uint8Array} carga ya comprobada con su SHA-256 */
  async function terminar(carga) {
    terminado = true;
    delete resultado.dataset.va;
    escaner.detener();
    visor.hidden = true;
    let registros;
    try {
      registros = desempacar(carga);
    } catch {
      sonar("ojo");
      return mostrar("ojo", "No se pudo abrir", "El otro teléfono tiene otra versión de la aplicación. Actualice los dos cuando haya señal; mientras, use el archivo.");
    }
    const balance = await recibir(telefono.bd, registros);
    telefono.alGuardar();
    sonar("bien");
    navigator.vibrate?.([120, 80, 120]);
    return mostrar(
      "bien",
      "Ya está todo",
      `${balanceEnPalabras(balance)} Se envían solos en cuanto haya señal. El otro teléfono ya puede cerrar sus códigos.`,
      boton("Recibir de otro teléfono", "boton", empezar),
      h("a", { class: "boton", href: "#/pendientes" }, "Ver lo guardado"),
    );
  }

  /** @param {unknown} error el disco no lo tomó: nada quedó a medias sin decirlo */
  function alFallar(error) {
    decirFalla(error);
    mostrar("ojo", "No se guardó", "Lo del otro teléfono sigue en él. Libere espacio e inténtelo otra vez.", boton("Intentar otra vez", "boton", empezar));
  }

  empezar();
  return {
    titulo: "Recibir",
    atras: "#/rescate",
    nodos: [h("h1", { class: "titulo-chico" }, "Recibir de otro teléfono"), visor, barra, resultado],
    alSalir: () => escaner.detener(),
  };
}
