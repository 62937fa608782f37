"""El catálogo de errores: un código, qué pasó, qué hacer y con qué estado HTTP se contesta.

Las frases las lee una promotora o quien administra, nunca quien programa: por eso viven todas aquí.
"""

from typing import NamedTuple

from .errores_seguridad import SEGURIDAD


class Entrada(NamedTuple):
    mensaje: str
    que_hacer: str
    http_status: int


CATALOGO: dict[str, Entrada] = {
    # La base y el disco
    "no_hay_base": Entrada(
        "No hay datos en la carpeta «{carpeta}».",
        "Prepare la carpeta con «jornada preparar», o indique otra con --datos.",
        503,
    ),
    "base_danada": Entrada(
        "El archivo de datos «{archivo}» está dañado y no se abrió.",
        "No lo borre. Guarde una copia aparte y recupere el último respaldo con «jornada restaurar».",
        503,
    ),
    "base_mas_nueva": Entrada(
        "El archivo de datos «{archivo}» es de una versión más nueva de este programa.",
        "Actualice el programa, o regrese a la base de antes: jornada restaurar --anterior. Los datos no se tocaron.",
        503,
    ),
    "disco_lleno": Entrada(
        "El disco está lleno: no se guardó nada de lo que se acaba de mandar.",
        "Libere espacio en la computadora. Lo que está en los teléfonos sigue ahí y se enviará solo.",
        507,
    ),
    "disco_falla": Entrada(
        "El disco no respondió: no se guardó nada de lo que se acaba de mandar.",
        "Revise el disco y haga un respaldo. Lo que está en los teléfonos sigue ahí y se enviará solo.",
        503,
    ),
    "base_ocupada": Entrada("La base de datos está ocupada.", "Espere unos segundos y vuelva a intentarlo.", 503),
    "base_sin_permiso": Entrada(
        "No hay permiso para escribir en el archivo de datos.", "Revise los permisos de la carpeta de datos.", 503
    ),
    "base_fallo": Entrada(
        "La base de datos no pudo guardar esto.",
        "Vuelva a intentarlo. Si sigue igual, avise a quien administra el sistema.",
        500,
    ),
    "respaldo_fallido": Entrada(
        "La copia de respaldo no quedó bien y se descartó.",
        "Revise que haya espacio en el disco y vuelva a intentarlo.",
        500,
    ),
    "respaldo_existe": Entrada(
        "Ya hay un archivo en «{archivo}».", "Elija otro nombre; un respaldo nunca se escribe encima de otro.", 409
    ),
    "respaldo_ilegible": Entrada(
        "El archivo «{archivo}» no es un respaldo completo de jornada, o está dañado.",
        "Pruebe con otro respaldo. No se cambió nada.",
        422,
    ),
    "carpeta_ocupada": Entrada(
        "La carpeta «{carpeta}» ya tiene algo adentro y no se tocó.",
        "Restaure en una carpeta nueva con --datos, o mueva la que hay a otro lugar.",
        409,
    ),
    # Cuentas y teléfonos
    "usuario_repetido": Entrada("Ya hay una cuenta con el usuario «{usuario}».", "Elija otro nombre de usuario.", 409),
    "usuario_vacio": Entrada("Falta el nombre de usuario.", "Escriba un nombre de usuario.", 422),
    "contrasena_corta": Entrada("La contraseña es muy corta.", "Use por lo menos 8 letras o números.", 422),
    "rol_desconocido": Entrada("Ese tipo de cuenta no existe.", "Use promotora, titular, analista o administra.", 422),
    "muchos_intentos": Entrada(
        "Hubo varias contraseñas equivocadas.", "Espere {espera}, o entre desde donde ya había entrado.", 429
    ),
    "cuenta_propia": Entrada(
        "Esa es su propia cuenta y sigue activa.", "Si ya no la va a usar, pídale a otra titular que la desactive.", 409
    ),
    "ultima_titular": Entrada(
        "Es la única titular activa, y su cuenta sigue así.",
        "Sin ella nadie podría entrar al panel a dar cuentas. Dé de alta o reactive a otra titular primero.",
        409,
    ),
    # La llave de la oficina
    "frase_corta": Entrada(
        "La frase es muy corta.",
        "Use por lo menos {minimo} letras: cuatro o más palabras sueltas se recuerdan bien.",
        422,
    ),
    "llave_ya_existe": Entrada(
        "La oficina ya tiene su llave.", "Recargue la página. Si no sabe la frase, use el código de recuperación.", 409
    ),
    "llave_no_existe": Entrada("Esa llave ya no es la de la oficina.", "Recargue la página y ábrala otra vez.", 409),
    "falta_llave": Entrada(
        "Falta la llave con que se guardan las fotos; no se guardó ninguna.",
        "Créela en «Llave de nombres» y súbalas otra vez.",
        409,
    ),
    # Fotos y otras evidencias
    "foto_grande": Entrada(
        "La foto pesa más de {megas} MB y no se guardó.",
        "Mándela en tamaño mediano, o tómele una captura de pantalla y suba la captura.",
        413,
    ),
    "foto_enorme": Entrada(
        "La foto tiene demasiados puntos para abrirla aquí, y no se guardó.",
        "Tómele una captura de pantalla y suba la captura.",
        422,
    ),
    "foto_heic": Entrada(
        "La foto está en HEIC, el formato del iPhone, y no se guardó.",
        "En el iPhone ábrala, toque «Compartir», «Opciones», «Más compatible», y súbala otra vez. Para las que siguen: "
        "Ajustes, Cámara, Formatos, «El más compatible».",
        415,
    ),
    "foto_tipo": Entrada(
        "Ese archivo no es una foto JPG, PNG o WebP, y no se guardó.",
        "Elija una foto. De un video o un PDF puede subir una captura de pantalla.",
        415,
    ),
    "foto_ilegible": Entrada(
        "La foto está dañada o llegó incompleta, y no se guardó.",
        "Ábrala en el teléfono: si ahí se ve, tómele una captura de pantalla y suba la captura.",
        422,
    ),
    "foto_espera": Entrada(
        "Se están preparando otras fotos en este momento; ésta no se guardó.",
        "Espere un minuto y súbala otra vez.",
        503,
    ),
    "fotos_sin_aviso": Entrada(
        "En este evento no consta que se avisó que habrá fotos; no se guardó ninguna.",
        "Si se avisó, dígalo en la página de evidencias del evento y súbalas otra vez. Si no se avisó, no las suba.",
        409,
    ),
    "evidencias_completas": Entrada(
        "Ya hay {maximo} evidencias guardadas, que es lo más que caben; ésta no se guardó.",
        "Quite las que sobren y súbala otra vez.",
        409,
    ),
    "evidencia_no_existe": Entrada("Esa evidencia no existe, o ya se quitó.", "Regrese a la página del evento.", 404),
    "evidencia_danada": Entrada(
        "El archivo de esa evidencia falta o está dañado.",
        "No lo borre. Puede estar entero en el último respaldo.",
        500,
    ),
    # Eventos
    "evento_no_existe": Entrada("Ese evento no existe.", "Regrese a la lista de eventos y búsquelo ahí.", 404),
    "evento_datos": Entrada("Al evento le falta o le sobra un dato: {detalle}.", "Revise los datos del evento.", 422),
    "linea_desconocida": Entrada(
        "La línea «{linea}» no está en el programa anual.", "Elija una línea de la lista del POA.", 422
    ),
    "instrumento_no_existe": Entrada("Esa encuesta no existe.", "Elija una encuesta de la lista.", 422),
    "instrumento_cambio": Entrada(
        "La encuesta «{instrumento}» ya existe con otras preguntas en la versión {version}.",
        "En la hoja settings, suba version a {siguiente}: una encuesta guardada no se cambia.",
        409,
    ),
    "instrumento_atrasado": Entrada(
        "La encuesta «{instrumento}» ya va más adelante que la versión {version}.",
        "En la hoja settings, suba version a {siguiente}.",
        409,
    ),
    "borrador_cambio": Entrada(
        "Alguien más la cambió mientras usted la veía.", "Vea cómo quedó y, si hace falta, repita su cambio.", 409
    ),
    "borrador_incompleto": Entrada(
        "A la encuesta todavía le falta algo.", "Corrija lo que se señala en cada pregunta y guárdela.", 422
    ),
    "borrador_igual": Entrada(
        "La encuesta está igual que la última versión guardada.", "Cámbiele algo, o descarte el borrador.", 422
    ),
    "encuesta_ya_contestada": Entrada(
        "En este evento ya hay quien contestó «{encuesta}».",
        "Se queda con su versión, para que sus respuestas se puedan sumar. La nueva sirve en los siguientes eventos.",
        409,
    ),
    "serie_no_existe": Entrada("Esa serie no existe.", "Regrese a la lista de series y búsquela ahí.", 404),
    "serie_sin_sesiones": Entrada(
        "La serie no tiene ninguna sesión de dónde copiar.", "Ponga antes un evento en ella, al editarlo.", 409
    ),
    "cambio_de_otra_persona": Entrada(
        "Otra persona guardó cambios aquí mientras usted lo veía.",
        "No se perdió nada. Vea cómo quedó y, si hace falta, repita su cambio.",
        409,
    ),
    "institucion_no_existe": Entrada(
        "Esa institución ya no está en el directorio.", "Recargue la página y elija una de la lista.", 422
    ),
    # Lo que llega en papel
    "hoja_ajena": Entrada(
        "Esa hoja ya se guardó, y es de otro evento.", "Vuelva al evento y empiece una hoja nueva.", 409
    ),
    "hoja_no_existe": Entrada("Esa hoja no existe.", "Búsquela en «Lo que llegó en papel», en su evento.", 404),
    "hoja_antes": Entrada(
        "El evento todavía no empieza: no puede haber hojas suyas.", "Revise su fecha, o espere a que se haga.", 409
    ),
    "nombres_sin_vencer": Entrada(
        "Los nombres de {anio} se guardan hasta el 31 de diciembre de {hasta}.", "Bórrelos después de ese día.", 409
    ),
    "transicion_invalida": Entrada(
        "Un evento {estado} no se puede {accion}.", "Vuelva a la página del evento y revise cómo está.", 409
    ),
    "programa_invalido": Entrada("Ese programa no está en la lista.", "Elija un programa de la lista.", 422),
    # Catálogos y archivos que se suben
    "catalogo_cambio": Entrada(
        "Alguien más cambió esta lista al mismo tiempo, y lo suyo no se guardó.",
        "Regrese a la lista, vea cómo quedó y repita su cambio.",
        409,
    ),
    "catalogo_ilegible": Entrada(
        "El archivo de un catálogo tiene algo mal. {detalle} Así no se puede usar.",
        "Ábralo en una hoja de cálculo, corríjalo y guárdelo como CSV UTF-8. Mientras, sigue valiendo el anterior.",
        409,
    ),
    "archivo_grande": Entrada("El archivo pesa más de {megas} MB y no se recibió.", "Suba uno más chico.", 413),
    "produccion_sin_telefono": Entrada(
        "El sistema está en producción y se quedaría sin el teléfono de la oficina, verificado y a la vista.",
        "No se cambió nada. Ponga primero el que lo sustituye, o regrese a «De prueba» en «Ajustes».",
        409,
    ),
    # Avisos, credenciales, publicación
    "sin_aviso": Entrada(
        "Todavía no hay un aviso de privacidad.", "Escríbalo en el panel, en «Aviso», antes de registrar a nadie.", 503
    ),
    "credencial_no_existe": Entrada("No hay una credencial con ese folio.", "Revise el folio, son 8 números.", 404),
    "linea_no_existe": Entrada("Esa línea del POA no existe.", "Elija una línea de la lista del POA.", 404),
    # Actividades
    "actividad_datos": Entrada(
        "A la actividad le falta o le sobra un dato: {detalle}.", "Revise lo que escribió.", 422
    ),
    "actividad_no_existe": Entrada(
        "Esa actividad no existe.", "Regrese a la lista de actividades y búsquela ahí.", 404
    ),
    "actividad_ya_anotada": Entrada("Ya se anotó, con otros datos.", "Búsquela en la lista y cámbiela.", 409),
    "actividad_quitada": Entrada("Otra persona quitó esta actividad.", "Si debe contar, vuelva a ponerla.", 409),
    "linea_repetida": Entrada("La línea {linea} ya está en el programa.", "Use otra clave o cambie esa línea.", 409),
    "linea_en_uso": Entrada(
        "La línea {linea} ya tiene eventos o actividades y no se quitó.",
        "Déjela sin meta, o quítela primero de esos registros.",
        409,
    ),
    "ejercicio_no_existe": Entrada("No está cargado el programa de {ejercicio}.", "Elija otro año.", 404),
    "ejercicio_ya_existe": Entrada("El programa de {ejercicio} ya está cargado.", "Ábralo y cámbielo ahí.", 409),
    "trimestre_no_existe": Entrada("Los trimestres van del 1 al 4.", "Elija uno en «Programa anual».", 404),
    "trimestre_cerrado": Entrada(
        "El {trimestre} trimestre de {ejercicio} ya está cerrado.",
        "Escriba por qué hace este cambio: queda anotado junto con él.",
        422,
    ),
    "trimestre_sin_terminar": Entrada(
        "El {trimestre} trimestre de {ejercicio} todavía no termina.", "Ciérrelo cuando haya pasado su último día.", 409
    ),
    "falta_justificacion": Entrada("Falta decir por qué.", "Escriba en una frase la razón del cambio: se anota.", 422),
    "lote_no_existe": Entrada("Ese lote de publicación no existe.", "Ciérrelo primero con «jornada publicar».", 404),
    "reloj_atrasado": Entrada(
        "El reloj de esta computadora dice que hoy es {hoy}, y la última publicación fue el {ultima}.",
        "No se publicó nada. Ponga la fecha y la hora de la computadora y repita.",
        409,
    ),
    "publicacion_en_curso": Entrada(
        "Ya se está publicando, en otra ventana o en otra terminal.", "Espere a que termine y vea cómo quedó.", 409
    ),
    "publicacion_cambio": Entrada(
        "Llegó algo nuevo después de lo que usted vio, y lo que se publicaría ya es otra cosa.",
        "No se publicó nada. Vuelva a ver lo que se publicaría y fírmelo.",
        409,
    ),
    "publicacion_sin_servicio": Entrada(
        "Desde aquí no se puede publicar.", "Atienda con «jornada servir», o use «jornada publicar».", 409
    ),
    "publicacion_nada": Entrada("No hay un periodo nuevo por publicar.", "Vea en la página cuándo toca.", 409),
    # La sincronización (el cuerpo completo; lo de cada registro está en protocolo/decision.py)
    "lote_ilegible": Entrada(
        "Lo que mandó el teléfono no se entiende.",
        "Sus registros siguen en el teléfono. Actualice la aplicación y vuelva a enviar.",
        400,
    ),
    "lote_grande": Entrada(
        "Son demasiados registros en un solo envío.",
        "Sus registros siguen en el teléfono y se enviarán en partes.",
        413,
    ),
    "token_invalido": Entrada(
        "Este teléfono ya no tiene permiso para enviar.",
        "Sus registros siguen en el teléfono. Entre de nuevo con su usuario y su contraseña.",
        401,
    ),
    "turno_no_coincide": Entrada(
        "El usuario o la contraseña no coinciden.",
        "Revíselos y vuelva a intentar. Sin entrar también se registra.",
        422,
    ),
    "turno_otro_papel": Entrada("Esa cuenta no registra en campo.", "Entre con la de una promotora.", 422),
    "dispositivo_revocado": Entrada(
        "La oficina dio de baja este teléfono.",
        "Lo que guardó no se borra: envíelo y la titular decide si se cuenta. Para seguir, pídale un código nuevo.",
        403,
    ),
    "codigo_de_alta": Entrada(
        "Ese código no sirve: ya se usó, pasaron sus diez minutos o le falta una letra.",
        "Revise las letras. Si están bien, pida otro código a la titular.",
        422,
    ),
    "alta_no_existe": Entrada("Ese código de alta no existe.", "Pida otro en «Teléfonos».", 404),
    "llave_invalida": Entrada(
        "Este teléfono no pudo hacer su llave para firmar.",
        "Actualice el navegador y vuelva a intentarlo; lo guardado sigue en el teléfono.",
        422,
    ),
    "rescate_ajeno": Entrada(
        "Ese archivo no es de rescate de jornada, o está cortado desde el principio.",
        "Pida otra vez el archivo que hace el teléfono. No se tomó nada de éste.",
        422,
    ),
    "rescate_mas_nuevo": Entrada(
        "Ese archivo de rescate es de una versión más nueva de este programa.",
        "Actualice el programa en esta computadora y súbalo otra vez. No se tomó nada de él.",
        422,
    ),
    "rescate_grande": Entrada(
        "Ese archivo es demasiado grande: un archivo de rescate mide hasta {megas} MB.",
        "Revise que sea el que hizo el teléfono. No se tomó nada de él.",
        413,
    ),
    # Teléfonos con ODK Collect o KoboCollect
    "openrosa_permiso": Entrada(
        "Este teléfono no tiene permiso para enviar aquí.",
        "Lo contestado sigue en el teléfono. Pida a la titular que lo agregue otra vez y escanee su código.",
        403,
    ),
    "openrosa_sin_formulario": Entrada(
        "Ese formulario no es de esta oficina, o es de un evento que aquí no está.",
        "No lo borre del teléfono y avise a la titular.",
        404,
    ),
    "openrosa_ilegible": Entrada(
        "Lo que llegó no es un formulario que se entienda; no se guardó nada.",
        "Lo contestado sigue en el teléfono. Actualice la aplicación y vuelva a enviar.",
        400,
    ),
    "openrosa_sin_numero": Entrada(
        "El formulario no trae su número (instanceID); no se guardó nada.",
        "Lo contestado sigue en el teléfono. Baje otra vez el formulario de esta oficina.",
        400,
    ),
    "openrosa_cifrado": Entrada(
        "El formulario llegó cifrado con una llave que aquí no existe; no se guardó nada.",
        "Baje el formulario de esta oficina, que no lleva cifrado propio, y conteste en él.",
        400,
    ),
    "openrosa_edicion": Entrada(
        "Lo enviado no se corrige: lo contestado ya está en la urna y nadie puede saber cuál es.",
        "Si se equivocó al registrar a una persona, dígalo a la titular.",
        400,
    ),
    "openrosa_adjuntos": Entrada(
        "Aquí no se reciben fotos, audios ni archivos; no se guardó nada.",
        "Lo contestado sigue en el teléfono. Baje otra vez el formulario de esta oficina, que no los pide.",
        415,
    ),
    "openrosa_vueltas": Entrada(
        "El formulario repite unas preguntas más veces de las que se pueden guardar; no se guardó nada.",
        "Quite las que sobran y vuelva a enviar.",
        400,
    ),
    "openrosa_grande": Entrada(
        "El formulario es demasiado grande; no se guardó nada.",
        "Lo contestado sigue en el teléfono. Avise a la titular.",
        413,
    ),
    # Los informes
    "informe_no_existe": Entrada("Ese informe no está guardado.", "Búsquelo en «Informes».", 404),
    "informe_alterado": Entrada(
        "Los datos de este informe ya no dan la huella con que se guardó: alguien tocó el archivo de datos.",
        "No lo use. Recupere un respaldo y compare con la huella que va al pie de la copia firmada.",
        500,
    ),
    "registro_invalido": Entrada("Falta un dato o uno no es válido.", "Revise lo que escribió.", 422),
} | {codigo: Entrada(*frases) for codigo, frases in SEGURIDAD.items()}


class ErrorJornada(Exception):
    """Un error que se puede explicar.

    :param codigo: llave de :data:`CATALOGO`.
    :param datos: lo que llena los huecos de las frases (nunca datos de una persona).
    """

    def __init__(self, codigo: str, **datos: object) -> None:
        entrada = CATALOGO[codigo]
        self.codigo = codigo
        self.mensaje = entrada.mensaje.format(**datos)
        self.que_hacer = entrada.que_hacer.format(**datos)
        self.http_status = entrada.http_status
        super().__init__(f"{self.mensaje} {self.que_hacer}")
