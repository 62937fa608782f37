// Lo que hace falta para una encuesta con reglas; sin ellas, una pregunta por pantalla no lo trae.

import { ordenar } from "./orden.js";
import { Recorrido } from "./recorrido.js";
import { aLaVista, acomodarBotones, botones, juntar, quitar } from "./vueltas.js";

export const motor = { Recorrido, ordenar, aLaVista, acomodarBotones, botones, juntar, quitar };
