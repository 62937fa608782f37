// Cuándo se anima la encuesta de una página: al llegar, y cada vez que la respuesta de un envío la cambia.

/** @param {(caja: HTMLElement) => void} animar */
export function alLlegar(animar) {
  const empezar = () => {
    const cajas = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("form [data-encuesta]:not([data-viva])"));
    for (const caja of cajas) animar(caja);
  };
  empezar();
  addEventListener("pagina", empezar);
}
