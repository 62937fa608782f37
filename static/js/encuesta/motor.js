// Con qué se anima una encuesta. Lo que no todas usan se apunta aquí al llegar; quien no lo trae, no lo usa.

/**
 * @typedef {object} Motor
 * @property {typeof import("./recorrido.js").Recorrido} Recorrido
 * @property {typeof import("./pasos.js").Pasos} Pasos
 * @property {typeof import("./vueltas.js").juntar} juntar
 * @property {typeof import("./vueltas.js").aLaVista} aLaVista
 * @property {typeof import("./vueltas.js").botones} botones
 * @property {typeof import("./vueltas.js").acomodarBotones} acomodarBotones
 * @property {typeof import("./orden.js").ordenar} ordenar
 * @property {typeof import("./orden.js").desmarcarDeOrden} desmarcarDeOrden
 * @property {typeof import("./orden.js").copiarOrdenes} [copiarOrdenes]
 */

export const motor = /** @type {Motor} */ (/** @type {unknown} */ ({ juntar: () => [] }));
