// Lo poco que la página viva dice por su cuenta: cada módulo trae lo suyo, en español y en inglés.

/** @template T @param {HTMLElement} caja @param {T} es @param {T} en @returns {T} */
export const enSuIdioma = (caja, es, en) => (caja.lang.startsWith("en") ? en : es);
