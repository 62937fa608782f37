// La encuesta que responde: esconde lo que no toca, filtra opciones, calcula, dice qué está mal y agrega vueltas. Lo que
// se ve es lo que dibujó el servidor, y es él quien decide al recibir. Nada se guarda: todo vive en el formulario.

import { crear, enfocarTitulo, nombreCampo } from "./boton.js";
import { enfocar, ponerError } from "./errores.js";
import { enSuIdioma, ingles } from "./frases.js";
import { motor } from "./motor.js";

/** @typedef {{nodo: HTMLElement, clave: string, vueltas: number[], nombre: string, p: import("./recorrido.js").Pregunta | undefined, dentro: HTMLElement[], paso: Numerado | null, campo: boolean}} Lugar */
/** @typedef {{letras: Text, partes: string[], dicho: string}} Numerado «Pregunta 4 de 12»: lo que va alrededor de los dos números, y lo que dice */
/** @typedef {{sesgo?: number | null, personal?: boolean, ficha?: (texto: string) => boolean, porPantalla?: boolean, sinRegreso?: boolean, alEmpezar?: () => boolean}} Modo */

const LARGA = 60; // preguntas
const CERCA = 12;
const PAUSA_MS = 150;
const ES = {
  salieron: (/** @type {number} */ n) => (n === 1 ? "Se agregó 1 pregunta." : `Se agregaron ${n} preguntas.`),
  guardaron: (/** @type {number} */ n) => (n === 1 ? "Se quitó 1 pregunta que no toca." : `Se quitaron ${n} preguntas que no tocan.`),
  sinOpciones: "Conteste primero lo de antes.",
};
// <ingles
ingles.viva = /** @type {typeof ES} */ ({
  salieron: (n) => (n === 1 ? "1 question was added." : `${n} questions were added.`),
  guardaron: (n) => (n === 1 ? "1 question was removed." : `${n} questions were removed.`),
  sinOpciones: "Answer the one before first.",
});
// >ingles

/** Ahora, en la zona del teléfono: AAAA-MM-DDThh:mm:ss.sss±hh:mm. @param {number} sesgo reloj del teléfono menos el del servidor, en ms */
function ahora(sesgo) {
  const minutos = -new Date().getTimezoneOffset();
  const dos = (/** @type {number} */ n) => String(Math.trunc(n)).padStart(2, "0");
  const zona = `${minutos < 0 ? "-" : "+"}${dos(Math.abs(minutos) / 60)}:${dos(Math.abs(minutos) % 60)}`;
  return new Date(Date.now() - sesgo + minutos * 6e4).toISOString().replace("Z", zona);
}

/** @param {string} texto */
const pareceFicha = (texto) => /^\W*(F1)?\W*[a-záéíóúüñ]{3,8}[\W_]*[1-9]\d\W*$/i.test(texto);

/** Anima una encuesta ya dibujada. @param {HTMLElement} caja @param {Modo} modo */
export function animar(caja, modo) {
  return new Viva(caja, modo);
}

class Viva {
  /** @type {Set<Element>} lo que no toca */ #fuera = new Set();
  /** @type {Set<HTMLElement>} lo que salió o se fue desde la última vez que se acomodó la página */ #movidos = new Set();
  /** @type {import("./pasos.js").Pasos | null} */ pasos = null;
  #vistas = -1;
  /** @type {Lugar | undefined} la que se acaba de contestar */ #aqui;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #luego;

  /** @param {HTMLElement} caja @param {Modo} modo */
  constructor(caja, { sesgo, personal = false, ficha = pareceFicha, porPantalla = "porPantalla" in caja.dataset, sinRegreso = false, alEmpezar = () => true }) {
    this.caja = caja;
    this.frases = enSuIdioma(caja, ES, ingles.viva);
    this.formulario = /** @type {HTMLFormElement} */ (caja.closest("form"));
    this.aviso = crear("p", "f-dicho");
    this.aviso.setAttribute("role", "status");
    this.ficha = /** @type {HTMLInputElement | null} */ (caja.querySelector("[name=ficha]"));
    this.esFicha = ficha;
    const reglas = /** @type {HTMLElement | null} */ (caja.querySelector("script[data-reglas]"));
    this.reglas = JSON.parse(reglas?.textContent || '{"p":[]}');
    const { hora } = reglas?.dataset ?? {};
    this.sesgo = sesgo ?? (hora ? Date.now() - Date.parse(hora) : 0);
    this.ajustes = { personal, opciones: (/** @type {string} */ clave) => this.#opciones(clave) };
    for (const campo of /** @type {NodeListOf<HTMLElement>} */ (caja.querySelectorAll("[data-orden]"))) motor.ordenar(campo, caja, this.decir);
    this.recorrido = this.#nuevo();
    this.repeticiones = motor.juntar(caja, this.recorrido);
    this.lugares = [.../** @type {NodeListOf<HTMLElement>} */ (caja.querySelectorAll("[data-p]"))].map((nodo) => this.#lugar(nodo));
    this.deNodo = new Map(this.lugares.map((lugar) => [lugar.nodo, lugar]));
    this.huecos = [.../** @type {NodeListOf<HTMLElement>} */ (caja.querySelectorAll("[data-d]"))].map(huecoDe);
    this.secciones = /** @type {HTMLElement[]} */ ([...caja.querySelectorAll("[data-g], [data-sin-ficha]")]);
    const vueltas = new Set(this.repeticiones.flatMap((r) => r.secciones));
    this.sueltas = this.secciones.filter((seccion) => !vueltas.has(seccion));
    for (const r of this.repeticiones) motor.botones(r, this);
    caja.append(this.aviso);
    if (this.lugares.length > LARGA) caja.dataset.larga = "";
    caja.addEventListener("input", (evento) => this.#alEscribir(evento));
    caja.addEventListener("change", (evento) => this.#alDejar(evento));
    this.formulario.addEventListener("submit", (evento) => this.#alMandar(evento));
    if (porPantalla) this.pasos = new motor.Pasos(this, sinRegreso, alEmpezar);
    this.pintar();
    caja.dataset.viva = ""; // hasta aquí, si el navegador no pudo con algo, la página sigue como sin guion
    this.pasos?.alPrimerError();
  }

  /** ¿Se puede mandar? Si no, dice qué falta y lleva ahí. */
  revisar() {
    this.leerTodo();
    this.pintar();
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
    for (const nodo of this.secciones) this.#mostrar(nodo, deOtroPaso(nodo));
    for (const { nodo } of this.lugares) this.#mostrar(nodo, deOtroPaso(nodo));
  }

  /** @param {HTMLElement} nodo @param {boolean} [deOtroPaso] */
  #mostrar(nodo, deOtroPaso = false) {
    const escondido = deOtroPaso || this.#fuera.has(nodo);
    if (nodo.hidden !== escondido) nodo.hidden = escondido;
  }

  // --- Lo que hace quien contesta

  /** @param {Event} evento */
  #alEscribir({ target }) {
    const lugar = this.#lugarDe(target);
    if (target === this.ficha) {
      this.recorrido.ponerFicha(this.#conFicha());
      this.pintar();
    } else if (lugar) {
      this.#aqui = lugar;
      this.#cambiar(lugar);
      if (lugar.nodo.querySelector(".f-error")) this.#revisarUna(lugar);
    }
  }

  /** @param {Event} evento */
  #alDejar({ target }) {
    const lugar = this.#lugarDe(target);
    if (lugar) this.#revisarUna(lugar);
  }

  /** @param {SubmitEvent} evento */
  #alMandar(evento) {
    if (this.pasos?.faltan() ? this.pasos.siguiente() : this.revisar()) return;
    evento.preventDefault();
    evento.stopImmediatePropagation();
  }

  /** @param {Lugar} lugar */
  #cambiar(lugar) {
    this.recorrido.poner(lugar.nombre, this.#valores(lugar));
    this.pintar();
  }

  // --- Lo que se ve

  pintar() {
    for (const { nodo, clave, blanco, grupo, vueltas } of this.huecos) {
      const texto = this.recorrido.dicho(clave, grupo, vueltas) || blanco;
      if (nodo.textContent !== texto) nodo.textContent = texto;
    }
    for (const seccion of this.sueltas) {
      const { g, v } = seccion.dataset;
      if (g === undefined) this.#sacar(seccion, this.recorrido.conFicha);
      else this.#sacar(seccion, !this.recorrido.grupoRelevante(g, v ? v.split("~").map(Number) : []));
    }
    for (const r of this.repeticiones) {
      const vistas = motor.aLaVista(r, this.recorrido);
      r.secciones.forEach((seccion, i) => {
        this.#sacar(seccion, i >= vistas || !this.recorrido.grupoRelevante(r.grupo.c, [...r.fuera, i + 1]));
      });
      motor.acomodarBotones(r, vistas);
    }
    for (const lugar of this.lugares) if (lugar.p) this.#pintarUna(lugar, lugar.p);
    if (!this.#movidos.size && this.#vistas >= 0) return;
    const foco = document.activeElement;
    const movidos = [...this.#movidos];
    this.#movidos.clear();
    if (this.pasos) this.pasos.pintar();
    else for (const nodo of movidos) this.#mostrar(nodo);
    this.#contar();
    if (foco instanceof HTMLElement && this.caja.contains(foco) && foco.closest("[hidden]")) this.#salvarFoco(foco);
  }

  /** @param {Lugar} lugar @param {import("./recorrido.js").Pregunta} p */
  #pintarUna(lugar, p) {
    const { nodo, vueltas } = lugar;
    const toca = this.recorrido.relevante(p, vueltas);
    this.#sacar(nodo, !toca);
    const salida = nodo.querySelector("[data-salida]");
    if (salida) {
      const dicho = this.recorrido.lleno(this.#texto(p, this.recorrido.valor(p, vueltas)), p.g, vueltas);
      if (salida.textContent !== dicho) salida.textContent = dicho;
    }
    if (p.f === undefined || !toca) return;
    const ofrecidas = new Set(this.recorrido.ofrecidas(p, vueltas).map((opcion) => opcion.clave));
    let quitadas = false;
    for (const opcion of /** @type {NodeListOf<HTMLElement>} */ (nodo.querySelectorAll("[data-o]"))) {
      const va = ofrecidas.has(opcion.dataset.o ?? "");
      if (opcion.hidden === !va) continue;
      opcion.hidden = !va;
      quitadas = this.#desmarcar(opcion, va) || quitadas;
    }
    nodo.dataset.vacia = ofrecidas.size ? "" : this.frases.sinOpciones;
    if (quitadas) this.#cambiar(lugar);
  }

  /** Una opción que se esconde deja de estar elegida. @param {HTMLElement} opcion @param {boolean} va @returns {boolean} si lo estaba */
  #desmarcar(opcion, va) {
    if (opcion instanceof HTMLOptionElement) {
      opcion.disabled = !va; // hay navegadores que no esconden renglones de una lista
      const estaba = !va && opcion.selected;
      if (estaba && opcion.parentElement instanceof HTMLSelectElement) opcion.parentElement.value = "";
      return estaba;
    }
    const campo = opcion.querySelector("input");
    if (campo?.type === "hidden") return motor.desmarcarDeOrden(campo, va);
    const estaba = !va && (campo?.checked ?? false);
    if (campo && estaba) campo.checked = false;
    return estaba;
  }

  /** @param {import("./recorrido.js").Pregunta} p @param {import("./lectura.js").Valor} valor */
  #texto(p, valor) {
    const claves = Array.isArray(valor) ? valor : [valor];
    const opciones = this.recorrido.opciones.get(p.c) ?? [];
    return claves.filter((clave) => clave !== "NaN").map((clave) => opciones.find((o) => o.clave === clave)?.texto ?? clave).join(", ");
  }

  /** @param {HTMLElement} nodo @param {boolean} si */
  #sacar(nodo, si) {
    if (si === this.#fuera.has(nodo)) return;
    if (si) this.#fuera.add(nodo);
    else this.#fuera.delete(nodo);
    this.#movidos.add(nodo);
  }

  /** «Pregunta 4 de 12», de las que tocan; y se dice si salieron o se fueron preguntas. */
  #contar() {
    const contados = this.visibles().flatMap(({ paso }) => paso ?? []);
    const cambio = contados.length - this.#vistas;
    if (cambio && this.#vistas >= 0) this.decir(cambio > 0 ? this.frases.salieron(cambio) : this.frases.guardaron(-cambio));
    this.#vistas = contados.length;
    const aqui = this.#aqui?.paso ? contados.indexOf(this.#aqui.paso) : -1;
    clearTimeout(this.#luego);
    if (aqui < 0 || contados.length < LARGA) return numerar(contados, 0);
    numerar(contados, Math.max(0, aqui - CERCA), aqui + CERCA); // lo que se ve; lo demás, cuando haga una pausa
    this.#luego = setTimeout(() => numerar(contados, 0), PAUSA_MS);
    return undefined;
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
    this.pasos?.irA(lugar);
    enfocar(lugar.nodo);
  }

  decir = (/** @type {string} */ texto) => {
    this.aviso.textContent = texto;
  };

  // --- Lo que lleva el formulario

  /** @param {Lugar} lugar si está bien */
  #revisarUna({ nodo, nombre, p, vueltas }) {
    const frase = p ? this.recorrido.error(p, vueltas) : "";
    ponerError(nodo, nombre, frase);
    return !frase;
  }

  /** Empieza de lo que ahora lleva el formulario. */
  leerTodo() {
    this.recorrido = this.#nuevo();
  }

  #nuevo() {
    /** @type {Map<string, string[]>} */
    const crudo = new Map();
    for (const [nombre, valor] of new FormData(this.formulario)) {
      if (typeof valor === "string") crudo.set(nombre, [...(crudo.get(nombre) ?? []), valor]);
    }
    return new motor.Recorrido(this.reglas, crudo, { ...this.ajustes, ahora: ahora(this.sesgo), conFicha: this.#conFicha() });
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
    const paso = numerado(nodo.querySelector(".f-paso")?.firstChild);
    const campo = nodo.querySelector("input, select, textarea") !== null;
    return { nodo, clave, vueltas, nombre: nombreCampo(clave, vueltas), p: this.recorrido.porClave.get(clave), dentro, paso, campo };
  }

  /** @param {EventTarget | null} cual */
  #lugarDe(cual) {
    const nodo = cual instanceof Element ? /** @type {HTMLElement | null} */ (cual.closest("[data-p]")) : null;
    return nodo ? this.deNodo.get(nodo) : undefined;
  }
}

/** Una respuesta dentro de un texto: de quién, desde dónde se ve y lo que va mientras. @param {HTMLElement} nodo */
function huecoDe(nodo) {
  const lugar = /** @type {HTMLElement | null} */ (nodo.closest("[data-p], [data-g]"));
  const seccion = /** @type {HTMLElement | null} */ (nodo.closest("[data-g]"));
  const { d: clave = "", n: blanco = nodo.textContent ?? "" } = nodo.dataset;
  return { nodo, clave, blanco, grupo: seccion?.dataset.g, vueltas: lugar?.dataset.v?.split("~").map(Number) ?? [] };
}

/** @param {Numerado[]} contados @param {number} desde @param {number} [hasta] */
function numerar(contados, desde, hasta) {
  for (const [i, paso] of contados.slice(desde, hasta).entries()) {
    const [antes, de, despues] = paso.partes;
    const dicho = antes + (desde + i + 1) + de + contados.length + despues;
    if (paso.dicho !== dicho) paso.letras.data = paso.dicho = dicho;
  }
}

/** @param {Node | null | undefined} letras @returns {Numerado | null} */
function numerado(letras) {
  const partes = letras instanceof Text ? letras.data.split(/\d+/, 3) : [];
  return partes.length === 3 ? { letras: /** @type {Text} */ (letras), partes, dicho: "" } : null;
}
