// La cámara: mira cuadro por cuadro y avisa cada texto leído. No interpreta ni guarda nada de lo leído.

import { abrirCamara, capacidadesDe, encender, lentes, soltar } from "./camara.js";
import { conPlazo, descartar, elegirDecodificador, sirve } from "./decodificador.js";

export const ANCHO_CHICO = 640;
const PAUSA_MS = 60;
/** De tiempo en tiempo la cámara se abre de nuevo (hay teléfonos que la dejan ciega), y a quien no ha leído se le prueba. */
const PLAZOS_MS = { renovar: 300_000, congelada: 4_000, probar: 30_000, empezar: 10_000 };

class SinLector extends Error {}

/** Por qué no hay cámara, en palabras. @param {unknown} error */
export function motivoSinCamara(error) {
  if (error instanceof SinLector) return "El lector de códigos no abrió. Escriba el folio, o cierre la aplicación y ábrala otra vez.";
  const nombre = error instanceof DOMException ? error.name : "";
  if (nombre === "NotAllowedError") {
    return "El teléfono no dio permiso de usar la cámara. Actívelo en los ajustes del navegador, o suba una foto.";
  }
  if (nombre === "NotFoundError" || nombre === "OverconstrainedError") {
    return "Este teléfono no tiene cámara disponible. Escriba el folio o suba una foto.";
  }
  if (nombre === "NotReadableError") return "Otra aplicación está usando la cámara. Ciérrela y toque «Reintentar».";
  return "La cámara no abrió. Toque «Reintentar», suba una foto o escriba el folio.";
}

/**
 * Para ``alLeer``: cada texto, al que le toca por sus primeras letras; lo demás, a ``ajeno``.
 * @param {Record<string, (texto: string) => void>} rutas @param {(texto: string) => void} [ajeno]
 */
export function porPrefijo(rutas, ajeno = () => {}) {
  return (/** @type {string} */ texto) => (Object.entries(rutas).find(([inicio]) => texto.startsWith(inicio))?.[1] ?? ajeno)(texto);
}

/**
 * @typedef {{luz: boolean, acercar: boolean, lente: string, lentes: {id: string, nombre: string}[]}} Puede
 * @typedef {{
 *   pausaMs?: number, // entre cuadro y cuadro: 0 para leer una secuencia
 *   memoria?: {leer: () => Promise<string | null>, guardar: (lente: string) => Promise<void>}, // el lente elegido
 *   alAbrir?: (puede: Puede) => void, // cada vez que la cámara abre: qué botones valen
 * }} OpcionesEscaner
 */

/**
 * Avisa todo lo que lee, también lo repetido; callar es de quien escucha (``crearFiltro``).
 * @param {HTMLVideoElement} video
 * @param {(texto: string) => void} alLeer
 * @param {(motivo: string) => void} alFallar
 * @param {OpcionesEscaner} [opciones]
 */
export function crearEscaner(video, alLeer, alFallar, { pausaMs = PAUSA_MS, memoria, alAbrir } = {}) {
  /** @type {MediaStream | null} */
  let camara = null;
  /** @type {import("./decodificador.js").Decodificador | null} */
  let decodificador = null;
  let vuelta = 0;
  let activo = false;
  let leyo = 0;
  const quiere = { luz: false, acercar: false };

  async function iniciar() {
    if (!activo) document.addEventListener("visibilitychange", alMirar);
    activo = true;
    const mia = ++vuelta;
    try {
      await asegurarLector();
      const nueva = await abrirCamara((await memoria?.leer()) ?? null);
      if (!activo || mia !== vuelta) return soltar(nueva);
      soltar(camara);
      camara = nueva;
      const [pista] = nueva.getVideoTracks();
      pista.addEventListener("ended", () => mia === vuelta && reanudar()); // antes de esperarla: también ahí la cortan
      video.srcObject = nueva;
      await conPlazo(video.play(), PLAZOS_MS.empezar);
      await encender(pista, quiere);
      const hay = await lentes();
      if (!activo || mia !== vuelta) return undefined;
      alAbrir?.({ ...capacidadesDe(pista), lente: pista.getSettings().deviceId ?? "", lentes: hay });
      void mirar(mia);
    } catch (error) {
      if (activo && mia === vuelta) fallar(error);
    }
    return undefined;
  }

  /** Sin cámara o sin lector: se suelta todo y se dice por qué; volver a abrirla es de quien la pidió. @param {unknown} error */
  function fallar(error) {
    dejar();
    alFallar(motivoSinCamara(error));
  }

  function dejar() {
    activo = false;
    document.removeEventListener("visibilitychange", alMirar);
    pausar();
  }

  async function asegurarLector() {
    decodificador ??= await elegirDecodificador();
    if (!decodificador) throw new SinLector();
  }

  /** @param {number} mia */
  async function mirar(mia) {
    const sigo = () => activo && mia === vuelta;
    const abierta = performance.now();
    let [visto, avanzo] = [-1, abierta];
    leyo = abierta;
    for (let cuadro = 0; sigo(); cuadro++) {
      const ahora = performance.now();
      if (video.currentTime !== visto) [visto, avanzo] = [video.currentTime, ahora];
      if (ahora - avanzo > PLAZOS_MS.congelada || ahora - abierta > PLAZOS_MS.renovar) return reanudar();
      const chico = cuadro % 2 === 0;
      const imagen = capturar(video, chico ? ANCHO_CHICO : Infinity);
      if (imagen) {
        const texto = await leerCon(imagen, chico);
        if (!sigo()) return undefined;
        if (texto) alLeer(texto);
        if (!decodificador) return fallar(new SinLector());
      }
      await new Promise((listo) => setTimeout(listo, pausaMs));
    }
    return undefined;
  }

  /** El perro guardián: al que se atora, o deja de leer hasta el QR de prueba, se le cambia.
   * @param {ImageData} imagen @param {boolean} afinada @returns {Promise<string | null>} */
  async function leerCon(imagen, afinada) {
    const mio = decodificador;
    if (!mio) return null;
    try {
      const texto = await mio.leer(imagen, afinada);
      if (!texto && performance.now() - leyo < PLAZOS_MS.probar) return null;
      leyo = performance.now();
      if (texto || (await sirve(mio))) return texto;
    } catch {
      // abajo se cambia
    }
    if (mio !== decodificador) return null; // mientras tanto se cerró
    descartar(mio);
    decodificador = await elegirDecodificador();
    return null;
  }

  function pausar() {
    vuelta += 1;
    soltar(camara);
    camara = null;
    video.srcObject = null;
  }

  function reanudar() {
    if (!activo) return;
    pausar();
    void iniciar();
  }

  const alMirar = () => (document.visibilityState === "visible" ? reanudar() : pausar());

  /** @param {"luz" | "acercar"} que @returns {Promise<boolean | null>} cómo quedó; nulo si este teléfono no puede */
  async function alternar(que) {
    const pista = camara?.getVideoTracks()[0];
    if (!pista || !capacidadesDe(pista)[que]) return null;
    quiere[que] = !quiere[que];
    if (await encender(pista, quiere)) return quiere[que];
    quiere[que] = !quiere[que];
    return null;
  }

  return {
    iniciar,
    detener() {
      dejar();
      decodificador?.cerrar();
      decodificador = null;
    },
    luz: () => alternar("luz"),
    acercar: () => alternar("acercar"),
    /** Cambia de cámara y lo recuerda. @param {string} lente */
    async elegirLente(lente) {
      await memoria?.guardar(lente);
      reanudar();
    },
    /** Lee una foto ya tomada. @param {Blob} foto @returns {Promise<string | null>} */
    async leerFoto(foto) {
      await asegurarLector();
      const imagen = await createImageBitmap(foto);
      try {
        for (const [ancho, afinada] of /** @type {const} */ ([[ANCHO_CHICO, true], [1280, false], [1280, true], [2400, false]])) {
          const captura = capturar(imagen, ancho);
          const texto = captura && (await leerCon(captura, afinada));
          if (texto) return texto;
        }
        return null;
      } finally {
        imagen.close(); // una foto de 12 megapixeles son 48 MB
      }
    },
  };
}

const lienzo = document.createElement("canvas");

/** @param {HTMLVideoElement | ImageBitmap} fuente @param {number} anchoMaximo @returns {ImageData | null} */
export function capturar(fuente, anchoMaximo) {
  const ancho = "videoWidth" in fuente ? fuente.videoWidth : fuente.width;
  const alto = "videoHeight" in fuente ? fuente.videoHeight : fuente.height;
  if (!ancho || !alto) return null;
  const escala = Math.min(1, anchoMaximo / ancho);
  lienzo.width = Math.round(ancho * escala);
  lienzo.height = Math.round(alto * escala);
  const pincel = lienzo.getContext("2d", { willReadFrequently: true });
  pincel?.drawImage(fuente, 0, 0, lienzo.width, lienzo.height);
  return pincel?.getImageData(0, 0, lienzo.width, lienzo.height) ?? null;
}

/** ¿Abre la cámara? Para la pantalla «Preparar». @returns {Promise<string>} vacío si todo bien; si no, el motivo */
export async function probarCamara() {
  try {
    soltar(await abrirCamara(null));
    return "";
  } catch (error) {
    return motivoSinCamara(error);
  }
}

/** ¿Lee el QR de prueba? @returns {Promise<boolean>} */
export async function probarLector() {
  const decodificador = await elegirDecodificador();
  decodificador?.cerrar();
  return decodificador !== null;
}
