// El mundo del modelo: dos teléfonos, un servidor, una red que hace de las suyas y la cuenta de lo que se prometió.
import { Aparato, baseVieja, Pestana } from "./telefono.mjs";
import { RED, Servidor } from "./servidor.mjs";

const HORA = 3_600_000;
const DIA = 24 * HORA;

/** @typedef {{que: string, telefono: number, pestana: number, n: number, red: string, mana: string}} Paso */
/** @typedef {{nombre: string, da: "perdidas" | "dobles" | "males", puertos?: (p: any, pestana: import("./telefono.mjs").Pestana) => any, guardar?: any, sinCandado?: boolean}} Defecto */

export class Mundo {
  servidor = new Servidor();
  /** @type {string[]} lo que no debía pasar */ males = [];
  /** @type {Set<string>} personas de las que el teléfono dijo «Guardado» */ dichas = new Set();
  /** @type {string[]} lo que la red hará con los siguientes envíos */ tiempo = [];
  cuantos = 0;
  envios = 0;
  muertes = 0;

  /** @param {Defecto | null} [defecto] uno plantado a propósito */
  constructor(defecto = null) {
    this.defecto = defecto;
    this.aparatos = [new Aparato(this), new Aparato(this)];
  }

  async empezar() {
    await baseVieja(this.aparatos[1].fabrica); // uno viene de la primera versión
    for (const aparato of this.aparatos) aparato.encender();
  }

  /** @param {string} cuerpo */
  pasaPorLaRed(cuerpo) {
    this.envios += 1;
    return RED[this.tiempo.shift() ?? "bien"](this.servidor, cuerpo);
  }

  /** @param {Paso} paso */
  async dar({ que, telefono, pestana, n, red, mana }) {
    const aparato = this.aparatos[telefono];
    const tab = aparato.pestanas[pestana];
    if (que === "guardar") await this.#guardar(tab, mana);
    else if (que === "dos_toques") await this.#guardar(tab, mana, 2);
    else if (que === "enviar") await this.#enviar(aparato, [tab]);
    else if (que === "enviar_las_dos") await this.#enviar(aparato, aparato.pestanas);
    else if (que === "red") this.tiempo.push(...Array(1 + (n % 3)).fill(red));
    else if (que === "morir_pronto") tab.vida.quedan = 1 + n;
    else if (que === "reiniciar") aparato.encender();
    else if (que === "esperar") await this.#esperar(n * 60_000);
    else if (que === "dias") await this.#esperar((1 + (n % 12)) * DIA);
    else if (que === "reloj") aparato.desfase = [0, -DIA, DIA, 400 * DIA, -20_000 * DIA][n % 5];
    else if (que === "respaldar") this.servidor.respaldar();
    else if (que === "restaurar") this.servidor.restaurar();
    else if (que === "llega_lo_atrasado") this.servidor.llegaLoAtrasado();
    this.#revivir(aparato);
  }

  /** La pestaña que murió se vuelve a abrir; la otra sigue. @param {Aparato} aparato */
  #revivir(aparato) {
    this.muertes += aparato.pestanas.filter(({ vida }) => vida.muerta).length;
    aparato.pestanas = aparato.pestanas.map((tab) => (tab.vida.muerta ? new Pestana(aparato) : tab));
  }

  /**
   * La promotora registra a una persona. El id nace al abrir el formulario; otro toque lo sella otra vez.
   * @param {import("./telefono.mjs").Pestana} tab @param {string} mana @param {number} [toques]
   */
  async #guardar(tab, mana, toques = 1) {
    const persona = `p${this.cuantos++}`;
    const id = `id-${persona}`;
    const sobres = Array.from({ length: toques }, (_, i) => `${persona}|${mana}|${i}`);
    const dijo = await Promise.all(sobres.map((sobre) => tab.guardar(id, sobre)));
    if (dijo.some(Boolean)) this.dichas.add(persona);
  }

  /** @param {Aparato} aparato @param {import("./telefono.mjs").Pestana[]} pestanas */
  async #enviar(aparato, pestanas) {
    await Promise.all(pestanas.map(({ sincronizador }) => sincronizador.ahora()));
    this.#revivir(aparato);
  }

  /** Pasa el tiempo; lo que estaba programado se hace a su hora. @param {number} ms */
  async #esperar(ms) {
    this.servidor.hora += ms;
    for (const aparato of this.aparatos) {
      for (const tab of aparato.pestanas) {
        if (tab.cronometro && tab.cronometro.cuando <= aparato.reloj()) {
          tab.cronometro = null;
          await this.#enviar(aparato, [tab]);
        }
      }
      this.#revivir(aparato);
    }
  }

  /** Vuelve la calma: hay red, la oficina arregló lo suyo y cada teléfono se abre dos días seguidos. */
  async calma() {
    this.tiempo = [];
    this.servidor.llegaLoAtrasado();
    this.servidor.arreglado = true;
    for (let dia = 0; dia < 2; dia++) {
      this.servidor.hora += DIA;
      for (const aparato of this.aparatos) {
        aparato.desfase = 0;
        aparato.encender();
        for (let i = 0; i < 3; i++) await aparato.pestanas[0].sincronizador.ahora();
      }
    }
  }

  /** @returns {Promise<{perdidas: string[], dobles: string[], males: string[]}>} */
  async cuentas() {
    const males = [...this.males];
    for (const aparato of this.aparatos) {
      const sinEntregar = (await aparato.enDisco()).filter(({ estado }) => estado !== "enviado");
      if (sinEntregar.length) males.push(`quedaron ${sinEntregar.length} sin entregar`);
    }
    const veces = this.servidor.personas();
    const perdidas = [...this.dichas].filter((persona) => !veces.get(persona));
    const dobles = [...veces].filter(([, n]) => n > 1).map(([persona]) => persona);
    return { perdidas, dobles, males };
  }

  /** Pasados los treinta días de lo entregado, y con el servidor a la vista, no queda nada en el teléfono. */
  async cuantosQuedanDespuesDeUnMes() {
    this.servidor.hora += 32 * DIA;
    let quedan = 0;
    for (const aparato of this.aparatos) {
      aparato.encender();
      await aparato.pestanas[0].sincronizador.ahora();
      quedan += (await aparato.enDisco()).length;
    }
    return quedan;
  }
}
