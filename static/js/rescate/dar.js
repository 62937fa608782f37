// Este teléfono da: códigos que cambian, uno tras otro, hasta que el otro teléfono dice que ya tiene todo.

import { encodeQR } from "../../vendor/qr.js";
import { boton, h, plural } from "../dom.js";
import { empacar } from "./carga.js";
import { aTexto, caben } from "./cuadro.js";
import { crearFuente } from "./fuente.js";
import { paraPasar } from "./guardar.js";
import { POR_SEGUNDO, TAMANOS } from "./ritmo.js";

/** @typedef {import("./ritmo.js").Tamano} Tamano */

const MARGEN = 4;

/** @param {import("../telefono.js").Telefono} telefono */
export async function pantallaDar(telefono) {
  const registros = await paraPasar(telefono.bd);
  const salir = { titulo: "Pasar", atras: "#/rescate" };
  if (!registros.length) return { ...salir, nodos: [h("h1", null, "Pasar a otro teléfono"), h("p", null, "No hay registros por pasar.")] };
  const carga = empacar(registros);
  /** @type {Tamano} */
  let tamano = TAMANOS.normal;
  /** @type {Awaited<ReturnType<typeof crearFuente>>} */
  let fuente;
  try {
    fuente = await crearFuente(carga, caben(tamano.letras));
  } catch {
    const muchos = `Son ${plural(registros.length, "registro")}: demasiados para pasarlos por códigos. Guarde el archivo de rescate.`;
    return { ...salir, nodos: [h("h1", null, "Pasar a otro teléfono"), h("p", { class: "nota" }, muchos)] };
  }

  const lienzo = h("canvas", { class: "codigo", role: "img", "aria-label": "Código para el otro teléfono; cambia solo" });
  const barra = h("progress", { "aria-label": "Códigos mostrados" });
  const palabras = h("p", { class: "dos-renglones" });
  let n = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reloj;
  /** @type {{release: () => Promise<void>} | null} */
  let despierta = null;

  function mostrar() {
    dibujar(lienzo, aTexto(fuente.cuadro(n)), tamano.version);
    n += 1;
    barra.max = fuente.bloques;
    barra.value = Math.min(n, fuente.bloques);
    palabras.textContent =
      n <= fuente.bloques
        ? `Suba el brillo. Van ${n} de ${plural(fuente.bloques, "código")}.`
        : "Ya salieron todos. Siga hasta que el otro diga «Ya está todo».";
  }

  function andar() {
    mostrar();
    reloj = setTimeout(andar, 1_000 / POR_SEGUNDO);
  }

  function parar() {
    clearTimeout(reloj);
    reloj = undefined;
  }

  const pausa = boton("Pausar", "boton", () => {
    if (reloj === undefined) andar();
    else parar();
    pausa.textContent = reloj === undefined ? "Seguir" : "Pausar";
  });
  const grandes = boton("No los lee", "boton", async () => {
    tamano = tamano === TAMANOS.normal ? TAMANOS.grande : TAMANOS.normal;
    fuente = await crearFuente(carga, caben(tamano.letras)).catch(() => fuente);
    n = 0;
    grandes.textContent = tamano === TAMANOS.normal ? "No los lee" : "Más rápido";
    mostrar();
  });

  void navigator.wakeLock?.request("screen").then((candado) => (despierta = candado), () => {});
  requestAnimationFrame(andar); // ya con el lienzo en la página se sabe cuánto mide
  return {
    ...salir,
    nodos: [
      h("h1", { class: "titulo-chico" }, `Pasar ${plural(registros.length, "registro")}`),
      lienzo,
      barra,
      palabras,
      h("div", { class: "herramientas" }, pausa, grandes),
      h("p", null, "Ponga los teléfonos frente a frente, a un palmo. Si el otro no lee, toque «No los lee»: salen más grandes."),
      h("p", null, "En el otro: «Envío», «Pasar o rescatar registros», «Recibir con la cámara»."),
      h("p", { class: "suave" }, "Aquí también se quedan: si vuelve la señal se envían solos y no se cuentan dos veces."),
    ],
    alSalir() {
      parar();
      void despierta?.release().catch(() => {});
    },
  };
}

/** Cada módulo, un número entero de puntos de la pantalla. @param {HTMLCanvasElement} lienzo @param {string} texto @param {number} version */
function dibujar(lienzo, texto, version) {
  const codigo = encodeQR(texto, "raw", { ecc: "low", encoding: "alphanumeric", version, border: MARGEN });
  const ancho = Math.min(lienzo.parentElement?.clientWidth ?? 320, innerWidth, innerHeight) - 16;
  const punto = Math.max(1, Math.floor((ancho * devicePixelRatio) / codigo.length));
  lienzo.width = lienzo.height = punto * codigo.length;
  lienzo.style.width = `${lienzo.width / devicePixelRatio}px`;
  const pincel = /** @type {CanvasRenderingContext2D} */ (lienzo.getContext("2d"));
  pincel.fillStyle = "#fff";
  pincel.fillRect(0, 0, lienzo.width, lienzo.height);
  pincel.fillStyle = "#000";
  codigo.forEach((renglon, y) => renglon.forEach((negro, x) => negro && pincel.fillRect(x * punto, y * punto, punto, punto)));
}
