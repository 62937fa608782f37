// Todo lo que una encuesta puede necesitar. Las que menos piden traen un motor más chico: condiciones.js, una_a_una.js.

import { ordenar } from "./orden.js";
import { Pasos } from "./pasos.js";
import { Recorrido } from "./recorrido.js";
import { aLaVista, acomodarBotones, botones, juntar, quitar } from "./vueltas.js";

export const motor = { Pasos, Recorrido, ordenar, aLaVista, acomodarBotones, botones, juntar, quitar };
