// Un teléfono para el modelo: los módulos de verdad sobre IndexedDB de mentiras, y un aparato que puede morir
// entre dos instrucciones cualesquiera.
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { Almacen } from "../../../static/js/almacen.js";
import { guardar, todos } from "../../../static/js/cola.js";
import { crearSincronizador, enviarTodo, memoriaNueva, puertos } from "../../../static/js/sincronizar.js";

globalThis.IDBKeyRange = IDBKeyRange;

/** Cuántas operaciones de disco o de red le quedan a una pestaña. */
export class Vida {
  quedan = Infinity;
  get muerta() {
    return this.quedan <= 0;
  }
  /** @param {IDBTransaction} [tx] la que muere a medias se deshace */
  paso(tx) {
    if (this.muerta || --this.quedan <= 0) {
      this.quedan = 0;
      try {
        tx?.abort();
      } catch {
        // ya había terminado: quedó en el disco y nadie lo supo
      }
      throw new Error("El teléfono se apagó.");
    }
  }
}

/** Cuenta cada petición que se le hace a un cajón o a un índice. @param {any} cosa @param {IDBTransaction} tx @param {Vida} vida @returns {any} */
function contada(cosa, tx, vida) {
  return new Proxy(cosa, {
    get(_, nombre) {
      const valor = cosa[nombre];
      if (typeof valor !== "function") return valor;
      return (/** @type {any[]} */ ...a) => {
        vida.paso(tx);
        return nombre === "index" ? contada(valor.apply(cosa, a), tx, vida) : valor.apply(cosa, a);
      };
    },
  });
}

class AlmacenMortal extends Almacen {
  /** @param {IDBFactory} fabrica @param {Vida} vida */
  constructor(fabrica, vida) {
    super();
    this.fabrica = fabrica;
    this.vida = vida;
  }

  /** @returns {Promise<any>} */
  async conexion() {
    globalThis.indexedDB = this.fabrica;
    const bd = await super.conexion();
    const { vida } = this;
    return {
      transaction(/** @type {any} */ cajones, /** @type {any} */ modo) {
        vida.paso();
        const tx = bd.transaction(cajones, modo);
        return new Proxy(tx, {
          get: (_, nombre) => {
            if (nombre === "objectStore") return (/** @type {string} */ n) => contada(tx.objectStore(n), tx, vida);
            const valor = /** @type {any} */ (tx)[nombre];
            return typeof valor === "function" ? valor.bind(tx) : valor;
          },
          set: (_, nombre, valor) => Reflect.set(tx, nombre, valor, tx),
        });
      },
    };
  }
}

/** Deja la base como la hacía la primera versión. @param {IDBFactory} fabrica @returns {Promise<void>} */
export function baseVieja(fabrica) {
  return new Promise((listo, falla) => {
    const peticion = fabrica.open("jornada", 1);
    peticion.onupgradeneeded = () => {
      peticion.result.createObjectStore("cola", { keyPath: "id" });
      peticion.result.createObjectStore("paquete");
      peticion.result.createObjectStore("ajustes");
    };
    peticion.onsuccess = () => listo(peticion.result.close());
    peticion.onerror = () => falla(peticion.error);
  });
}

export class Pestana {
  vida = new Vida();
  /** @type {{que: () => void, cuando: number} | null} */ cronometro = null;

  /** @param {Aparato} aparato */
  constructor(aparato) {
    this.aparato = aparato;
    this.almacen = new AlmacenMortal(aparato.fabrica, this.vida);
    const { mundo } = aparato;
    const de_verdad = puertos(this.almacen, {
      dia: () => new Date(aparato.reloj()).toISOString().slice(0, 10),
      mandar: (cuerpo) => this.mandar(cuerpo),
      anotar: async () => {},
      hora: () => "",
      reloj: () => aparato.reloj(),
      app: "modelo",
      memoria: memoriaNueva(),
    });
    const p = mundo.defecto?.puertos?.(de_verdad, this) ?? de_verdad;
    this.sincronizador = crearSincronizador({
      intentar: () => enviarTodo(p),
      azar: () => 0.5,
      alCambiar: () => {},
      mundo: {
        reloj: () => aparato.reloj(),
        poner: (que, ms) => (this.cronometro = { que, cuando: aparato.reloj() + ms }),
        quitar: () => (this.cronometro = null),
        candado: (trabajo) => aparato.conCandado(trabajo),
        alVolver: () => {},
      },
    });
  }

  /** @param {string} cuerpo */
  async mandar(cuerpo) {
    const { aparato } = this;
    this.vida.paso();
    aparato.mandando += 1;
    if (aparato.mandando > 1) aparato.mundo.males.push("dos pestañas mandaron a la vez");
    try {
      await new Promise(setImmediate);
      const respuesta = aparato.mundo.pasaPorLaRed(cuerpo);
      this.vida.paso(); // murió con la respuesta en camino
      return respuesta;
    } finally {
      aparato.mandando -= 1;
    }
  }

  /** @param {string} id @param {string} sobre @returns {Promise<boolean>} si alcanzó a decir «Guardado» */
  async guardar(id, sobre) {
    const hace = this.aparato.mundo.defecto?.guardar ?? guardar;
    try {
      await hace(this.almacen, { id, sobre, evento: "e" }, { personas: 1 });
    } catch {
      return false;
    }
    if (this.vida.muerta) return false;
    this.sincronizador.pronto();
    return true;
  }
}

export class Aparato {
  fabrica = new IDBFactory();
  mandando = 0;
  desfase = 0;
  ocupado = false;
  /** @type {Pestana[]} */ pestanas = [];
  /** @type {Map<string, number> | undefined} lo usa un defecto plantado */ nacio;

  /** @param {import("./mundo.mjs").Mundo} mundo */
  constructor(mundo) {
    this.mundo = mundo;
  }

  reloj() {
    return this.mundo.servidor.hora + this.desfase;
  }

  encender() {
    this.mandando = 0;
    this.ocupado = false;
    this.pestanas = [new Pestana(this), new Pestana(this)];
  }

  /** Los candados de un proceso que muere se sueltan solos. @template T @param {() => Promise<T>} trabajo @returns {Promise<T | null>} */
  async conCandado(trabajo) {
    if (this.mundo.defecto?.sinCandado) return trabajo();
    if (this.ocupado) return null;
    this.ocupado = true;
    try {
      return await trabajo();
    } finally {
      this.ocupado = false;
    }
  }

  /** @returns {Promise<EnCola[]>} lo que hay en el disco */
  enDisco() {
    return todos(new AlmacenMortal(this.fabrica, new Vida()));
  }
}
