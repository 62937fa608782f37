// La fuente: parte unos bytes en bloques y da cuadros sin fin. Con cualquier puñado suficiente de cuadros, en cualquier
// orden, se arman otra vez. Puro: ni reloj ni azar; el mismo contenido da siempre los mismos cuadros.
//
// Los primeros son los bloques tal cual. Los demás, la suma (XOR) de la mitad de los bloques, escogidos por un generador
// sembrado con la sesión y el número del cuadro: quien recibe los escoge igual. Perder un cuadro cuesta uno más, no
// esperar otra vuelta; de combinaciones así bastan, en promedio, dos cuadros más que bloques.

import { unir } from "../bytes.js";

/** @typedef {{sesion: number, bloques: number, largo: number, n: number, bloque: Uint8Array}} Cuadro
 *   ``largo``: bytes del contenido sin el relleno del último bloque; ``n``: número del cuadro */

export const MAX_BLOQUES = 4_096;
export const MAX_LARGO = 4 * 1_048_576;
const RESUMEN = 32;
/** Números de cuadro que existen: a seis por segundo, años. */
const MAX_CUADRO = 2 ** 31;

/** Lo que mide un bloque: parejos y múltiplos de cuatro, para sumarlos de palabra en palabra. @param {number} largo @param {number} bloques */
export function medida(largo, bloques) {
  return Math.ceil(largo / bloques / 4) * 4;
}

/**
 * @param {Uint8Array} carga lo que se quiere pasar
 * @param {number} porBloque bytes que caben en un cuadro
 * @returns {Promise<{sesion: number, bloques: number, cuadro: (n: number) => Cuadro}>}
 * @throws {RangeError} si es más de lo que se puede pasar así
 */
export async function crearFuente(carga, porBloque) {
  const resumen = await sha256(carga);
  const contenido = unir(resumen, carga);
  const largo = contenido.length;
  const bloques = Math.ceil(largo / porBloque);
  if (bloques > MAX_BLOQUES || largo > MAX_LARGO) throw new RangeError("demasiado para pasarlo por códigos");
  const mide = medida(largo, bloques);
  const palabras = new Uint32Array((mide * bloques) / 4);
  new Uint8Array(palabras.buffer).set(contenido);
  const sesion = new DataView(resumen.buffer).getUint32(0);
  return {
    sesion,
    bloques,
    cuadro(n) {
      const suma = new Uint32Array(mide / 4);
      const elegidos = coeficientes(sesion, bloques, n);
      for (let i = 0; i < bloques; i++) {
        if ((elegidos[i >>> 5] >>> (i & 31)) & 1) sumar(suma, palabras.subarray((i * mide) / 4, ((i + 1) * mide) / 4));
      }
      return { sesion, bloques, largo, n, bloque: new Uint8Array(suma.buffer) };
    },
  };
}

/**
 * Qué bloques suma el cuadro ``n``, un bit por bloque.
 * @param {number} sesion @param {number} bloques @param {number} n
 */
export function coeficientes(sesion, bloques, n) {
  const bits = new Uint32Array(Math.ceil(bloques / 32));
  if (n < bloques) {
    bits[n >>> 5] = 1 << (n & 31);
    return bits;
  }
  let estado = (sesion ^ Math.imul(n, 0x9e3779b1)) >>> 0;
  for (let i = 0; i < bits.length; i++) bits[i] = mezclar((estado = (estado + 0x9e3779b9) >>> 0));
  if (bloques & 31) bits[bits.length - 1] &= 2 ** (bloques & 31) - 1;
  const obligado = n % bloques; // ninguno sale vacío
  bits[obligado >>> 5] |= 1 << (obligado & 31);
  return bits;
}

/** SplitMix32: bits parejos a partir de un contador. @param {number} z */
function mezclar(z) {
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** @param {Uint32Array} sobre @param {Uint32Array} otro */
function sumar(sobre, otro) {
  for (let i = 0; i < sobre.length; i++) sobre[i] ^= otro[i];
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
}

/** ¿Puede existir un cuadro así? @param {Cuadro} cuadro */
export function esPosible({ bloques, largo, n, bloque }) {
  if (bloques < 1 || bloques > MAX_BLOQUES || largo < RESUMEN || largo > MAX_LARGO || n >= MAX_CUADRO) return false;
  return bloque.length === medida(largo, bloques);
}

/** Junta cuadros de una sesión hasta poder despejar todos los bloques (eliminación de Gauss, renglón por renglón). */
export class Receptor {
  /** Por su primer bloque: los renglones ya despejados de los anteriores. @type {({bits: Uint32Array, suma: Uint32Array} | undefined)[]} */
  #renglones = [];
  /** Renglones independientes que se tienen; con ``bloques`` se arma. */
  tiene = 0;

  /** @param {Cuadro} primero de qué sesión son los que se van a juntar */
  constructor({ sesion, bloques, largo }) {
    this.sesion = sesion;
    this.bloques = bloques;
    this.largo = largo;
  }

  /** @param {Cuadro} cuadro */
  esDeAqui({ sesion, bloques, largo }) {
    return sesion === this.sesion && bloques === this.bloques && largo === this.largo;
  }

  get completo() {
    return this.tiene === this.bloques;
  }

  /** Suma un cuadro. @param {Cuadro} cuadro @returns {boolean} si dijo algo que no se sabía */
  agregar(cuadro) {
    if (this.completo || !this.esDeAqui(cuadro) || !esPosible(cuadro)) return false;
    const bits = coeficientes(this.sesion, this.bloques, cuadro.n);
    const suma = new Uint32Array(cuadro.bloque.slice().buffer);
    for (let i = 0; i < this.bloques; i++) {
      if (!((bits[i >>> 5] >>> (i & 31)) & 1)) continue;
      const conocido = this.#renglones[i];
      if (!conocido) {
        this.#renglones[i] = { bits, suma };
        this.tiene += 1;
        return true;
      }
      sumar(bits, conocido.bits);
      sumar(suma, conocido.suma);
    }
    return false;
  }

  /**
   * Con todos los bloques, el contenido; o nulo si su SHA-256 no cuadra: entonces se empieza de nuevo.
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async armar() {
    if (!this.completo) return null;
    const contenido = new Uint8Array(this.bloques * medida(this.largo, this.bloques));
    const mide = contenido.length / this.bloques;
    for (let i = this.bloques - 1; i >= 0; i--) {
      const { bits, suma } = /** @type {{bits: Uint32Array, suma: Uint32Array}} */ (this.#renglones[i]);
      for (let j = i + 1; j < this.bloques; j++) {
        if ((bits[j >>> 5] >>> (j & 31)) & 1) sumar(suma, /** @type {{suma: Uint32Array}} */ (this.#renglones[j]).suma);
      }
      contenido.set(new Uint8Array(suma.buffer), i * mide);
      bits.fill(0);
      bits[i >>> 5] = 1 << (i & 31); // despejado: repetir no cambia nada
    }
    const carga = contenido.slice(RESUMEN, this.largo);
    const resumen = await sha256(carga);
    if (resumen.every((byte, i) => byte === contenido[i])) return carga;
    this.#renglones = [];
    this.tiene = 0;
    return null;
  }
}

/** Cuadros de varias sesiones revueltas: cada uno con los suyos; se olvida la sesión que lleva más sin verse. */
export class Mesa {
  /** @type {Receptor[]} la última vista al final */
  #abiertos = [];

  /** @param {number} [caben] sesiones que se siguen a la vez */
  constructor(caben = 3) {
    this.caben = caben;
  }

  /** La sesión más adelantada. @returns {Receptor | undefined} */
  get mejor() {
    return this.#abiertos.reduce((/** @type {Receptor | undefined} */ mejor, uno) => (uno.tiene > (mejor?.tiene ?? -1) ? uno : mejor), undefined);
  }

  /** @param {Cuadro} cuadro @returns {Promise<Uint8Array<ArrayBuffer> | null>} lo que se terminó de armar con él */
  async poner(cuadro) {
    if (!esPosible(cuadro)) return null;
    const receptor = this.#abiertos.find((uno) => uno.esDeAqui(cuadro)) ?? new Receptor(cuadro);
    this.#abiertos = [...this.#abiertos.filter((uno) => uno !== receptor), receptor].slice(-this.caben);
    return receptor.agregar(cuadro) && receptor.completo ? receptor.armar() : null;
  }
}
