// Una encuesta en una página del panel: todo lo que puede necesitar, y nada de lo que manda sin sesión.

import { alLlegar } from "./llegar.js";
import "./todo_vivo.js";
import { motor } from "./motor.js";
import { animar } from "./viva.js";

alLlegar((caja) => animar(caja, {}));
export { motor }; // para las pruebas
