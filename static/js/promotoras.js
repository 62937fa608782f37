// Las promotoras de este teléfono: su PIN dice quién registra; lo guardado no depende de él.
// En el disco: cuenta, marca y comprobante de cada una, y su nombre corto cifrado. Ni contraseñas ni sesiones.

import { escribir, leer, pedir, transaccion } from "./almacen.js";
import { aB64 } from "./bytes.js";
import * as turno from "./turno.js";

/** @typedef {import("./almacen.js").Almacen} Almacen */

/** @typedef {object} Promotora tal como queda en el disco
 * @property {string} cuenta @property {string} marca la de su contraseña: si cambia, entra otra vez con señal
 * @property {Uint8Array<ArrayBuffer>} iv @property {ArrayBuffer} nombre cifrado
 * @property {Uint8Array<ArrayBuffer>} sal @property {string} comprobante @property {turno.Intentos} intentos */

/** Lo que se tarda a propósito en comprobar un PIN. */
const VUELTAS = 200_000;
const GUARDAR_TOQUE_MS = 60_000;
const CONFIRMAR_MS = 600_000;

export class Promotoras {
  /** @type {Promotora[]} */ #todas = [];
  /** @type {Map<string, string>} */ #nombres = new Map();
  /** @type {turno.Turno | null} */ #turno = null;
  #ocio = turno.OCIO;
  #preguntado = 0;

  /** @param {Almacen} bd @param {() => void} [avisar] cambió quién registra */
  constructor(bd, avisar = () => {}) {
    this.bd = bd;
    this.avisar = avisar;
  }

  /** Lo del disco: al abrir, y cuando otra pestaña lo cambió. */
  async cargar() {
    const [todas, abierto, ocio] = await transaccion(this.bd, ["ajustes"], "readonly", (de) =>
      Promise.all(["promotoras", "turno", "turno_ocio"].map((clave) => pedir(de("ajustes").get(clave)))),
    );
    this.#todas = todas ?? [];
    this.#turno = abierto ?? null;
    this.#ocio = ocio ?? turno.OCIO;
    if (!this.#todas.length) return;
    const { nombres } = await this.#llaves();
    const abiertos = this.#todas.map(async ({ cuenta, iv, nombre }) => {
      const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, nombres, nombre).catch(() => null);
      return /** @type {[string, string]} */ ([cuenta, bytes ? new TextDecoder().decode(bytes) : "Promotora"]);
    });
    this.#nombres = new Map(await Promise.all(abiertos));
  }

  /** Para escoger: cuenta y nombre corto. */
  get lista() {
    return this.#todas.map(({ cuenta }) => ({ cuenta, nombre: this.#nombres.get(cuenta) ?? "" }));
  }

  get ocio() {
    return this.#ocio;
  }

  /** @param {number} minutos */
  async ponerOcio(minutos) {
    await escribir(this.bd, "ajustes", "turno_ocio", minutos);
    this.#ocio = minutos;
  }

  /** @param {number} [ahora] */
  situacion(ahora = Date.now()) {
    return turno.situacion(this.#turno, ahora, this.#ocio);
  }

  /** La cuenta de quien registra, para el registro; nula si no lo dijo o su turno se cerró. */
  cuenta() {
    return this.situacion() === "abierto" ? (this.#turno?.cuenta ?? null) : null;
  }

  /** Su nombre corto, o nulo. */
  quien() {
    const cuenta = this.cuenta();
    return cuenta ? (this.#nombres.get(cuenta) ?? null) : null;
  }

  /** Hay a quién preguntarle y nadie ha dicho quién registra (ni que prefiere no decirlo). */
  falta() {
    return this.#todas.length > 0 && this.situacion() !== "abierto";
  }

  /**
   * Con señal: comprueba usuario y contraseña. No quedan en el teléfono.
   * @param {string | null} token @param {string} usuario @param {string} contrasena
   * @returns {Promise<{problema: string} | {cuenta: string, nombre: string, marca: string}>}
   */
  async comprobar(token, usuario, contrasena) {
    try {
      const respuesta = await fetch("/api/v1/turno", {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ usuario, contrasena }),
        credentials: "omit",
      });
      const { cuenta, nombre, marca, error } = await respuesta.json();
      if (!respuesta.ok) return { problema: `${error.mensaje} ${error.que_hacer}` };
      return { cuenta, nombre: turno.nombreCorto(nombre), marca };
    } catch {
      return { problema: "No hay señal. La primera vez se necesita; mientras, puede seguir sin decir quién." };
    }
  }

  /** La agrega (o le cambia el PIN) y abre su turno. @param {{cuenta: string, nombre: string, marca: string}} quien @param {string} pin */
  async agregar({ cuenta, nombre, marca }, pin) {
    const { nombres } = await this.#llaves();
    const [sal, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
    /** @type {Promotora} */
    const nueva = {
      cuenta,
      marca,
      iv,
      nombre: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, nombres, new TextEncoder().encode(nombre)),
      sal,
      comprobante: await this.#comprobante(sal, pin),
      intentos: { fallos: 0, hasta: 0 },
    };
    await this.#cambiar((todas) => [...todas.filter((otra) => otra.cuenta !== cuenta), nueva]);
    await this.#empezar(cuenta);
  }

  /**
   * @param {string} cuenta @param {string} pin
   * @returns {Promise<{bien: true} | {bien: false, espera: number}>} ``espera``: ms antes del siguiente intento
   */
  async abrir(cuenta, pin) {
    let permitido = false;
    await this.#cambiar((todas) =>
      todas.map((una) => {
        if (una.cuenta !== cuenta || turno.falta(una.intentos, Date.now())) return una;
        permitido = true;
        return { ...una, intentos: turno.intentar(una.intentos, Date.now()) };
      }),
    );
    const ella = this.#todas.find((una) => una.cuenta === cuenta);
    if (!ella) return { bien: false, espera: 0 };
    if (!permitido || (await this.#comprobante(ella.sal, pin)) !== ella.comprobante) return { bien: false, espera: this.espera(cuenta) };
    await this.#cambiar((todas) => todas.map((una) => (una.cuenta === cuenta ? { ...una, intentos: { fallos: 0, hasta: 0 } } : una)));
    await this.#empezar(cuenta);
    return { bien: true };
  }

  /** Lo que le falta esperar, ms. @param {string} cuenta */
  espera(cuenta) {
    const ella = this.#todas.find((una) => una.cuenta === cuenta);
    return ella ? turno.falta(ella.intentos, Date.now()) : 0;
  }

  /** «Seguir sin decir quién»: no se vuelve a preguntar hasta que esto también venza. */
  sinDecir() {
    return this.#empezar(null);
  }

  /** «Cerrar mi turno». */
  cerrar() {
    return this.#guardarTurno(null);
  }

  /** Alguien usó el teléfono. */
  tocar() {
    const ahora = Date.now();
    if (!this.#turno || this.situacion(ahora) !== "abierto") return;
    const antes = this.#turno.tocado;
    if (ahora - antes < GUARDAR_TOQUE_MS) return;
    this.#turno = { ...this.#turno, tocado: ahora };
    void escribir(this.bd, "ajustes", "turno", this.#turno).catch(() => {}); // si no cabe, sólo se cierra antes
  }

  /** Con un turno abierto, de vez en cuando se pregunta a la oficina si sigue valiendo. */
  tocaPreguntar() {
    const toca = this.#todas.length > 0 && Date.now() - this.#preguntado >= CONFIRMAR_MS;
    if (toca) this.#preguntado = Date.now();
    return toca;
  }

  /**
   * Lo que dijo la oficina: quien ya no está (o cambió su contraseña) desaparece del teléfono y su turno se cierra.
   * @param {unknown} vigentes cuentas y marcas; nada, si el servidor es de antes
   */
  async conciliar(vigentes) {
    if (!Array.isArray(vigentes)) return;
    const marcas = new Map(/** @type {[string, string][]} */ (vigentes));
    const sigue = (/** @type {Promotora} */ { cuenta, marca }) => marcas.get(cuenta) === marca;
    if (!this.#todas.every(sigue)) await this.#cambiar((todas) => todas.filter(sigue));
    const cuenta = this.#turno?.cuenta;
    if (!this.#turno || !cuenta) return;
    if (!this.#todas.some((una) => una.cuenta === cuenta)) await this.cerrar();
    else if (this.situacion() === "abierto") await this.#guardarTurno({ ...this.#turno, confirmado: Date.now() });
  }

  /** @param {string | null} cuenta */
  #empezar(cuenta) {
    return this.#guardarTurno({ cuenta, confirmado: Date.now(), tocado: Date.now() });
  }

  /** @param {turno.Turno | null} nuevo */
  async #guardarTurno(nuevo) {
    await escribir(this.bd, "ajustes", "turno", nuevo);
    this.#turno = nuevo;
    this.avisar();
  }

  /** Sobre lo del disco, por si otra pestaña también lo toca. @param {(todas: Promotora[]) => Promotora[]} como */
  async #cambiar(como) {
    await transaccion(this.bd, ["ajustes"], "readwrite", async (en) => {
      const ahora = como((await pedir(en("ajustes").get("promotoras"))) ?? []);
      await pedir(en("ajustes").put(ahora, "promotoras"));
    });
    await this.cargar();
    this.avisar();
  }

  /** Con el PIN, la sal y una llave que este navegador no entrega a ningún guion. @param {Uint8Array<ArrayBuffer>} sal @param {string} pin */
  async #comprobante(sal, pin) {
    const { pines } = await this.#llaves();
    const crudo = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
    const lento = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: sal, iterations: VUELTAS }, crudo, 256);
    return aB64(new Uint8Array(await crypto.subtle.sign("HMAC", pines, lento)));
  }

  /** @returns {Promise<{nombres: CryptoKey, pines: CryptoKey}>} no extraíbles; nacen la primera vez */
  async #llaves() {
    const guardadas = await leer(this.bd, "ajustes", "turno_llaves");
    if (guardadas) return guardadas;
    const nuevas = {
      nombres: await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
      pines: await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
    };
    return transaccion(this.bd, ["ajustes"], "readwrite", async (en) => {
      const antes = await pedir(en("ajustes").get("turno_llaves")); // otra pestaña pudo adelantarse
      if (!antes) await pedir(en("ajustes").put(nuevas, "turno_llaves"));
      return antes ?? nuevas;
    });
  }
}
