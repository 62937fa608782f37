// Un servidor de mentiras con la regla de verdad (recoleccion/protocolo/): decide por id y huella, guarda y luego acusa.

/** @typedef {import("../../../static/js/sincronizar.js").Respuesta} Respuesta */
/** @typedef {{recibido: Map<string, string>, cuarentena: Map<string, string>, hora: number}} Respaldo */

const DIA = 86_400_000;
const JSON_ = "application/json";

/** Lo que un sobre trae adentro aquí: «persona|maña|sal». La maña dice qué problema da. @param {string} sobre */
export const abrir = (sobre) => ({ persona: sobre.split("|")[0], mana: sobre.split("|")[1] });

export class Servidor {
  /** @type {Map<string, string>} id → sobre */ recibido = new Map();
  /** @type {Map<string, string>} «id sobre» → sobre */ cuarentena = new Map();
  /** @type {Respaldo | null} */ respaldo = null;
  /** @type {string[]} cuerpos que andan perdidos en la red y llegarán tarde */ enCamino = [];
  /** @type {Respuesta | null} */ anterior = null;
  epoca = 1;
  arreglado = false;
  hora = Date.parse("2026-11-23T18:00:00Z");

  /** @param {string} cuerpo @returns {Respuesta} */
  atender(cuerpo) {
    const { registros } = JSON.parse(cuerpo);
    const manas = registros.map((/** @type {{sobre: string}} */ r) => abrir(r.sobre).mana);
    if (!this.arreglado && manas.includes("tumba")) return { estado: 500, tipo: "text/html", cuerpo: "<h1>500</h1>" };
    if (!this.arreglado && manas.includes("rompe")) return error(400, "lote_ilegible");
    if (!this.arreglado && manas.includes("enorme")) return { estado: 413, tipo: "text/html", cuerpo: "Too Large" };
    const acuses = registros.map((/** @type {{id: string, sobre: string}} */ r) => ({ id: r.id, ...this.#tomar(r) }));
    const dicho = { version: 1, epoca: `e${this.epoca}`, hora_servidor: new Date(this.hora).toISOString(), acuses };
    return { estado: 200, tipo: JSON_, cuerpo: JSON.stringify(dicho) };
  }

  /** @param {{id: string, sobre: string}} registro */
  #tomar({ id, sobre }) {
    const conocido = this.recibido.get(id);
    if (conocido === sobre) return { estado: "repetido" };
    const codigo = conocido ? "otro_contenido" : !this.arreglado && abrir(sobre).mana === "ajeno" ? "evento_desconocido" : null;
    if (codigo) {
      this.cuarentena.set(`${id} ${sobre}`, sobre);
      return { estado: conocido ? "conflicto" : "retenido", codigo, mensaje: "Se guardó para revisarlo." };
    }
    this.recibido.set(id, sobre);
    this.cuarentena.delete(`${id} ${sobre}`);
    return { estado: "aceptado" };
  }

  respaldar() {
    this.respaldo = { recibido: new Map(this.recibido), cuarentena: new Map(this.cuarentena), hora: this.hora };
  }

  /** Vuelve del último respaldo, con otra época. Lo prometido son treinta días. */
  restaurar() {
    if (!this.respaldo || this.hora - this.respaldo.hora > 29 * DIA) return;
    this.recibido = new Map(this.respaldo.recibido);
    this.cuarentena = new Map(this.respaldo.cuarentena);
    this.epoca += 1;
  }

  llegaLoAtrasado() {
    for (const cuerpo of this.enCamino.splice(0)) this.atender(cuerpo);
  }

  /** Cuántas veces está cada persona, contando lo que espera en la cuarentena. @returns {Map<string, number>} */
  personas() {
    /** @type {Map<string, number>} */
    const veces = new Map();
    for (const sobre of [...this.recibido.values(), ...this.cuarentena.values()]) {
      const { persona } = abrir(sobre);
      veces.set(persona, (veces.get(persona) ?? 0) + 1);
    }
    return veces;
  }
}

/** @param {number} estado @param {string} codigo @param {string | null} [esperar] @returns {Respuesta} */
export function error(estado, codigo, esperar = null) {
  const cuerpo = JSON.stringify({ version: 1, error: { codigo, mensaje: "Qué pasó.", que_hacer: "Qué hacer." } });
  return { estado, tipo: JSON_, cuerpo, esperar };
}

/** @type {Respuesta} */
const NADA = { estado: 0, tipo: null, cuerpo: "" };

/** Lo que la red hace con un envío. @type {Record<string, (s: Servidor, cuerpo: string) => Respuesta>} */
export const RED = {
  bien: (s, cuerpo) => (s.anterior = s.atender(cuerpo)),
  pierde_el_envio: () => NADA,
  pierde_la_respuesta: (s, cuerpo) => (s.atender(cuerpo), NADA),
  vence_el_tiempo: (s, cuerpo) => (s.atender(cuerpo), { ...NADA, vencio: true }),
  llega_dos_veces: (s, cuerpo) => (s.atender(cuerpo), s.atender(cuerpo)),
  llega_tarde: (s, cuerpo) => (s.enCamino.push(cuerpo), NADA),
  corta: (s, cuerpo) => {
    const r = s.atender(cuerpo);
    return { ...r, cuerpo: r.cuerpo.slice(0, Math.floor(r.cuerpo.length * 0.7)) };
  },
  contesta_lo_anterior: (s, cuerpo) => (s.atender(cuerpo), s.anterior ?? NADA),
  portal: () => ({ estado: 200, tipo: "text/html", cuerpo: "<h1>Acepte los términos</h1>" }),
  portal_json: () => ({ estado: 200, tipo: JSON_, cuerpo: '{"ok":true}' }),
  entrar: () => error(401, "token_invalido"),
  prohibido: () => ({ estado: 403, tipo: "text/html", cuerpo: "" }),
  despacio: () => error(429, "base_ocupada", "120"),
  ocupado: () => error(503, "base_ocupada", "30"),
  truena: () => ({ estado: 500, tipo: "text/html", cuerpo: "" }),
  truena_despues: (s, cuerpo) => (s.atender(cuerpo), { estado: 502, tipo: "text/html", cuerpo: "" }),
  disco_lleno: () => error(507, "disco_lleno"),
  no_cabe: (s, cuerpo) => (cuerpo.length > 600 ? { estado: 413, tipo: "text/html", cuerpo: "" } : s.atender(cuerpo)),
  acusa_a_medias: (s, cuerpo) => {
    const { registros } = JSON.parse(cuerpo);
    return s.atender(JSON.stringify({ registros: registros.filter((/** @type {any} */ _, /** @type {number} */ i) => i % 2) }));
  },
  se_contradice: (s, cuerpo) => {
    const r = s.atender(JSON.stringify({ registros: [] })); // no guardó nada y dice de todo
    const { registros } = JSON.parse(cuerpo);
    const acuses = registros.flatMap((/** @type {{id: string}} */ { id }) => [{ id, estado: "aceptado" }, { id, estado: "retenido" }]);
    return { ...r, cuerpo: JSON.stringify({ ...JSON.parse(r.cuerpo), acuses }) };
  },
};
