// Una encuesta con lo que alguien lleva contestado: qué viene al caso, cuánto vale cada cosa y qué está mal. Gemelo de
// formularios/recorrido.py, y nada más que eso: quien decide es el servidor. Aquí no hay páginas.

import { aNumero, aTexto, esVerdadera, evaluar } from "../expresiones.js";
import { nombreCampo } from "./boton.js";
import { Ilegible, leer } from "./lectura.js";

/** @typedef {import("../expresiones.js").Arbol} Arbol */
/** @typedef {import("./lectura.js").Valor} Valor */
/** @typedef {import("./lectura.js").Opcion} Opcion */
/** @typedef {number[]} Vueltas en qué vuelta de cada repetición, de afuera a adentro */
/**
 * Como la arma formularios/reglas_vivas.py.
 * @typedef {object} Pregunta
 * @property {string} c su clave
 * @property {string} t su tipo
 * @property {string} [g] su grupo
 * @property {Arbol} [r] cuándo viene al caso
 * @property {Arbol} [q] cuándo es obligatoria
 * @property {string} [mq] lo que se dice si falta
 * @property {Arbol} [x] qué debe cumplir
 * @property {string} [mx] lo que se dice si no lo cumple
 * @property {Arbol} [f] qué opciones se ofrecen
 * @property {1} [n] no se contesta
 * @property {Arbol} [k] entonces, lo que da
 * @property {string} [d] o lo que siempre vale
 * @property {1} [e] sólo en teléfonos de la oficina
 * @property {1} [s] sólo sin ficha
 * @property {string} [m] módulo
 * @property {number} [l] letras que caben
 * @property {string[]} [i] de un rango: inicio, fin, paso y lo que se dice
 * @property {[string, (Record<string, string> | 0)?, (string | 0)?][]} [o] opciones que la página no dice
 */
/** @typedef {{c: string, g?: string, r?: Arbol, v?: [number, number, Arbol?]}} Grupo ``v``: mínimo, tope y cuántas */
/** @typedef {{p: Pregunta[], g?: Grupo[], n?: number[]}} Reglas */
/** @typedef {{ahora: string, conFicha?: boolean, personal?: boolean | null, opciones?: (clave: string) => Opcion[] | null}} Ajustes */

const FALTA = "Conteste esta pregunta, por favor.";
const FALTA_ACEPTAR = "Marque la casilla para seguir.";
const NO_CUMPLE = "Revise esta respuesta: no es de las que se esperan aquí.";
const NEUTRO = "(…)"; // en el lugar de una respuesta que no hay

/** Como lo ve una expresión. @param {Valor} valor */
const junto = (valor) => (Array.isArray(valor) ? valor.join(" ") : valor);

/** @template T @extends {Map<string, Map<string, T>>} */
class Memoria extends Map {
  /** @param {string} clave @param {Vueltas} vueltas @param {T} entretanto si se pidiera a sí misma @param {() => T} hacer @returns {T} */
  de(clave, vueltas, entretanto, hacer) {
    const lugar = vueltas.join("~");
    let suyas = this.get(clave);
    if (!suyas) this.set(clave, (suyas = new Map()));
    if (!suyas.has(lugar)) {
      suyas.set(lugar, entretanto);
      suyas.set(lugar, hacer());
    }
    return /** @type {T} */ (suyas.get(lugar));
  }
}

export class Recorrido {
  /** @type {Memoria<Valor>} */ #valores = new Memoria();
  /** @type {Memoria<boolean>} */ #relevantes = new Memoria();
  /** @type {Memoria<number>} */ #veces = new Memoria();
  /** @type {Memoria<Opcion[]>} */ #ofrecidas = new Memoria();
  /** @type {Map<string, Map<string, string>>} por clave y vuelta, lo que no se pudo leer */
  #ilegibles = new Map();
  /** @type {Map<string, number>} la última vuelta con algo, por grupo y vueltas de afuera */
  #dichas = new Map();

  /** @param {Reglas} reglas @param {Map<string, string[]>} crudo nombre de campo y lo que lleva @param {Ajustes} ajustes */
  constructor(reglas, crudo, { ahora, conFicha = false, personal = false, opciones = () => null }) {
    this.crudo = crudo;
    this.ahora = ahora;
    this.conFicha = conFicha;
    this.personal = personal;
    this.preguntas = reglas.p;
    this.porClave = new Map(reglas.p.map((p) => [p.c, p]));
    this.grupos = new Map((reglas.g ?? []).map((g) => [g.c, g]));
    this.orden = reglas.n?.map((i) => reglas.p[i]) ?? reglas.p;
    /** De cada grupo, los que se repiten de los que lo contienen, con él. @type {Map<string | undefined, Grupo[]>} */
    this.repeticiones = new Map([[undefined, []]]);
    for (const g of this.grupos.values()) {
      const afuera = this.repeticiones.get(g.g) ?? [];
      this.repeticiones.set(g.c, g.v ? [...afuera, g] : afuera);
    }
    this.deCampo = new Map(reglas.p.filter((p) => !p.n).map((p) => [nombreCampo(p.c), p]));
    this.opciones = new Map(reglas.p.map((p) => [p.c, completar(p, opciones(p.c))]));
    this.#dichas = this.#contarVueltas();
  }

  /** Pone lo que lleva un campo. @param {string} nombre @param {string[]} valores */
  poner(nombre, valores) {
    if (valores.length) this.crudo.set(nombre, valores);
    else this.crudo.delete(nombre);
    this.#dichas = this.#contarVueltas();
    this.#olvidar();
  }

  /** @param {boolean} conFicha */
  ponerFicha(conFicha) {
    this.conFicha = conFicha;
    this.#olvidar();
  }

  /** Los errores, por nombre de campo y en el orden de las preguntas. @returns {Map<string, string>} */
  revisar() {
    for (const p of this.orden) for (const vueltas of this.vueltasDe(p)) this.valor(p, vueltas);
    const errores = new Map();
    for (const p of this.preguntas) {
      for (const vueltas of this.vueltasDe(p)) {
        const frase = this.error(p, vueltas);
        if (frase) errores.set(nombreCampo(p.c, vueltas), frase);
      }
    }
    return errores;
  }

  /** @param {Pregunta} p @returns {Vueltas[]} */
  vueltasDe(p) {
    return this.#vueltas(this.#de(p.g), []);
  }

  /** Lo contestado o calculado; vacío si no viene al caso o está mal. @param {Pregunta} p @param {Vueltas} vueltas @returns {Valor} */
  valor(p, vueltas) {
    return this.#valores.de(p.c, vueltas, "", () => (this.relevante(p, vueltas) ? this.#leer(p, vueltas) : ""));
  }

  /** @param {Pregunta} p @param {Vueltas} vueltas */
  relevante(p, vueltas) {
    if ((p.s && this.conFicha) || (p.e && this.personal === false)) return false;
    return this.#relevantes.de(p.c, vueltas, false, () => this.grupoRelevante(p.g, vueltas) && this.#cumple(p.r, p.g, vueltas));
  }

  /** @param {string | undefined} clave @param {Vueltas} vueltas @returns {boolean} */
  grupoRelevante(clave, vueltas) {
    const grupo = clave === undefined ? undefined : this.grupos.get(clave);
    if (!grupo) return true;
    return this.#relevantes.de(grupo.c, vueltas, false, () => {
      const fuera = vueltas.slice(0, this.#de(grupo.g).length);
      return this.grupoRelevante(grupo.g, fuera) && this.#cumple(grupo.r, grupo.g, fuera);
    });
  }

  /** Cuántas vueltas da una repetición. @param {Grupo} grupo @param {Vueltas} fuera */
  veces(grupo, fuera) {
    return this.#veces.de(grupo.c, fuera, 0, () => {
      const [minimo, tope, cuantas] = /** @type {[number, number, Arbol?]} */ (grupo.v);
      if (cuantas === undefined) return Math.min(tope, Math.max(minimo, this.#dichas.get([grupo.c, ...fuera].join("~")) ?? 0));
      const numero = aNumero(evaluar(cuantas, this.#contexto(grupo.g, fuera)));
      return Math.abs(numero) < 1e9 ? Math.min(tope, Math.max(0, Math.trunc(numero))) : 0;
    });
  }

  /** Las opciones que su filtro deja. @param {Pregunta} p @param {Vueltas} vueltas @returns {Opcion[]} */
  ofrecidas(p, vueltas) {
    const todas = this.opciones.get(p.c) ?? [];
    const { f } = p;
    if (f === undefined) return todas;
    return this.#ofrecidas.de(p.c, vueltas, [], () =>
      todas.filter((opcion) => esVerdadera(f, this.#contexto(p.g, vueltas, "", opcion))),
    );
  }

  /** Lo que está mal en un lugar, o nada. @param {Pregunta} p @param {Vueltas} vueltas */
  error(p, vueltas) {
    const valor = this.valor(p, vueltas);
    const ilegible = this.#ilegibles.get(p.c)?.get(vueltas.join("~"));
    if (ilegible) return this.lleno(ilegible, p.g, vueltas);
    if (p.n || !this.relevante(p, vueltas)) return "";
    if (!valor.length) {
      return this.#haceFalta(p, vueltas) ? this.lleno(p.mq || (p.t === "acepto" ? FALTA_ACEPTAR : FALTA), p.g, vueltas) : "";
    }
    const cumple = p.x === undefined || esVerdadera(p.x, this.#contexto(p.g, vueltas, junto(valor)));
    return cumple ? "" : this.lleno(p.mx || NO_CUMPLE, p.g, vueltas);
  }

  /** Lo contestado, como se dice dentro de un texto; vacío si no hay nada.
   * @param {string} clave @param {string | undefined} grupo el del texto @param {Vueltas} vueltas */
  dicho(clave, grupo, vueltas) {
    const [visto = ""] = this.#vistos(clave, grupo, vueltas, false);
    return visto === "NaN" ? "" : visto;
  }

  /** Un texto con las respuestas en sus huecos. @param {string} texto @param {string | undefined} grupo @param {Vueltas} vueltas */
  lleno(texto, grupo, vueltas) {
    return texto.replace(/\$\{([^{}\s]+)\}/g, (_, clave) => this.dicho(clave, grupo, vueltas) || NEUTRO);
  }

  // --- Una respuesta

  /** @param {Pregunta} p @param {Vueltas} vueltas @returns {Valor} */
  #leer(p, vueltas) {
    if (p.t === "nota") return "";
    if (p.t === "hoy") return this.ahora.slice(0, 10);
    if (p.n) {
      if (p.k === undefined) return this.#canonico(p, p.d ?? "", vueltas);
      return this.#canonico(p, aTexto(evaluar(p.k, this.#contexto(p.g, vueltas))), vueltas);
    }
    const crudo = this.crudo.get(nombreCampo(p.c, vueltas));
    if (!crudo?.length) return "";
    try {
      return leer(p, () => this.ofrecidas(p, vueltas), crudo);
    } catch (error) {
      if (!(error instanceof Ilegible)) throw error;
      const suyos = this.#ilegibles.get(p.c) ?? new Map();
      this.#ilegibles.set(p.c, suyos.set(vueltas.join("~"), error.message));
      return "";
    }
  }

  /** Un cálculo puede dar algo que la pregunta no admite: entonces no vale nada.
   * @param {Pregunta} p @param {string} texto @param {Vueltas} vueltas @returns {Valor} */
  #canonico(p, texto, vueltas) {
    if (p.t === "calculo" || p.t === "oculto") return texto;
    const crudo = p.t === "varias" || p.t === "orden" ? texto.split(/\s+/) : [texto];
    try {
      return leer(p, () => this.ofrecidas(p, vueltas), crudo);
    } catch {
      return "";
    }
  }

  /** @param {Pregunta} p @param {Vueltas} vueltas */
  #haceFalta(p, vueltas) {
    if (p.q === undefined || (p.e && this.personal === null)) return false;
    if (p.m && !this.#moduloContestado(p.m)) return false;
    return this.#cumple(p.q, p.g, vueltas);
  }

  /** De varios módulos se contesta uno: los otros no hacen falta. @param {string} modulo */
  #moduloContestado(modulo) {
    const conModulo = this.preguntas.filter((p) => p.m);
    if (conModulo.every((p) => p.m === modulo)) return true;
    return conModulo.some((p) => p.m === modulo && this.crudo.get(nombreCampo(p.c))?.some(Boolean));
  }

  // --- Grupos y vueltas

  /** Una respuesta cambió: todo se vuelve a decidir conforme se pida. */
  #olvidar() {
    for (const memoria of [this.#valores, this.#relevantes, this.#veces, this.#ofrecidas, this.#ilegibles]) memoria.clear();
  }

  /** @param {string | undefined} grupo */
  #de(grupo) {
    return this.repeticiones.get(grupo) ?? [];
  }

  /** @param {Arbol | undefined} arbol @param {string | undefined} grupo @param {Vueltas} vueltas */
  #cumple(arbol, grupo, vueltas) {
    return arbol === undefined || esVerdadera(arbol, this.#contexto(grupo, vueltas));
  }

  /** @param {Grupo[]} repeticiones @param {Vueltas} fuera @returns {Vueltas[]} */
  #vueltas([primera, ...resto], fuera) {
    if (!primera) return [fuera];
    const cuantas = Array.from({ length: this.veces(primera, fuera) }, (_, i) => [...fuera, i + 1]);
    return cuantas.flatMap((dentro) => this.#vueltas(resto, dentro));
  }

  /** La última vuelta en que hay algo. @returns {Map<string, number>} */
  #contarVueltas() {
    const cuenta = new Map();
    for (const [nombre, crudo] of this.crudo) {
      const [base, ...resto] = nombre.split("~");
      const p = this.deCampo.get(base);
      const repeticiones = this.#de(p?.g);
      if (!resto.length || repeticiones.length !== resto.length || !crudo.some(Boolean)) continue;
      if (!resto.every((parte) => /^\d{1,3}$/.test(parte))) continue;
      const vueltas = resto.map(Number);
      repeticiones.forEach((grupo, hondo) => {
        const lugar = [grupo.c, ...vueltas.slice(0, hondo)].join("~");
        cuenta.set(lugar, Math.max(cuenta.get(lugar) ?? 0, vueltas[hondo]));
      });
    }
    return cuenta;
  }

  // --- Lo que ve una expresión

  /** @param {string | undefined} grupo @param {Vueltas} vueltas @param {string} [actual] @param {Opcion} [opcion]
   * @returns {import("../expresiones.js").Contexto} */
  #contexto(grupo, vueltas, actual = "", opcion) {
    return {
      actual,
      ahora: this.ahora,
      posicion: vueltas[vueltas.length - 1] ?? 1,
      una_vez: "",
      valores: (nombre) => {
        if (opcion && nombre[0] === "#") {
          const columna = nombre.slice(1);
          return [columna === "name" ? opcion.clave : columna === "label" ? opcion.texto : (opcion.datos?.[columna] ?? "")];
        }
        return this.#vistos(nombre, grupo, vueltas, false);
      },
      todos: (nombre) => this.#vistos(nombre, grupo, vueltas, true),
      etiqueta: (pregunta, clave) => this.opciones.get(pregunta)?.find((o) => o.clave === clave)?.texto ?? "",
    };
  }

  /** Las respuestas a ``nombre`` desde un lugar: las de su vuelta si comparten repetición.
   * @param {string} nombre @param {string | undefined} grupo @param {Vueltas} vueltas @param {boolean} todos */
  #vistos(nombre, grupo, vueltas, todos) {
    const p = this.porClave.get(nombre);
    const repeticiones = this.#de(p ? p.g : nombre);
    const iguales = this.#de(grupo).filter((g, i) => (p ? repeticiones : repeticiones.slice(0, -1))[i] === g).length;
    const comunes = todos && p && iguales === repeticiones.length ? Math.max(0, iguales - 1) : iguales;
    const lugares = this.#vueltas(repeticiones.slice(comunes), vueltas.slice(0, comunes));
    if (p) return lugares.map((lugar) => junto(this.valor(p, lugar)));
    if (!this.grupos.has(nombre)) return [];
    return lugares.filter((lugar) => this.grupoRelevante(nombre, lugar)).map((lugar) => String(lugar[lugar.length - 1]));
  }
}

/** Las opciones de una pregunta: las que trae la regla y lo que dice la página de cada una.
 * @param {Pregunta} p @param {Opcion[] | null} dichas @returns {Opcion[]} */
function completar(p, dichas) {
  if (!p.o) return dichas ?? [];
  const porClave = new Map(dichas?.map((opcion) => [opcion.clave, opcion]));
  return p.o.map(([clave, datos, texto]) => {
    const dicha = porClave.get(clave);
    return { clave, texto: texto || dicha?.texto || "", exclusiva: dicha?.exclusiva ?? false, datos: datos || {} };
  });
}
