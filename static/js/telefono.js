// Lo que este teléfono sabe: su llave, lo que descargó y cómo va el envío. Las pantallas preguntan aquí.

import { abrir, escribir, leer } from "./almacen.js";
import * as cola from "./cola.js";
import { diaLocal } from "./dom.js";
import { medir, pedirPermanencia } from "./espacio.js";
import * as identidad from "./identidad.js";
import { Promotoras } from "./promotoras.js";
import { diaDe } from "./protocolo.js";
import { horaConZona } from "./registro.js";
import { crearSincronizador, enviarTodo, mandarLote, memoriaNueva, puertos, traer } from "./sincronizar.js";

/** @typedef {import("./sincronizar.js").Resultado} Resultado */

const DE_BAJA = "dispositivo_revocado";

export class Telefono extends EventTarget {
  /** @type {identidad.Identidad} */ #yo = { token: null, firmante: null, deBaja: false };
  /** @type {Paquete | null} */ #paquete = null;
  /** @type {number | null} */ bajadoEn = null;
  /** @type {number | null} */ #sesgo = null;
  /** @type {"enviando" | Resultado | null} */ envio = null;
  /** @type {Record<EnCola["estado"], number>} */ resumen = { guardado: 0, enviado: 0, apartado: 0 };
  /** @type {import("./espacio.js").Espacio | null} */ espacio = null;

  /** @param {import("./almacen.js").Almacen} bd @param {string} version */
  constructor(bd, version) {
    super();
    this.bd = bd;
    this.version = version;
    this.promotoras = new Promotoras(bd, () => {
      this.#otras?.postMessage("turno");
      this.dispatchEvent(new Event("cambio"));
    });
    this.#sincronizador = crearSincronizador({
      intentar: () => this.#intentar(),
      azar: Math.random,
      alCambiar: (envio) => {
        this.envio = envio;
        void this.#cambio();
      },
    });
    this.#otras?.addEventListener("message", () => void this.#contar());
    this.#otras?.addEventListener("message", ({ data }) => data === "identidad" && void this.#reconocerse());
    this.#otras?.addEventListener("message", ({ data }) => data === "turno" && void this.promotoras.cargar());
  }
  #sincronizador;
  #memoria = memoriaNueva();
  /** Las otras pestañas de esta aplicación, para que todas cuenten lo mismo. */
  #otras = "BroadcastChannel" in window ? new BroadcastChannel("jornada") : null;

  /** @param {string} version @param {() => void} alEsperar otra ventana no suelta la base anterior */
  static async abrir(version, alEsperar) {
    const telefono = new Telefono(await abrir(alEsperar), version);
    const { bd } = telefono;
    await telefono.#reconocerse();
    await telefono.promotoras.cargar().catch(() => {}); // sin saber quién, se registra igual
    telefono.#sesgo = (await leer(bd, "ajustes", "sesgo_ms")) ?? null;
    const guardado = await leer(bd, "paquete", "vigente");
    if (guardado) {
      telefono.#paquete = guardado.paquete;
      telefono.bajadoEn = guardado.bajadoEn;
    }
    await telefono.#contar();
    void pedirPermanencia().then(() => telefono.#medir());
    if (telefono.token) telefono.#sincronizador.pronto();
    return telefono;
  }

  async #reconocerse() {
    this.#yo = await identidad.leerIdentidad(this.bd);
  }

  get token() {
    return this.#yo.token;
  }

  /** La oficina lo dio de baja: lo que mande espera a la titular. */
  get deBaja() {
    return this.#yo.deBaja;
  }

  firmante() {
    return this.#yo.firmante;
  }

  /** La cuenta de quien registra, si lo dijo y su turno sigue abierto. */
  promotora() {
    return this.promotoras.cuenta();
  }

  get listo() {
    return this.#paquete !== null;
  }

  /** @returns {Paquete} */
  paquete() {
    if (!this.#paquete) throw new Error("Falta preparar este teléfono.");
    return this.#paquete;
  }

  sesgo() {
    return this.#sesgo;
  }

  /** @param {string} id @returns {EventoDelPaquete | undefined} */
  evento(id) {
    return this.#paquete?.eventos.find((evento) => evento.id === id);
  }

  alGuardar() {
    void this.#cambio();
    this.#sincronizador.pronto();
  }

  enviarYa() {
    return this.#sincronizador.ahora();
  }

  async #cambio() {
    await this.#contar();
    void this.#medir();
    this.#otras?.postMessage("cambio");
  }

  async #contar() {
    this.resumen = await cola.resumen(this.bd);
    this.dispatchEvent(new Event("cambio"));
  }

  /** Cuánto cabe todavía: se avisa antes de que falte. */
  async #medir() {
    const antes = this.espacio?.nivel;
    this.espacio = await medir();
    if (this.espacio.nivel !== antes) this.dispatchEvent(new Event("cambio"));
  }

  /**
   * Cambia la sesión de la promotora por una llave propia del teléfono.
   * @param {string} nombre @param {string} csrf
   * @returns {Promise<string>} vacío si todo bien; si no, qué pasó
   */
  darDeAlta(nombre, csrf) {
    return this.#entrar("/api/v1/dispositivo", { nombre }, { "X-CSRFToken": csrf });
  }

  /** Con el código de la pantalla de la titular. @param {string} codigo @param {string} nombre @returns {Promise<string>} */
  darDeAltaConCodigo(codigo, nombre) {
    return this.#entrar("/api/v1/alta", { codigo, nombre });
  }

  /** @param {string} direccion @param {Record<string, string>} cuerpo @param {Record<string, string>} [cabeceras] */
  async #entrar(direccion, cuerpo, cabeceras) {
    const problema = await identidad.darDeAlta(this.bd, direccion, cuerpo, cabeceras);
    await this.#cambioDeIdentidad();
    return problema;
  }

  async #cambioDeIdentidad() {
    await this.#reconocerse();
    this.#otras?.postMessage("identidad");
    await this.#cambio();
  }

  /** La oficina dijo que este teléfono está de baja. */
  async #anotarBaja() {
    const yo = this.#yo.firmante?.dispositivo;
    if (!yo || this.deBaja) return;
    await identidad.anotarBaja(this.bd, yo);
    await this.#cambioDeIdentidad();
  }

  /** Lo dice también al retener lo que este teléfono firmó (lo de una identidad anterior no cuenta). */
  async #buscarBaja() {
    const yo = this.#yo.firmante?.dispositivo;
    const apartados = await cola.los(this.bd, "apartado");
    if (apartados.some(({ codigo, dispositivo }) => codigo === DE_BAJA && dispositivo === yo)) await this.#anotarBaja();
  }

  /** Baja eventos, encuestas y credenciales. Si falla, se queda lo que ya había. @returns {Promise<string>} */
  async descargar() {
    const pedida = Date.now();
    const { estado, datos } = await traer("/api/v1/paquete", this.token);
    if (estado === 401 && datos) {
      await this.olvidarLlave();
      return "Este teléfono necesita entrar otra vez. Lo que ya guardó sigue aquí.";
    }
    if (estado === 403 && datos?.error?.codigo === DE_BAJA) await this.#anotarBaja();
    if (estado === 200 && datos && Array.isArray(datos.eventos)) {
      const paquete = /** @type {Paquete} */ (/** @type {unknown} */ (datos));
      const bajadoEn = Date.now();
      await escribir(this.bd, "paquete", "vigente", { paquete, bajadoEn });
      this.#paquete = paquete;
      this.bajadoEn = bajadoEn;
      await this.#anotar({ horaServidor: paquete.hora_servidor, pedida });
      const dicho = { epoca: paquete.epoca, diaServidor: diaDe(paquete.hora_servidor), dia: diaLocal() };
      await cola.asentar(this.bd, new Map(), dicho);
      await cola.olvidarCuentas(this.bd, paquete.eventos.map(({ id }) => id));
      await this.promotoras.conciliar(paquete.promotoras);
      this.#sincronizador.volvio();
      return "";
    }
    if (estado === 0) return "No hay señal. Siga con lo que ya tiene descargado, o inténtelo donde haya señal.";
    if (datos?.error) return `${datos.error.mensaje} ${datos.error.que_hacer}`;
    return "La red contestó otra cosa, quizá pide aceptar sus condiciones. Ábrala en el navegador o use sus datos.";
  }

  /** Guarda, cifrados, los datos de una credencial que no los tenía. @param {string} huella @param {string} cifrado */
  async recordarCredencial(huella, cifrado) {
    const entrada = this.paquete().credenciales.lista.find(([de, datos]) => de === huella && datos === null);
    if (!entrada) return;
    entrada[1] = cifrado;
    await escribir(this.bd, "paquete", "vigente", { paquete: this.paquete(), bajadoEn: this.bajadoEn });
  }

  /** Olvida la llave (no los registros) para volver a entrar. */
  async olvidarLlave() {
    await escribir(this.bd, "ajustes", "token", null);
    await this.#cambioDeIdentidad();
  }

  /** @returns {Promise<Resultado>} */
  async #intentar() {
    const token = this.token;
    const quedan = this.resumen.guardado;
    if (!token) return { motivo: quedan ? "entrar" : "al_dia", enviados: 0, apartados: 0, quedan, esperar: 0 };
    const resultado = await enviarTodo(
      puertos(this.bd, {
        dia: diaLocal,
        mandar: (cuerpo) => mandarLote("/api/v1/lote", token, cuerpo),
        anotar: (datos) => this.#anotar(datos),
        hora: () => horaConZona(new Date()),
        reloj: () => Date.now(),
        app: this.version,
        almacen: () => this.espacio && { persiste: this.espacio.permanente, usado: this.espacio.usado },
        memoria: this.#memoria,
      }),
    );
    if (resultado.apartados) await this.#buscarBaja();
    if (resultado.motivo === "al_dia" && this.promotoras.tocaPreguntar()) void this.#confirmarTurno(token).catch(() => {});
    return resultado;
  }

  /** @param {string} token */
  async #confirmarTurno(token) {
    const { estado, datos } = await traer("/api/v1/turno", token);
    if (estado === 200) await this.promotoras.conciliar(datos?.promotoras);
  }

  /**
   * Guarda la diferencia de relojes, contando media ida y vuelta.
   * @param {{horaServidor: string | null, pedida: number}} datos
   */
  async #anotar({ horaServidor, pedida }) {
    const servidor = Date.parse(horaServidor ?? "");
    if (Number.isNaN(servidor)) return;
    this.#sesgo = Math.round((pedida + Date.now()) / 2 - servidor);
    await escribir(this.bd, "ajustes", "sesgo_ms", this.#sesgo);
  }
}
