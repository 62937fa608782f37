// Una pregunta por pantalla en una encuesta sin reglas: los pasos, y nada de lo que evalúa.

import "../asistente/asistente.js";
import { alLlegar } from "./llegar.js";
import { Pasos } from "./pasos.js";
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
  poner = () => new Set();
  revisar = () => new Map();
  grupoRelevante = () => true;
  /** @param {boolean} conFicha */
  ponerFicha(conFicha) {
    this.conFicha = conFicha;
    return new Set();
  }
}

const motor = /** @type {any} */ ({ Pasos, Recorrido: SinReglas, juntar: () => [] });
alLlegar((caja) => animar(caja, {}, motor));
