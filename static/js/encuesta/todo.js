// Lo que no todas las encuestas usan, junto.

import "./fechas.js";
import "./leer_orden.js";
import "./raras.js";
import "./tipos.js";
