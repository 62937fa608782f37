/** Los datos que cruzan módulos. Sólo tipos: nada de aquí llega al teléfono. */

/** Un registro sellado en la cola. No dice qué es: ni tipo, ni hora, ni orden. */
interface EnCola {
  id: string;
  sobre: string;
  evento: string;
  /** El teléfono que lo hizo y su firma; faltan si se capturó antes de tener con qué firmar. */
  dispositivo?: string;
  firma?: string;
  /** guardado: espera envío · enviado: con acuse · apartado: el servidor lo recibió pero necesita que alguien lo revise */
  estado: "guardado" | "enviado" | "apartado";
  /** Veces que se empezó a mandar; se anota antes. Con acuse vuelve a cero. */
  intentos: number;
  codigo?: string | null;
  mensaje?: string | null;
  /** Día (AAAA-MM-DD) en que el servidor contestó por él. */
  enviado_el?: string;
}

/** El espacio del teléfono: si prometió no borrar y qué por ciento lleva usado; nulo: no lo dice. */
interface Almacenado {
  persiste: boolean | null;
  usado: number | null;
}

/** Lo que un acuse decide de un registro. */
interface Destino {
  estado: EnCola["estado"];
  codigo: string | null;
  mensaje: string | null;
}

type Motivo =
  | "acuse" | "sin_red" | "lento" | "cortado" | "portal" | "entrar" | "muy_grande" | "no_es_lote" | "servidor" | "telefono";

interface Interpretacion {
  motivo: Motivo;
  /** Mandar otra vez en mitades: el servidor no pudo con el lote entero. */
  partir: boolean;
  destinos: Map<string, Destino>;
  epoca: string | null;
  hora_servidor: string | null;
}

interface Registro {
  v: 1;
  id: string;
  tipo: "asistencia" | "conteo" | "contestacion" | "anulacion";
  evento: string;
  hora: string | null;
  sesgo_ms: number | null;
  /** La cuenta de quien registró, si lo dijo; nunca en una contestación. */
  promotora?: string;
  datos: Record<string, unknown>;
}

/** Lo que va en el sobre que sólo la oficina abre. */
interface Identidad {
  nombre: string | null;
  telefono: string | null;
}

interface Demograficos {
  sexo: string;
  edad: string;
  procedencia: string;
}

interface EncuestaDelPaquete {
  instrumento: string;
  version: number;
  titulo: string;
  minutos: number;
  duracion: string;
  lleva_ficha: boolean;
  edad_minima: number | null;
  html: string;
  cierre: string;
  /** Los otros idiomas: código, nombre, preguntas y cierre. */
  idiomas?: [string, string, string, string][];
}

interface EventoDelPaquete {
  id: string;
  clave: string;
  titulo: string;
  tipo: string;
  tema: string;
  fecha: string;
  hora_inicio: string;
  hora_fin: string;
  sede: string;
  situacion: string;
  pide: { nombre: boolean; telefono: boolean; procedencia: boolean };
  autorizacion_escolar: boolean;
  /** Lo que se lee además del aviso si habrá fotos; un paquete de antes no lo trae. */
  aviso_fotos?: string | null;
  encuestas: EncuestaDelPaquete[];
}

/** [verificador, datos cifrados | null, revocada 0|1, folio] */
type EntradaCredencial = [string, string | null, number, string?];

interface ListaCredenciales {
  sal: string;
  lista: EntradaCredencial[];
}

interface Paquete {
  version: number;
  epoca: string;
  hora_servidor: string;
  app: string;
  clave_servidor: string;
  /** Para sellar nombres y teléfonos; sin ella no se preguntan. Falta en un paquete de antes. */
  clave_oficina?: string | null;
  aviso: { version: number; simplificado: string; integral: string; leido: string };
  catalogos: { sexo: [string, string][]; edad: [string, string][]; procedencia: [string, string][] };
  /** Las palabras que existen en las fichas de papel. */
  fichas: string[];
  ayuda: { nombre: string; servicio: string; telefono: string; horario: string | null }[];
  eventos: EventoDelPaquete[];
  credenciales: ListaCredenciales;
  /** Quiénes pueden registrar: cuenta y marca. Falta en un paquete de antes. */
  promotoras?: [string, string][];
}

/** Cuántas personas lleva este teléfono en un evento; ``celdas`` sólo del contador («M|18-29»). */
interface Cuenta {
  total: number;
  celdas: Record<string, number>;
}

interface BarcodeDetector {
  detect(imagen: CanvasImageSource | ImageData | Blob): Promise<{ rawValue: string }[]>;
}
interface ConstructorBarcodeDetector {
  new (opciones: { formats: string[] }): BarcodeDetector;
  getSupportedFormats(): Promise<string[]>;
}
declare var BarcodeDetector: ConstructorBarcodeDetector | undefined;
