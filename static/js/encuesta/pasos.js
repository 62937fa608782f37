// Una pregunta por pantalla: qué va en cada paso, «Siguiente» y «Anterior», y en cuál vamos.

import { boton, crear, enfocarTitulo } from "./boton.js";
import { enSuIdioma, ingles } from "./frases.js";
import { motor } from "./motor.js";

const ES = {
  empezar: "Empezar",
  siguiente: "Siguiente",
  anterior: "Anterior",
  avance: (/** @type {number} */ n, /** @type {number} */ de) => `${n} de ${de}`,
};

// <ingles
ingles.pasos = /** @type {typeof ES} */ ({
  empezar: "Start",
  siguiente: "Next",
  anterior: "Back",
  avance: (n, de) => `${n} of ${de}`,
});
// >ingles

/** @typedef {import("./viva.js").Lugar} Lugar */
/** @typedef {ReturnType<typeof import("./viva.js").animar>} Viva */
/** @typedef {Lugar[]} Paso */

export class Pasos {
  /** @type {Paso[]} */ #pasos = [];
  /** En cuál vamos; -1 es la portada. */ #aqui = -1;

  /** @param {Viva} viva @param {boolean} sinRegreso @param {() => boolean} alEmpezar si se puede pasar de la portada */
  constructor(viva, sinRegreso, alEmpezar) {
    this.viva = viva;
    this.alEmpezar = alEmpezar;
    const { caja, formulario } = viva;
    const frases = (this.frases = enSuIdioma(caja, ES, ingles.pasos));
    this.portada = /** @type {HTMLElement[]} */ ([...caja.querySelectorAll(":scope > .f-intro, :scope > .f-campo, :scope > [data-portada]")]);
    this.mandar = /** @type {HTMLElement | null} */ (formulario.querySelector("button:not([type=button])"));
    this.atras = boton(frases.anterior, "boton f-atras", () => this.#ir(this.#aqui - 1));
    this.sigue = boton(frases.siguiente, "boton primero boton-fuerte", () => void this.siguiente());
    this.avance = crear("progress");
    this.sinRegreso = sinRegreso;
    caja.prepend(this.avance);
    const botones = crear("p", "f-pasos");
    botones.append(this.atras, this.sigue);
    caja.append(botones);
  }

  /** ¿Hay más pasos después de éste? */
  faltan() {
    return this.#aqui < this.#pasos.length - 1;
  }

  /** Sigue, si lo de este paso está bien. Siempre falso: todavía no se manda. */
  siguiente() {
    const paso = this.#pasos[this.#aqui] ?? [];
    if ((this.#aqui >= 0 || this.alEmpezar()) && this.viva.revisarEstas(paso)) this.#ir(this.#aqui + 1);
    return false;
  }

  /** Al paso donde está un lugar. @param {Lugar} lugar */
  irA(lugar) {
    const cual = this.#pasos.findIndex((paso) => paso.includes(lugar));
    if (cual >= 0 && cual !== this.#aqui) this.#ir(cual, false);
  }

  /** Si el servidor regresó la página con errores, se abre en el primero. */
  alPrimerError() {
    if (this.portada.some((nodo) => nodo.querySelector(".f-error"))) return;
    const cual = this.#pasos.findIndex((paso) => paso.some(({ nodo }) => nodo.querySelector(".f-error")));
    if (cual >= 0) this.#ir(cual);
  }

  /** Vuelve a armar los pasos con lo que toca, sin moverse de donde estaba. */
  pintar() {
    const [antes] = (this.#pasos[this.#aqui] ?? []).slice(-1);
    this.#pasos = this.#armar();
    if (antes) {
      const cual = this.#pasos.findIndex((paso) => paso.includes(antes));
      this.#aqui = cual >= 0 ? cual : Math.min(this.#aqui, this.#pasos.length - 1);
    }
    this.#mostrar();
  }

  /** Cada pregunta es un paso, con las notas que la anteceden; un grupo que va junto es uno solo. @returns {Paso[]} */
  #armar() {
    /** @type {Paso[]} */
    const pasos = [];
    let [antes, conCampo] = [/** @type {Element | null} */ (null), false];
    for (const lugar of this.viva.visibles()) {
      const de = lugar.dentro.filter((seccion) => seccion.matches("[data-juntas]")).pop() ?? lugar.nodo;
      if (!pasos.length || (de !== antes && conCampo)) {
        pasos.push([]);
        conCampo = false;
      }
      pasos[pasos.length - 1].push(lugar);
      antes = de;
      conCampo ||= lugar.campo;
    }
    if (!conCampo && pasos.length > 1) pasos.splice(-2, 2, pasos.slice(-2).flat()); // una nota al final
    return pasos;
  }

  /** @param {number} cual @param {boolean} [conFoco] */
  #ir(cual, conFoco = true) {
    this.#aqui = Math.max(this.portada.length ? -1 : 0, Math.min(cual, this.#pasos.length - 1));
    this.#mostrar();
    if (!conFoco) return;
    const nodo = this.#aqui < 0 ? this.portada[0] : this.#pasos[this.#aqui][0].nodo;
    enfocarTitulo(nodo.querySelector("legend, label, p") ?? nodo);
    scrollTo(0, 0);
    this.viva.formulario.dispatchEvent(new CustomEvent("paso", { bubbles: true }));
  }

  #mostrar() {
    if (!this.portada.length) this.#aqui = Math.max(0, this.#aqui);
    const { frases } = this;
    const { repeticiones } = this.viva;
    const paso = this.#pasos[this.#aqui] ?? [];
    const nodos = paso.map((lugar) => lugar.nodo);
    this.viva.esconder((nodo) => !nodos.some((suyo) => nodo.contains(suyo)));
    for (const nodo of this.portada) nodo.hidden = this.#aqui >= 0;
    for (const { pie, secciones } of repeticiones) {
      const dentro = this.viva.visibles().filter((lugar) => secciones.some((s) => s.contains(lugar.nodo)));
      const ultima = dentro.pop();
      if (!ultima || !paso.includes(ultima)) pie.hidden = true;
    }
    const ultimo = !this.faltan();
    this.atras.hidden = this.sinRegreso || this.#aqui <= (this.portada.length ? -1 : 0);
    this.sigue.hidden = ultimo;
    this.sigue.textContent = this.#aqui < 0 ? frases.empezar : frases.siguiente;
    if (this.mandar) this.mandar.hidden = !ultimo;
    this.avance.max = this.#pasos.length || 1;
    this.avance.value = this.#aqui + 1;
    this.avance.setAttribute("aria-label", frases.avance(this.#aqui + 1, this.#pasos.length));
    this.avance.hidden = this.#aqui < 0;
  }
}

motor.Pasos = Pasos;
