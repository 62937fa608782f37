/**
 * Recarga la página mientras algo se está haciendo. Sin este módulo sirve igual: se oprime «Actualizar».
 */

const CADA_MS = 1500;

if (document.querySelector("[data-avance]")) setTimeout(() => location.reload(), CADA_MS);
