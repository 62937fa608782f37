// La cámara: pide la de atrás, mira cuadro por cuadro y avisa cada texto leído. No interpreta ni guarda nada.

import { elegirDecodificador } from "./decodificador.js";

const ANCHO_CHICO = 640;
const PAUSA_MS = 60;

/** Por qué no hay cámara, en palabras. @param {unknown} error */
export function motivoSinCamara(error) {
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
 * @param {HTMLVideoElement} video
 * @param {(texto: string) => void} alLeer
 * @param {(motivo: string) => void} alFallar
 */
export function crearEscaner(video, alLeer, alFallar) {
  /** @type {MediaStream | null} */
  let camara = null;
  /** @type {import("./decodificador.js").Decodificador | null} */
  let decodificador = null;
  let vuelta = 0;
  let activo = false;

  async function iniciar() {
    activo = true;
    const mia = ++vuelta;
    try {
      decodificador ??= await elegirDecodificador();
      if (!decodificador) throw new Error("sin lector");
      const nueva = await abrirCamara();
      if (!activo || mia !== vuelta) return soltar(nueva);
      camara = nueva;
      video.srcObject = nueva;
      await video.play();
      nueva.getVideoTracks()[0].addEventListener("ended", () => mia === vuelta && reanudar());
      void mirar(mia);
    } catch (error) {
      if (activo && mia === vuelta) alFallar(motivoSinCamara(error));
    }
  }

  /** @param {number} mia */
  async function mirar(mia) {
    for (let cuadro = 0; activo && mia === vuelta; cuadro++) {
      const imagen = capturar(video, cuadro % 2 === 0 ? ANCHO_CHICO : Infinity);
      if (imagen) {
        const texto = await leerCon(imagen);
        if (texto && activo && mia === vuelta) alLeer(texto);
      }
      await new Promise((listo) => setTimeout(listo, PAUSA_MS));
    }
  }

  /** @param {ImageData} imagen @returns {Promise<string | null>} */
  async function leerCon(imagen) {
    try {
      return (await decodificador?.leer(imagen)) ?? null;
    } catch {
      decodificador?.cerrar();
      decodificador = await elegirDecodificador(); // el perro guardián: uno que se atora se cambia
      return null;
    }
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
  document.addEventListener("visibilitychange", alMirar);

  return {
    iniciar,
    detener() {
      activo = false;
      document.removeEventListener("visibilitychange", alMirar);
      pausar();
      decodificador?.cerrar();
      decodificador = null;
    },
    /** Prende o apaga la luz. @returns {Promise<boolean | null>} nulo si este teléfono no puede */
    async luz() {
      const pista = camara?.getVideoTracks()[0];
      const capacidades = /** @type {Record<string, unknown>} */ (pista?.getCapabilities?.() ?? {});
      if (!pista || !capacidades.torch) return null;
      const prendida = !(/** @type {any} */ (pista.getSettings()).torch);
      await pista.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: prendida }] }));
      return prendida;
    },
    /** Lee una foto ya tomada. @param {Blob} foto @returns {Promise<string | null>} */
    async leerFoto(foto) {
      decodificador ??= await elegirDecodificador();
      const imagen = await createImageBitmap(foto);
      for (const ancho of [ANCHO_CHICO, 1280, 2400]) {
        const texto = await leerCon(capturar(imagen, ancho) ?? new ImageData(1, 1));
        if (texto) return texto;
      }
      return null;
    },
  };
}

/** @returns {Promise<MediaStream>} */
function abrirCamara() {
  const video = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
  return navigator.mediaDevices.getUserMedia({ video, audio: false });
}

/** @param {MediaStream | null} camara */
function soltar(camara) {
  for (const pista of camara?.getTracks() ?? []) pista.stop();
}

const lienzo = document.createElement("canvas");

/** @param {HTMLVideoElement | ImageBitmap} fuente @param {number} anchoMaximo @returns {ImageData | null} */
function capturar(fuente, anchoMaximo) {
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
    soltar(await abrirCamara());
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
