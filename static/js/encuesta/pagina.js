// La página de una asistente cuando su encuesta tiene reglas.

import { alLlegar } from "./llegar.js";
import { motor } from "./motor.js";
import { animar } from "./viva.js";

alLlegar((caja) => animar(caja, {}, motor));
export { motor }; // para las pruebas
