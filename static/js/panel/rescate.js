/**
 * Dice cómo va la subida de un archivo grande. Sin este módulo el formulario sirve igual, callado.
 */

/**
 * @param {number} subidos @param {number} total bytes
 * @returns {{parte: number | null, texto: string}} ``parte``: por ciento; nulo, ya sólo falta que la oficina los revise
 */
export function comoVa(subidos, total) {
  if (!total || subidos >= total) return { parte: null, texto: "Ya subió. Se está revisando registro por registro…" };
  const parte = Math.floor((100 * subidos) / total);
  return { parte, texto: `Subiendo: ${parte} %. No cierre esta página.` };
}

/** @param {HTMLFormElement} forma */
function subir(forma) {
  const zona = /** @type {HTMLElement} */ (forma.querySelector("[data-avance]"));
  const barra = /** @type {HTMLProgressElement} */ (zona.querySelector("progress"));
  const dicho = /** @type {HTMLElement} */ (zona.querySelector("p"));
  const pedido = new XMLHttpRequest();
  const datos = new FormData(forma);
  const boton = forma.querySelector("button");
  boton?.setAttribute("disabled", "");
  zona.hidden = false;
  barra.max = 100;
  pedido.upload.onprogress = ({ loaded, total }) => {
    const { parte, texto } = comoVa(loaded, total);
    if (parte === null) barra.removeAttribute("value");
    else barra.value = parte;
    dicho.textContent = texto;
  };
  pedido.onload = () => {
    const nuevo = new DOMParser().parseFromString(pedido.responseText, "text/html").querySelector("main");
    if (!nuevo) return void location.reload(); // ya no hay sesión, o contestó otra cosa
    document.querySelector("main")?.replaceWith(nuevo);
    nuevo.querySelector("h1")?.setAttribute("tabindex", "-1");
    nuevo.querySelector("h1")?.focus();
    return vigilar();
  };
  pedido.onerror = () => {
    boton?.removeAttribute("disabled");
    barra.removeAttribute("value");
    dicho.textContent = "Se cortó la subida. Inténtelo otra vez: lo que ya haya llegado no se cuenta dos veces.";
  };
  pedido.open("POST", forma.action);
  pedido.send(datos);
}

function vigilar() {
  const forma = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-rescate]"));
  forma?.addEventListener("submit", (evento) => {
    evento.preventDefault();
    subir(forma);
  });
}

if (typeof document !== "undefined") vigilar();
