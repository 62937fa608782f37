// Todo lo que una encuesta puede necesitar. Las de una asistente traen sólo lo suyo (recoleccion/vistas/juntos.py).

import "./todo.js";
import { desmarcarDeOrden, ordenar } from "./orden.js";
import { Pasos } from "./pasos.js";
import { Recorrido } from "./recorrido.js";
import { aLaVista, acomodarBotones, botones, juntar } from "./vueltas.js";

export const motor = { Pasos, Recorrido, ordenar, desmarcarDeOrden, aLaVista, acomodarBotones, botones, juntar };
