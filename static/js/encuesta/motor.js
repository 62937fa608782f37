// Todo lo que una encuesta puede necesitar. Las que menos piden traen un motor más chico (formularios/dibujo.py).

import "./fechas.js";
import { desmarcarDeOrden, ordenar } from "./orden.js";
import { Pasos } from "./pasos.js";
import { Recorrido } from "./recorrido.js";
import { aLaVista, acomodarBotones, botones, juntar } from "./vueltas.js";

export const motor = { Pasos, Recorrido, ordenar, desmarcarDeOrden, aLaVista, acomodarBotones, botones, juntar };
