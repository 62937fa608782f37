// Lo poco que la página viva dice por su cuenta.

const ES = {
  agregar: "Agregar otra",
  quitar: "Quitar",
  quitada: "Se quitó.",
  salieron: (/** @type {number} */ n) => (n === 1 ? "Se agregó 1 pregunta." : `Se agregaron ${n} preguntas.`),
  guardaron: (/** @type {number} */ n) => (n === 1 ? "Se quitó 1 pregunta que no toca." : `Se quitaron ${n} preguntas que no tocan.`),
  sinOpciones: "Conteste primero lo de antes.",
  subir: "Subir",
  bajar: "Bajar",
  asi: "Así está bien",
  lugar: (/** @type {string} */ que, /** @type {number} */ n, /** @type {number} */ de) => `${que}: lugar ${n} de ${de}.`,
  empezar: "Empezar",
  siguiente: "Siguiente",
  anterior: "Anterior",
  avance: (/** @type {number} */ n, /** @type {number} */ de) => `${n} de ${de}`,
};

/** @type {typeof ES} */
const EN = {
  agregar: "Add another",
  quitar: "Remove",
  quitada: "Removed.",
  salieron: (n) => (n === 1 ? "1 question was added." : `${n} questions were added.`),
  guardaron: (n) => (n === 1 ? "1 question was removed." : `${n} questions were removed.`),
  sinOpciones: "Answer the one before first.",
  subir: "Up",
  bajar: "Down",
  asi: "Keep this order",
  lugar: (que, n, de) => `${que}: place ${n} of ${de}.`,
  empezar: "Start",
  siguiente: "Next",
  anterior: "Back",
  avance: (n, de) => `${n} of ${de}`,
};

/** @param {HTMLElement} caja */
export const frasesDe = (caja) => (caja.lang.startsWith("en") ? EN : ES);
/** @typedef {typeof ES} Frases */
