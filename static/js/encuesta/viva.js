// La encuesta que responde: esconde lo que no toca, filtra opciones, calcula, dice qué está mal y agrega vueltas. Lo que
// se ve es lo que dibujó el servidor, y es él quien decide al recibir. Nada se guarda: todo vive en el formulario.

import { enfocarTitulo, nombreCampo } from "./boton.js";
import { enfocar, ponerError } from "./errores.js";
import { frasesDe } from "./frases.js";

/** @typedef {{nodo: HTMLElement, clave: string, vueltas: number[], nombre: string, p: import("./recorrido.js").Pregunta | undefined, dentro: HTMLElement[], paso: Element | null, campo: boolean}} Lugar */
/** @typedef {typeof import("./motor.js").motor} Motor */
/** @typedef {{sesgo?: number | null, personal?: boolean, ficha?: (texto: string) => boolean, porPantalla?: boolean, sinRegreso?: boolean, alEmpezar?: () => boolean}} Modo */

const LARGA = 60; // preguntas

/** Ahora, en la zona del teléfono: AAAA-MM-DDThh:mm:ss.sss±hh:mm. @param {number} sesgo reloj del teléfono menos el del servidor, en ms */
function ahora(sesgo) {
  const minutos = -new Date().getTimezoneOffset();
  const dos = (/** @type {number} */ n) => String(Math.trunc(n)).padStart(2, "0");
  const zona = `${minutos < 0 ? "-" : "+"}${dos(Math.abs(minutos) / 60)}:${dos(Math.abs(minutos) % 60)}`;
  return new Date(Date.now() - sesgo + minutos * 6e4).toISOString().replace("Z", zona);
}

/** @param {string} texto */
const pareceFicha = (texto) => /^\W*(F1)?\W*[a-záéíóúüñ]{3,8}[\W_]*[1-9]\d\W*$/i.test(texto);

/** Anima una encuesta ya dibujada. @param {HTMLElement} caja @param {Modo} modo @param {Motor} motor con qué se decide */
export function animar(caja, modo, motor) {
  return new Viva(caja, modo, motor);
}

class Viva {
  /** @type {Set<Element>} lo que no toca */ #fuera = new Set();
  /** @type {import("./pasos.js").Pasos | null} */ #pasos = null;
  #vistas = -1;
  /** Algo salió o se fue desde la última vez que se acomodó la página. */ #movido = true;

  /** @param {HTMLElement} caja @param {Modo} modo @param {Motor} motor */
  constructor(caja, { sesgo, personal = false, ficha = pareceFicha, porPantalla = "porPantalla" in caja.dataset, sinRegreso = false, alEmpezar = () => true }, motor) {
    this.motor = motor;
    this.caja = caja;
    this.frases = frasesDe(caja);
    this.formulario = /** @type {HTMLFormElement} */ (caja.closest("form"));
    this.aviso = document.createElement("p");
    this.aviso.className = "f-dicho";
    this.aviso.setAttribute("role", "status");
    this.ficha = /** @type {HTMLInputElement | null} */ (caja.querySelector("[name=ficha]"));
    this.esFicha = ficha;
    const reglas = /** @type {HTMLElement | null} */ (caja.querySelector("script[data-reglas]"));
    this.reglas = JSON.parse(reglas?.textContent || '{"p":[]}');
    const { hora } = reglas?.dataset ?? {};
    this.sesgo = sesgo ?? (hora ? Date.now() - Date.parse(hora) : 0);
    this.ajustes = { personal, opciones: (/** @type {string} */ clave) => this.#opciones(clave) };
    for (const campo of /** @type {NodeListOf<HTMLElement>} */ (caja.querySelectorAll("[data-orden]"))) motor.ordenar(campo, this.frases, this.#decir);
    this.recorrido = this.#nuevo();
    this.repeticiones = motor.juntar(caja, this.recorrido);
    /** @type {Lugar[]} */
    this.lugares = [];
    for (const nodo of /** @type {NodeListOf<HTMLElement>} */ (caja.querySelectorAll("[data-p]"))) this.lugares.push(this.#lugar(nodo));
    this.deNodo = new Map(this.lugares.map((lugar) => [lugar.nodo, lugar]));
    this.secciones = /** @type {HTMLElement[]} */ ([...caja.querySelectorAll("[data-g], [data-sin-ficha]")]);
    const vueltas = new Set(this.repeticiones.flatMap((r) => r.secciones));
    this.sueltas = this.secciones.filter((seccion) => !vueltas.has(seccion));
    for (const r of this.repeticiones) motor.botones(r, this.frases, (cual) => this.#cambiarVueltas(r, cual));
    caja.append(this.aviso);
    if (this.lugares.length > LARGA) caja.dataset.larga = "";
    caja.addEventListener("input", (evento) => this.#alEscribir(evento));
    caja.addEventListener("change", (evento) => this.#alDejar(evento));
    this.formulario.addEventListener("submit", (evento) => this.#alMandar(evento));
    if (porPantalla) this.#pasos = new motor.Pasos(this, sinRegreso, alEmpezar);
    this.#pintar();
    caja.dataset.viva = ""; // hasta aquí, si el navegador no pudo con algo, la página sigue como sin guion
    this.#pasos?.alPrimerError();
  }

  /** ¿Se puede mandar? Si no, dice qué falta y lleva ahí. */
  revisar() {
    this.recorrido = this.#nuevo();
    this.#pintar();
    const errores = this.recorrido.revisar();
    const malos = this.lugares.filter((lugar) => errores.has(lugar.nombre));
    for (const lugar of this.lugares) {
      if (lugar.p) ponerError(lugar.nodo, lugar.nombre, errores.get(lugar.nombre) ?? "", lugar === malos[0]);
    }
    if (malos.length) this.#irA(malos[0]);
    return !malos.length;
  }

  /** ¿Están bien éstas? @param {Lugar[]} lugares */
  revisarEstas(lugares) {
    const malos = lugares.filter((lugar) => !this.#revisarUna(lugar));
    if (malos.length) enfocar(malos[0].nodo);
    return !malos.length;
  }

  /** Los lugares que tocan, en orden. */
  visibles() {
    return this.lugares.filter(({ nodo, dentro }) => !this.#fuera.has(nodo) && !dentro.some((seccion) => this.#fuera.has(seccion)));
  }

  /** Lo que no se muestra, por las reglas o por no ser de este paso. @param {(nodo: Element) => boolean} [deOtroPaso] */
  esconder(deOtroPaso = () => false) {
    for (const nodo of [...this.secciones, ...this.lugares.map((lugar) => lugar.nodo)]) {
      const escondido = this.#fuera.has(nodo) || deOtroPaso(nodo);
      if (nodo.hidden !== escondido) nodo.hidden = escondido;
    }
  }

  // --- Lo que hace quien contesta

  /** @param {Event} evento */
  #alEscribir({ target }) {
    if (target === this.ficha) return this.#pintar(this.recorrido.ponerFicha(this.#conFicha()));
    const lugar = this.#lugarDe(target);
    if (!lugar) return undefined;
    this.#cambiar(lugar);
    if (lugar.nodo.querySelector(".f-error")) this.#revisarUna(lugar);
    return undefined;
  }

  /** @param {Event} evento */
  #alDejar({ target }) {
    const lugar = this.#lugarDe(target);
    if (lugar) this.#revisarUna(lugar);
  }

  /** @param {SubmitEvent} evento */
  #alMandar(evento) {
    if (this.#pasos?.faltan() ? this.#pasos.siguiente() : this.revisar()) return;
    evento.preventDefault();
    evento.stopImmediatePropagation();
  }

  /** @param {Lugar} lugar */
  #cambiar(lugar) {
    const cambian = this.recorrido.poner(lugar.nombre, this.#valores(lugar));
    if (cambian.size) this.#pintar(cambian);
  }

  /** @param {import("./vueltas.js").Repeticion} r @param {number} [cual] la que se quita; si no, se agrega */
  #cambiarVueltas(r, cual) {
    const vistas = this.motor.aLaVista(r, this.recorrido);
    r.pedidas = cual === undefined ? vistas + 1 : Math.max(1, vistas - 1);
    if (cual !== undefined) {
      for (const lugar of this.lugares) if (r.secciones.some((s) => s.contains(lugar.nodo))) ponerError(lugar.nodo, lugar.nombre, "");
      this.motor.quitar(r, cual);
      for (const otra of this.repeticiones) if (otra !== r && r.secciones.some((s) => s.contains(otra.secciones[0]))) otra.pedidas = 1;
      this.recorrido = this.#nuevo();
    }
    this.#pintar();
    if (cual !== undefined) return this.#decir(this.frases.quitada);
    if (this.#pasos) this.#pasos.siguiente();
    else enfocarTitulo(r.secciones[r.pedidas - 1]?.querySelector("h2, h3, h4"));
    return undefined;
  }

  // --- Lo que se ve

  /** @param {Set<string>} [claves] las que pudieron cambiar; sin ellas, todas */
  #pintar(claves) {
    const foco = document.activeElement;
    for (const seccion of this.sueltas) {
      const { g, v } = seccion.dataset;
      if (g === undefined) this.#sacar(seccion, this.recorrido.conFicha);
      else if (!claves || claves.has(g)) this.#sacar(seccion, !this.recorrido.grupoRelevante(g, v ? v.split("~").map(Number) : []));
    }
    for (const r of this.repeticiones) {
      const vistas = this.motor.aLaVista(r, this.recorrido);
      r.secciones.forEach((seccion, i) => {
        this.#sacar(seccion, i >= vistas || !this.recorrido.grupoRelevante(r.grupo.c, [...r.fuera, i + 1]));
      });
      this.motor.acomodarBotones(r, vistas);
    }
    for (const lugar of this.lugares) if (lugar.p && (!claves || claves.has(lugar.clave))) this.#pintarUna(lugar, lugar.p);
    if (!this.#movido) return;
    this.#movido = false;
    this.#contar();
    if (this.#pasos) this.#pasos.pintar();
    else this.esconder();
    if (foco instanceof HTMLElement && this.caja.contains(foco) && foco.closest("[hidden]")) this.#salvarFoco(foco);
  }

  /** @param {Lugar} lugar @param {import("./recorrido.js").Pregunta} p */
  #pintarUna(lugar, p) {
    const { nodo, vueltas } = lugar;
    const toca = this.recorrido.relevante(p, vueltas);
    this.#sacar(nodo, !toca);
    const salida = nodo.querySelector("[data-salida]");
    if (salida) {
      const dicho = this.#texto(p, this.recorrido.valor(p, vueltas));
      if (salida.textContent !== dicho) salida.textContent = dicho;
    }
    if (p.f === undefined || !toca) return;
    const ofrecidas = new Set(this.recorrido.ofrecidas(p, vueltas).map((opcion) => opcion.clave));
    let quitadas = false;
    for (const opcion of /** @type {NodeListOf<HTMLElement>} */ (nodo.querySelectorAll("[data-o]"))) {
      const va = ofrecidas.has(opcion.dataset.o ?? "");
      if (opcion.hidden === !va) continue;
      opcion.hidden = !va;
      quitadas = desmarcar(opcion, va) || quitadas;
    }
    nodo.dataset.vacia = ofrecidas.size ? "" : this.frases.sinOpciones;
    if (quitadas) this.#cambiar(lugar);
  }

  /** @param {import("./recorrido.js").Pregunta} p @param {import("./lectura.js").Valor} valor */
  #texto(p, valor) {
    const claves = Array.isArray(valor) ? valor : [valor];
    const opciones = this.recorrido.opciones.get(p.c) ?? [];
    return claves.filter((clave) => clave !== "NaN").map((clave) => opciones.find((o) => o.clave === clave)?.texto ?? clave).join(", ");
  }

  /** @param {Element} nodo @param {boolean} si */
  #sacar(nodo, si) {
    if (si === this.#fuera.has(nodo)) return;
    if (si) this.#fuera.add(nodo);
    else this.#fuera.delete(nodo);
    this.#movido = true;
  }

  /** «Pregunta 4 de 12», de las que tocan; y se dice si salieron o se fueron preguntas. */
  #contar() {
    const contadas = this.visibles().map(({ paso }) => paso).filter((paso) => /\d/.test(paso?.textContent ?? ""));
    const cambio = contadas.length - this.#vistas;
    const primera = this.#vistas < 0;
    this.#vistas = contadas.length;
    contadas.forEach((paso, i) => {
      const numeros = [i + 1, contadas.length];
      const texto = paso?.textContent?.replace(/\d+/g, (n) => String(numeros.shift() ?? n)) ?? "";
      if (paso && paso.textContent !== texto) paso.textContent = texto;
    });
    if (cambio && !primera) this.#decir(cambio > 0 ? this.frases.salieron(cambio) : this.frases.guardaron(-cambio));
  }

  /** El foco estaba en algo que ya no toca: pasa a lo que sigue. @param {HTMLElement} foco */
  #salvarFoco(foco) {
    const visibles = this.visibles().filter(({ nodo, campo }) => campo && !nodo.closest("[hidden]"));
    const despues = visibles.find(({ nodo }) => foco.compareDocumentPosition(nodo) & Node.DOCUMENT_POSITION_FOLLOWING);
    const aqui = despues ?? visibles[visibles.length - 1];
    if (aqui) enfocarTitulo(aqui.nodo.querySelector("legend, label"));
  }

  /** @param {Lugar} lugar */
  #irA(lugar) {
    this.#pasos?.irA(lugar);
    enfocar(lugar.nodo);
  }

  #decir = (/** @type {string} */ texto) => {
    this.aviso.textContent = texto;
  };

  // --- Lo que lleva el formulario

  /** @param {Lugar} lugar si está bien */
  #revisarUna({ nodo, nombre, p, vueltas }) {
    const frase = p ? this.recorrido.error(p, vueltas) : "";
    ponerError(nodo, nombre, frase);
    return !frase;
  }

  #nuevo() {
    /** @type {Map<string, string[]>} */
    const crudo = new Map();
    for (const [nombre, valor] of new FormData(this.formulario)) {
      if (typeof valor === "string") crudo.set(nombre, [...(crudo.get(nombre) ?? []), valor]);
    }
    return new this.motor.Recorrido(this.reglas, crudo, { ...this.ajustes, ahora: ahora(this.sesgo), conFicha: this.#conFicha() });
  }

  #conFicha() {
    return this.esFicha(this.ficha?.value ?? "");
  }

  /** @param {Lugar} lugar */
  #valores({ nodo, nombre }) {
    const campos = /** @type {NodeListOf<HTMLInputElement>} */ (nodo.querySelectorAll("input, select, textarea"));
    const llenos = [...campos].filter((campo) => campo.name === nombre && !campo.disabled && (!["radio", "checkbox"].includes(campo.type) || campo.checked));
    return llenos.map((campo) => campo.value);
  }

  /** Las opciones que la página muestra de una pregunta. @param {string} clave @returns {import("./lectura.js").Opcion[] | null} */
  #opciones(clave) {
    const nodo = this.caja.querySelector(`[data-p="${CSS.escape(clave)}"]`);
    const campos = /** @type {NodeListOf<HTMLInputElement | HTMLOptionElement>} */ (nodo?.querySelectorAll("label > [value], option[value]:not([value='']), .f-orden [value]") ?? []);
    const dichas = [...campos].map((campo) => ({
      clave: campo.value,
      texto: (campo.closest("label, option, li")?.querySelector("span") ?? campo).textContent?.trim() ?? "",
      exclusiva: campo.dataset.sola !== undefined,
    }));
    return dichas.length ? dichas : null;
  }

  /** @param {HTMLElement} nodo @returns {Lugar} */
  #lugar(nodo) {
    const { p: clave = "", v } = nodo.dataset;
    const vueltas = v ? v.split("~").map(Number) : [];
    const dentro = [];
    for (let padre = nodo.parentElement; padre && padre !== this.caja; padre = padre.parentElement) dentro.push(padre);
    const paso = nodo.querySelector(".f-paso");
    const campo = nodo.querySelector("input, select, textarea") !== null;
    return { nodo, clave, vueltas, nombre: nombreCampo(clave, vueltas), p: this.recorrido.porClave.get(clave), dentro, paso, campo };
  }

  /** @param {EventTarget | null} cual */
  #lugarDe(cual) {
    const nodo = cual instanceof Element ? /** @type {HTMLElement | null} */ (cual.closest("[data-p]")) : null;
    return nodo ? this.deNodo.get(nodo) : undefined;
  }
}

/** Una opción que se esconde deja de estar elegida. @param {HTMLElement} opcion @param {boolean} va @returns {boolean} si lo estaba */
function desmarcar(opcion, va) {
  if (opcion instanceof HTMLOptionElement) {
    opcion.disabled = !va; // hay navegadores que no esconden renglones de una lista
    const estaba = !va && opcion.selected;
    if (estaba && opcion.parentElement instanceof HTMLSelectElement) opcion.parentElement.value = "";
    return estaba;
  }
  const campo = opcion.querySelector("input");
  if (campo?.type === "hidden") return desmarcarDeOrden(campo, va);
  const estaba = !va && (campo?.checked ?? false);
  if (campo && estaba) campo.checked = false;
  return estaba;
}

/** De un orden: lo que se esconde no se manda; lo que vuelve, si las demás se mandan. @param {HTMLInputElement} campo @param {boolean} va */
function desmarcarDeOrden(campo, va) {
  const vecinos = campo.closest("ol")?.querySelectorAll("li:not([hidden]) input:not(:disabled)") ?? [];
  campo.disabled = !va || !vecinos.length;
  return true;
}
