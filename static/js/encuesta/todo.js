// Lo que no todas las encuestas usan para leer y evaluar, junto.

import "./fechas.js";
import "./leer_hora.js";
import "./leer_orden.js";
import "./patrones.js";
import "./raras.js";
import "./tipos.js";
