// Una pregunta por pantalla en una encuesta con reglas, sin vueltas ni orden.

import "./fechas.js";
import { alLlegar } from "./llegar.js";
import { Pasos } from "./pasos.js";
import { Recorrido } from "./recorrido.js";
import { animar } from "./viva.js";

const motor = /** @type {any} */ ({ Pasos, Recorrido, juntar: () => [] });
alLlegar((caja) => animar(caja, {}, motor));
