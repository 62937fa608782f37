// Como condiciones.js, con las funciones y los tipos de raras.js y fechas.js.

import "./fechas.js";
import { alLlegar } from "./llegar.js";
import { Recorrido } from "./recorrido.js";
import { animar } from "./viva.js";

const motor = /** @type {any} */ ({ Recorrido, juntar: () => [] });
alLlegar((caja) => animar(caja, {}, motor));
export { Recorrido }; // para las pruebas
