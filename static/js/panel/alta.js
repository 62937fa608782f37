/**
 * Espera a que el teléfono use el código y lo dice solo. Sin este módulo la página sirve igual: se ve en «Teléfonos».
 */

const CADA_MS = 3000;

/**
 * Lo que se le dice a la titular; nulo mientras no haya novedad.
 * @param {{telefono?: unknown, vencida?: unknown}} alta
 * @returns {string | null}
 */
export function novedad({ telefono, vencida }) {
  if (typeof telefono === "string") return `Listo: se agregó «${telefono}». El código ya no sirve.`;
  return vencida === true ? "Pasaron los diez minutos y el código ya no sirve. Pida otro en «Teléfonos»." : null;
}

/** @param {Element} zona @param {ReturnType<typeof setInterval>} reloj */
async function preguntar(zona, reloj) {
  if (document.hidden) return;
  try {
    const respuesta = await fetch(zona.getAttribute("data-alta") ?? "", { headers: { Accept: "application/json" } });
    if (!respuesta.ok || !respuesta.headers.get("Content-Type")?.startsWith("application/json")) return;
    const dicho = novedad(await respuesta.json());
    if (dicho === null) return;
    clearInterval(reloj);
    const [vigente, lugar, otro] = ["vigente", "dicho", "otro"].map((d) => zona.querySelector(`[data-${d}]`));
    vigente?.setAttribute("hidden", "");
    otro?.removeAttribute("hidden");
    lugar?.removeAttribute("hidden");
    if (lugar) lugar.textContent = dicho;
  } catch {
    // Sin red: se intenta otra vez en la siguiente vuelta.
  }
}

if (typeof document !== "undefined") {
  const zona = document.querySelector("[data-alta]");
  if (zona) {
    const reloj = setInterval(() => void preguntar(zona, reloj), CADA_MS);
  }
}
