/**
 * Mandar un formulario sin arriesgar lo tecleado: la página no se suelta hasta que el servidor contestó.
 *
 * Nada se guarda en el navegador: lo que se teclea lleva nombres.
 */

/** @typedef {"fue" | "revisar" | "sesion" | "falla"} Fin */

export const DICHOS = {
  sesion: "Su sesión se cerró. Entre otra vez en otra ventana, vuelva a ésta y guarde: lo que tecleó sigue aquí.",
  falla: "No se pudo guardar. Lo que tecleó sigue aquí: espere un momento y guarde otra vez; no se va a duplicar.",
};

/**
 * Lo manda. Si quedó, la página se va a donde diga el servidor; si hay algo que corregir, el servidor lo enseña con todo.
 * @param {HTMLFormElement} formulario
 * @returns {Promise<Fin>}
 */
export async function mandar(formulario) {
  let respuesta = await intentar(formulario);
  if (respuesta?.status === 400 && (await renovarFicha(formulario))) respuesta = await intentar(formulario);
  if (!respuesta) return "falla";
  if (aEntrar(respuesta)) return "sesion";
  const tipo = respuesta.headers.get("Content-Type") ?? "";
  if (respuesta.ok && tipo.startsWith("application/json")) {
    const { ir } = await respuesta.json();
    location.assign(ir);
    return "fue";
  }
  const pagina = tipo.startsWith("text/html") ? await respuesta.text() : "";
  if (!pagina.includes("data-hoja")) return "falla";
  formulario.submit(); // el mismo envío, ahora a la vista: trae lo tecleado y lo que hay que corregir
  return "revisar";
}

/**
 * @param {HTMLFormElement} formulario
 * @param {string} [direccion]
 * @returns {Promise<Response | null>} nulo si no hubo respuesta
 */
export async function intentar(formulario, direccion = formulario.action, mas = {}) {
  const cuerpo = new URLSearchParams();
  for (const [nombre, valor] of new FormData(formulario)) cuerpo.append(nombre, String(valor));
  for (const [nombre, valor] of Object.entries(mas)) cuerpo.append(nombre, String(valor));
  const texto = cuerpo.toString();
  try {
    // keepalive: sale aunque la ventana se cierre; el navegador no lo admite en un cuerpo grande.
    const [body, keepalive] = [cuerpo, texto.length < 60_000];
    return await fetch(direccion, { method: "POST", body, keepalive, headers: { Accept: "application/json" } });
  } catch {
    return null;
  }
}

/** @param {Response} respuesta */
export function aEntrar(respuesta) {
  return respuesta.status === 401 || (respuesta.redirected && new URL(respuesta.url).pathname === "/panel/entrar");
}

/**
 * La ficha de una sesión nueva, si se entró otra vez en otra ventana.
 * @param {HTMLFormElement} formulario
 */
async function renovarFicha(formulario) {
  const campo = formulario.querySelector("input[name=csrf_token]");
  if (!(campo instanceof HTMLInputElement)) return false;
  try {
    const pagina = await (await fetch("/panel/contrasena")).text();
    const nueva = new DOMParser().parseFromString(pagina, "text/html").querySelector("input[name=csrf_token]");
    if (!(nueva instanceof HTMLInputElement) || nueva.value === campo.value) return false;
    campo.value = nueva.value;
    return true;
  } catch {
    return false;
  }
}
