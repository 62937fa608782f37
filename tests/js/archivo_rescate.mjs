// Para pytest: de stdin, registros; a stdout, el archivo de rescate que haría el teléfono.

import { text } from "node:stream/consumers";
import { escribir } from "../../static/js/rescate/archivo.js";

const { registros, dia } = JSON.parse(await text(process.stdin));
process.stdout.write(await escribir(registros, dia));
