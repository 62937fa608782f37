// Una pregunta por pantalla en una encuesta sin reglas: los pasos, y nada de lo que evalúa.

import "../asistente/asistente.js";
import { alLlegar } from "./llegar.js";
import { motor } from "./motor.js";
import "./pasos.js";
import { animar } from "./viva.js";

/** Un recorrido donde todo viene al caso y nada está mal. */
class SinReglas {
  porClave = new Map();
  grupos = new Map();
  opciones = new Map();
  /** @param {unknown} _reglas @param {unknown} _crudo @param {{conFicha?: boolean}} ajustes */
  constructor(_reglas, _crudo, { conFicha = false }) {
    this.conFicha = conFicha;
  }
  poner() {}
  revisar = () => new Map();
  grupoRelevante = () => true;
  /** @param {boolean} conFicha */
  ponerFicha(conFicha) {
    this.conFicha = conFicha;
  }
}

motor.Recorrido = /** @type {any} */ (SinReglas);
alLlegar((caja) => animar(caja, {}));
