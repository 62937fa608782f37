"""Lo que una página le cuesta a un teléfono la primera vez: bytes por la red, peticiones y guion que se interpreta."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, CDPSession


@dataclass
class Peso:
    """``bytes``: lo que llegó, con cabeceras y comprimido. ``guion``: letras de JavaScript que el navegador leyó."""

    por_peticion: dict[str, int] = field(default_factory=dict)
    guion: int = 0
    en_camino: set[str] = field(default_factory=set)

    @property
    def bytes(self) -> int:
        return sum(self.por_peticion.values())

    @property
    def peticiones(self) -> int:
        return len(self.por_peticion)


def pesar(navegador: Browser, direccion: str) -> Peso:
    """Una primera visita, sin nada guardado, hasta que ya no espera nada."""
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    try:
        pagina = contexto.new_page()
        cdp = contexto.new_cdp_session(pagina)
        peso = escuchar(cdp, direccion.split("/", 3)[2])
        pagina.goto(direccion, wait_until="load")
        quieta = 0
        while quieta < 3:
            pagina.wait_for_timeout(50)
            quieta = 0 if peso.en_camino else quieta + 1
        return peso
    finally:
        contexto.close()


def escuchar(cdp: CDPSession, sitio: str) -> Peso:
    """Anota lo que la página pida y los guiones de ``sitio`` que lea, desde ahora."""
    peso, de = Peso(), {}

    def pedida(suceso: dict) -> None:
        anterior = suceso.get("redirectResponse")
        if anterior:
            peso.por_peticion[f"{suceso['requestId']} {anterior['url']}"] = anterior["encodedDataLength"]
        de[suceso["requestId"]] = suceso["request"]["url"]
        peso.en_camino.add(suceso["requestId"])

    def llegada(suceso: dict) -> None:
        url = de.get(suceso["requestId"], "")
        if url.startswith("http"):
            peso.por_peticion[f"{suceso['requestId']} {url}"] = int(suceso["encodedDataLength"])

    def terminada(suceso: dict) -> None:
        peso.en_camino.discard(suceso["requestId"])

    def leido(suceso: dict) -> None:
        if sitio in suceso["url"]:
            peso.guion += suceso["length"]

    cdp.on("Network.requestWillBeSent", pedida)
    cdp.on("Network.loadingFinished", llegada)
    cdp.on("Network.loadingFinished", terminada)
    cdp.on("Network.loadingFailed", terminada)
    cdp.on("Debugger.scriptParsed", leido)
    cdp.send("Network.enable")
    cdp.send("Debugger.enable")
    return peso
