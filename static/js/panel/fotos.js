/**
 * Achica las fotos antes de subirlas: pesan cincuenta veces menos, y lo que traen escondido (dónde se tomó) no sale del
 * teléfono. La que el navegador no sabe abrir se manda como está. Sin este módulo el formulario sirve igual.
 */

const LADO = 1600;
const CALIDAD = 0.85;

/**
 * Cuánto queda midiendo: el lado largo, a lo más ``LADO``.
 * @param {number} ancho @param {number} alto
 * @returns {[number, number]}
 */
export function medida(ancho, alto) {
  const escala = Math.min(1, LADO / Math.max(ancho, alto));
  return [Math.max(1, Math.round(ancho * escala)), Math.max(1, Math.round(alto * escala))];
}

/**
 * Las que pesan más de lo que se acepta, por su nombre.
 * @param {{name: string, size: number}[]} archivos @param {number} megas
 */
export function pesadas(archivos, megas) {
  return archivos.filter(({ size }) => size > megas * 1_048_576).map(({ name }) => name);
}

/** @param {File} archivo @returns {Promise<File>} */
async function achicar(archivo) {
  try {
    const imagen = await createImageBitmap(archivo, { imageOrientation: "from-image" });
    const lienzo = document.createElement("canvas");
    [lienzo.width, lienzo.height] = medida(imagen.width, imagen.height);
    const pluma = lienzo.getContext("2d");
    if (!pluma) return archivo;
    pluma.fillStyle = "#fff";
    pluma.fillRect(0, 0, lienzo.width, lienzo.height);
    pluma.imageSmoothingQuality = "high";
    pluma.drawImage(imagen, 0, 0, lienzo.width, lienzo.height);
    imagen.close();
    /** @type {Blob | null} */
    const chica = await new Promise((listo) => lienzo.toBlob(listo, "image/jpeg", CALIDAD));
    return chica ? new File([chica], archivo.name, { type: "image/jpeg" }) : archivo;
  } catch {
    return archivo;
  }
}

/** @param {HTMLFormElement} forma */
async function mandar(forma) {
  const campo = /** @type {HTMLInputElement} */ (forma.querySelector("input[type=file]"));
  const estado = /** @type {HTMLElement} */ (forma.querySelector("[data-estado]"));
  const boton = /** @type {HTMLButtonElement} */ (forma.querySelector("button"));
  const elegidas = [...(campo.files ?? [])];
  const listas = new DataTransfer();
  boton.disabled = true;
  for (const [n, foto] of elegidas.entries()) {
    estado.textContent = `Preparando ${n + 1} de ${elegidas.length}…`;
    listas.items.add(await achicar(foto));
  }
  const demas = pesadas([...listas.files], Number(forma.dataset.megas));
  if (demas.length) {
    boton.disabled = false;
    estado.textContent = `Pesa más de ${forma.dataset.megas} MB: ${demas.join(", ")}. Tómele una captura de pantalla y suba la captura.`;
    return;
  }
  campo.files = listas.files;
  estado.textContent = "Subiendo… No cierre esta página.";
  forma.submit();
}

if (typeof document !== "undefined") {
  const forma = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-fotos]"));
  forma?.addEventListener("submit", (evento) => {
    evento.preventDefault();
    void mandar(forma);
  });
  // Al volver con «Atrás» el botón sirve otra vez.
  addEventListener("pageshow", () => forma?.querySelector("button")?.removeAttribute("disabled"));
}
