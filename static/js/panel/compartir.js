/**
 * Compartir la invitación desde el teléfono y copiar su texto. Sin este módulo se baja la imagen y se copia a mano.
 */

/** @param {string} texto */
function decir(texto) {
  const zona = document.querySelector("[data-dicho]");
  if (zona) zona.textContent = texto;
}

/** @param {HTMLButtonElement} boton */
async function compartir(boton) {
  const imagen = await (await fetch(boton.dataset.compartir ?? "")).blob();
  const archivo = new File([imagen], boton.dataset.nombre ?? "invitacion.png", { type: "image/png" });
  const texto = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("#mensaje"))?.value ?? "";
  try {
    await navigator.share({ files: [archivo], text: texto });
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "AbortError") decir("Este teléfono no la pudo compartir. Baje la imagen y mándela.");
  }
}

/** @param {HTMLButtonElement} boton */
async function copiar(boton) {
  const campo = /** @type {HTMLTextAreaElement} */ (document.getElementById(boton.dataset.copiar ?? ""));
  try {
    await navigator.clipboard.writeText(campo.value);
    decir("Se copió.");
  } catch {
    campo.select();
    decir("Quedó seleccionado: cópielo con las teclas de siempre.");
  }
}

const botonCompartir = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-compartir]"));
const botonCopiar = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-copiar]"));
if (botonCompartir && typeof navigator.canShare === "function") {
  botonCompartir.hidden = !navigator.canShare({ files: [new File([""], "a.png", { type: "image/png" })] });
  botonCompartir.addEventListener("click", () => void compartir(botonCompartir));
}
if (botonCopiar) {
  botonCopiar.hidden = false;
  botonCopiar.addEventListener("click", () => void copiar(botonCopiar));
}
