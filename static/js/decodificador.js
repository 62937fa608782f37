// Quién lee los QR: el del teléfono si de verdad sabe; si no, el nuestro en un hilo aparte.

/** Un QR versión 1 que dice «JORNADA», renglón por renglón en hexadecimal. */
const PRUEBA = { texto: "JORNADA", lado: 21, renglones: [
    "1fc07f", "105e41", "175a5d", "17545d", "174d5d", "104e41", "1fd57f",
    "001c00", "105ece", "063fb2", "1e656f", "099fe1", "1153f9", "001d0b",
    "1fc695", "104c4e", "174a98", "1747c4", "174bb3", "1043d9", "1fd934",
  ] };
/** Lo que se espera a cada uno por un cuadro; el propio, la primera vez, además se compila. */
const PLAZO_MS = { telefono: 4_000, propio: 15_000 };
/** El del teléfono dejó de contestar: en lo que queda del día ya no se le pregunta. */
let telefonoFallo = false;

/**
 * ``leer`` se rechaza si no contestó a tiempo; ``afinada`` pide resaltar los bordes (el del teléfono lo hace a su modo).
 * @typedef {{nombre: "teléfono" | "propio", leer: (imagen: ImageData, afinada?: boolean) => Promise<string | null>, cerrar: () => void}} Decodificador
 */

/** Dibuja el QR de prueba con su margen. @returns {ImageData} */
export function imagenDePrueba() {
  const punto = 6;
  const lado = (PRUEBA.lado + 8) * punto;
  const imagen = new ImageData(lado, lado);
  imagen.data.fill(255);
  PRUEBA.renglones.forEach((hex, y) => {
    const bits = parseInt(hex, 16).toString(2).padStart(PRUEBA.lado, "0");
    for (let x = 0; x < PRUEBA.lado; x++) if (bits[x] === "1") pintar(imagen, (x + 4) * punto, (y + 4) * punto, punto);
  });
  return imagen;
}

/** @param {ImageData} imagen @param {number} x0 @param {number} y0 @param {number} lado */
function pintar(imagen, x0, y0, lado) {
  for (let y = y0; y < y0 + lado; y++) {
    for (let x = x0; x < x0 + lado; x++) imagen.data.fill(0, (y * imagen.width + x) * 4, (y * imagen.width + x) * 4 + 3);
  }
}

/** El primero que lea bien el QR de prueba. @returns {Promise<Decodificador | null>} */
export async function elegirDecodificador() {
  for (const crear of telefonoFallo ? [propio] : [delTelefono, propio]) {
    const candidato = await crear().catch(() => null);
    if (!candidato) continue;
    if (await sirve(candidato)) return candidato;
    descartar(candidato);
  }
  return null;
}

/** ¿Lee el QR de prueba? También a media jornada: uno puede quedarse contestando que no ve nada. @param {Decodificador} decodificador */
export async function sirve(decodificador) {
  return (await decodificador.leer(imagenDePrueba()).catch(() => null)) === PRUEBA.texto;
}

/** Se atoró o dejó de leer. @param {Decodificador} decodificador */
export function descartar(decodificador) {
  decodificador.cerrar();
  if (decodificador.nombre === "teléfono") telefonoFallo = true;
}

/** @returns {Promise<Decodificador | null>} */
async function delTelefono() {
  if (typeof BarcodeDetector === "undefined") return null;
  if (!(await conPlazo(BarcodeDetector.getSupportedFormats(), PLAZO_MS.telefono)).includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return {
    nombre: "teléfono",
    leer: async (imagen) => (await conPlazo(detector.detect(imagen), PLAZO_MS.telefono))[0]?.rawValue ?? null,
    cerrar: () => {},
  };
}

/** @returns {Promise<Decodificador>} */
async function propio() {
  const obrero = new Worker("/campo/lector.js", { type: "module" });
  let n = 0;
  /** @type {Map<number, {listo: (texto: string | null) => void, falla: (error: Error) => void}>} */
  const esperan = new Map();
  obrero.onmessage = ({ data }) => {
    const quien = esperan.get(data.n);
    esperan.delete(data.n);
    if (data.falla) quien?.falla(new Error("el lector falló"));
    else quien?.listo(data.texto);
  };
  obrero.onerror = () => {
    for (const { falla } of esperan.values()) falla(new Error("el lector no abrió"));
    esperan.clear();
  };
  return {
    nombre: "propio",
    leer: (imagen, afinada = false) => {
      const respuesta = new Promise((listo, falla) => {
        n += 1;
        esperan.set(n, { listo, falla });
        obrero.postMessage({ n, imagen, afinada }, [imagen.data.buffer]);
      });
      return conPlazo(respuesta, PLAZO_MS.propio);
    },
    cerrar: () => obrero.terminate(),
  };
}

/** Se rechaza si no acaba a tiempo. @template T @param {Promise<T>} promesa @param {number} ms @returns {Promise<T>} */
export function conPlazo(promesa, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let reloj;
  const tarde = new Promise((_, falla) => {
    reloj = setTimeout(() => falla(new Error("tardó demasiado")), ms);
  });
  return Promise.race([promesa, tarde]).finally(() => clearTimeout(reloj));
}
