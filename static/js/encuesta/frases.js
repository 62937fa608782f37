// Lo poco que la página viva dice por su cuenta: cada módulo trae lo suyo, en español y en inglés.

/** Lo que va entre marcas sólo llega a las páginas en inglés (recoleccion/vistas/juntos.py). @type {Record<string, any>} */
export const ingles = {};

/** @template T @param {HTMLElement} caja @param {T} es @param {T} en @returns {T} */
export const enSuIdioma = (caja, es, en) => (caja.lang.startsWith("en") ? (en ?? es) : es);
