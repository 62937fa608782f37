// Todo lo que una encuesta puede necesitar. Las de una asistente traen sólo lo suyo (recoleccion/vistas/juntos.py).

import "./todo.js";
import "./orden.js";
import "./pasos.js";
import "./vueltas.js";
import { motor } from "./motor.js";
import { Recorrido } from "./recorrido.js";

motor.Recorrido = Recorrido;
