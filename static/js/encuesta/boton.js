// Lo que comparten las piezas de una encuesta: un elemento, un botón, un título con foco y el nombre de un campo.

/** @template {keyof HTMLElementTagNameMap} T @param {T} tipo @param {string} [clase] @param {string} [texto] */
export function crear(tipo, clase = "", texto = "") {
  const nodo = document.createElement(tipo);
  nodo.className = clase;
  nodo.textContent = texto;
  return nodo;
}

/** @param {string} texto @param {string} clase @param {() => void} alTocar */
export function boton(texto, clase, alTocar) {
  const nodo = crear("button", clase, texto);
  nodo.type = "button";
  nodo.addEventListener("click", alTocar);
  return nodo;
}

/** Lleva el foco a un título, que por sí mismo no lo recibe. @param {HTMLElement | null | undefined} titulo */
export function enfocarTitulo(titulo) {
  titulo?.setAttribute("tabindex", "-1");
  titulo?.focus({ preventScroll: true });
}

/** El nombre de su campo en la página. @param {string} clave @param {number[]} [vueltas] */
export function nombreCampo(clave, vueltas = []) {
  return [/^[A-Z][A-Z0-9_]{0,39}$/.test(clave) ? clave : `p_${clave}`, ...vueltas].join("~");
}
