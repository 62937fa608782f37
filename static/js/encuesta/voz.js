// «Escuchar»: lee la pregunta con una voz del propio teléfono. Si no hay una suya en ese idioma, no hay botón: nada sale de aquí.

import { boton } from "./boton.js";

const PALABRAS = { es: "Escuchar", en: "Listen" };

/** Pone un botón en cada pregunta de la encuesta. @param {HTMLElement} caja */
export function escuchar(caja) {
  const idioma = /** @type {keyof typeof PALABRAS} */ ((caja.lang || document.documentElement.lang).slice(0, 2));
  const poner = () => {
    const voz = speechSynthesis.getVoices().find((una) => una.localService && una.lang.slice(0, 2) === idioma);
    if (!voz || caja.querySelector(".f-oir")) return;
    for (const titulo of caja.querySelectorAll(".f-campo > legend, .f-campo > label, .f-nota")) {
      const oir = boton(PALABRAS[idioma] ?? PALABRAS.es, "f-oir", () => leer(/** @type {Element} */ (oir.parentElement), voz));
      titulo.after(oir);
    }
  };
  if (!("speechSynthesis" in window)) return;
  poner();
  speechSynthesis.addEventListener("voiceschanged", poner);
}

/** @param {Element} campo @param {SpeechSynthesisVoice} voz */
function leer(campo, voz) {
  const callar = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (callar) return;
  const partes = campo.querySelectorAll("legend, label, .f-ayuda, .f-error, .f-nota, .f-orden span, option[value]:not([value=''])");
  const visibles = [...partes].filter((parte) => !parte.closest("[hidden]"));
  const dicho = new SpeechSynthesisUtterance(visibles.map((parte) => parte.textContent?.trim()).join(". "));
  dicho.voice = voz;
  dicho.lang = voz.lang;
  speechSynthesis.speak(dicho);
}
