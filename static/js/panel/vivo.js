/**
 * Refresca las cuentas de un evento abierto. Sin este módulo la página sirve igual: se recarga a mano.
 *
 * Cada `[data-vivo="a.b"]` muestra el valor `a.b` de vivo.json; cada `[data-barra="a.b"]` es su barra.
 */

const CADA_MS = 5000;

/**
 * El valor en `camino` («por_sexo.M») dentro de lo que contestó el servidor.
 * @param {unknown} datos
 * @param {string} camino
 * @returns {unknown}
 */
export function valor(datos, camino) {
  /** @type {unknown} */
  let aqui = datos;
  for (const paso of camino.split(".")) {
    if (typeof aqui !== "object" || aqui === null) return undefined;
    aqui = /** @type {Record<string, unknown>} */ (aqui)[paso];
  }
  return aqui;
}

/**
 * Pone en la página lo que llegó. Sólo toca lo que cambió, para que un lector de pantalla no lo repita.
 * @param {ParentNode} zona
 * @param {unknown} datos
 */
export function pintar(zona, datos) {
  for (const lugar of zona.querySelectorAll("[data-vivo]")) {
    const nuevo = valor(datos, lugar.getAttribute("data-vivo") ?? "");
    if (typeof nuevo !== "string" && typeof nuevo !== "number") continue;
    const texto = typeof nuevo === "number" ? nuevo.toLocaleString("es-MX") : nuevo;
    if (lugar.textContent !== texto) lugar.textContent = texto;
  }
  const total = Number(valor(datos, "total")) || 0;
  for (const barra of zona.querySelectorAll("[data-barra]")) {
    const n = Number(valor(datos, barra.getAttribute("data-barra") ?? "")) || 0;
    barra.setAttribute("width", `${total ? Math.round((1000 * n) / total) / 10 : 0}%`);
  }
}

/**
 * Pregunta una vez. Si no hay red o la sesión terminó, la página se queda como está.
 * @param {Element} zona
 */
async function refrescar(zona) {
  if (document.hidden) return;
  try {
    const respuesta = await fetch(zona.getAttribute("data-vivo-url") ?? "", { headers: { Accept: "application/json" } });
    if (respuesta.ok && respuesta.headers.get("Content-Type")?.startsWith("application/json")) {
      pintar(zona, await respuesta.json());
    }
  } catch {
    // Sin red: se intenta otra vez en la siguiente vuelta.
  }
}

if (typeof document !== "undefined") {
  const zona = document.querySelector("[data-vivo-url][data-sigue]");
  if (zona) setInterval(() => void refrescar(zona), CADA_MS);
}
