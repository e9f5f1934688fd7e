"""What in a returned file could act on whoever opens it: each is named, and a clean form has none."""

import pytest

from automation.documents import source_hazards
from automation.documents.form_reader import FormsReader
from automation.documents.ole_file import hazards_of_doc
from automation.documents.word_hazards import HAZARDS, of_field
from automation.documents.word_package import open_word

from .form_samples import DOCUMENT, audit_form, blank, filled, meant, replaced, with_parts
from .returned_samples import doc, odt

RELATIONS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
WORD_RUN = "<w:p><w:r>{}</w:r></w:p>"


def with_relation(kind: str, target: str, outside: bool = False, part: str = RELATIONS) -> bytes:
    """The filled form with one more relation."""
    mode = ' TargetMode="External"' if outside else ""
    relation = f'<Relationship Id="rX" Type="{kind}" Target="{target}"{mode}/>'
    return replaced(filled(), "</Relationships>", f"{relation}</Relationships>", part)


def with_part(name: str, content: bytes = b"x") -> bytes:
    return with_parts(filled(), lambda parts: {**parts, name: content})


def with_content_type(kind: str) -> bytes:
    override = f'<Override PartName="/x.bin" ContentType="{kind}"/></Types>'
    return replaced(filled(), "</Types>", override, "[Content_Types].xml")


def with_body(xml: str, content: bytes = b"") -> bytes:
    return replaced(content or filled(), "<w:body>", f"<w:body>{xml}")


def field(*runs: str) -> str:
    """A field whose code is split over these runs."""
    begin, separate, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
    codes = "".join(run if run.startswith("<") else f"<w:instrText>{run}</w:instrText>" for run in runs)
    return WORD_RUN.format(f"{begin}{codes}{separate}<w:t>shown</w:t>{end}")


def nested(code: str, shown: str = "") -> str:
    begin, separate, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
    return f"{begin}<w:instrText>{code}</w:instrText>{separate}<w:t>{shown}</w:t>{end}"


def with_header_field(code: str) -> bytes:
    return replaced(filled(), "</w:hdr>", f"{field(code)}</w:hdr>", "word/header1.xml")


FOOTNOTES = (
    '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    f"<w:footnote>{field('DDEAUTO x')}</w:footnote></w:footnotes>"
).encode()


def with_footnote_field() -> bytes:
    content = with_relation(OFFICE + "footnotes", "footnotes.xml")
    return with_parts(content, lambda parts: {**parts, "word/footnotes.xml": FOOTNOTES})


NEVER_ENDED = '<w:fldChar w:fldCharType="begin"/><w:instrText>DDE x</w:instrText>'
FOUND: list[tuple[str, bytes]] = [
    ("macros", with_part("word/vbaProject.bin")),
    ("macros", with_relation(MICROSOFT + "vbaProject", "anything.bin")),
    ("macros", with_content_type("application/vnd.ms-office.vbaProject")),
    ("an embedded object", with_part("word/embeddings/oleObject1.bin")),
    ("an embedded object", with_relation(OFFICE + "oleObject", "x.bin")),
    ("an embedded object", with_relation(OFFICE + "package", "x.xlsx")),
    ("an embedded object", with_body(field("EMBED Excel.Sheet.12"))),
    ("a DDE field", with_body(field("DDEAUTO c:\\\\windows\\\\x"))),
    ("a DDE field", with_body(field(" D", "DE", " excel"))),
    ("a DDE field", with_body('<w:p><w:fldSimple w:instr=" dde excel x"/></w:p>')),
    ("a DDE field", with_body(field(nested("QUOTE 68 68 69 65 85 84 79"), " c:\\\\x"))),
    ("a DDE field", with_body(field("D", nested("QUOTE 68"), "E x"))),
    ("a DDE field", with_body(field("IF 1=1 ", nested("DDE x"), " no"))),
    ("a DDE field", with_body(WORD_RUN.format(NEVER_ENDED))),
    ("a DDE field", with_body(field("<w:delInstrText>DDE x</w:delInstrText>"))),
    ("a DDE field", with_header_field("DDE x")),
    ("a DDE field", with_footnote_field()),
    ("a remote template", with_relation(OFFICE + "attachedTemplate", "https://x.example/t.dotm", True)),
    ("a remote template", with_relation(OFFICE + "attachedTemplate", "file://server/share/t.dotm", True)),
    ("a remote template", with_relation(OFFICE + "attachedTemplate", "\\\\server\\share\\t.dotm", True)),
    ("a document drawn in from elsewhere", with_relation(OFFICE + "aFChunk", "chunk.html")),
    ("a document drawn in from elsewhere", with_relation(OFFICE + "subDocument", "part.docx", True)),
    ("a document drawn in from elsewhere", with_relation(OFFICE + "frame", "https://x.example/", True)),
    ("a document drawn in from elsewhere", with_body(field("INCLUDETEXT \\\\server\\x.docx"))),
    ("a document drawn in from elsewhere", with_body(field("LINK Excel.Sheet.12 c:\\x.xlsx"))),
    ("a linked picture", with_relation(OFFICE + "image", "https://x.example/1.png", True)),
    ("a linked picture", with_body(field("INCLUDEPICTURE https://x.example/1.png"))),
    ("an ActiveX control", with_part("word/activeX/activeX1.xml")),
    ("an ActiveX control", with_relation(OFFICE + "control", "x.xml")),
]  # fmt: skip


@pytest.mark.parametrize(("hazard", "content"), FOUND, ids=[f"{h} {n}" for n, (h, _) in enumerate(FOUND)])
def test_a_hazard_is_named(hazard: str, content: bytes) -> None:
    assert open_word(content).hazards == (hazard,)


def test_every_hazard_has_been_tried() -> None:
    assert {hazard for hazard, _ in FOUND} == HAZARDS


CLEAN = [
    filled(),
    blank(),
    with_relation(OFFICE + "hyperlink", "https://brackenshire.example/", True),
    with_relation(OFFICE + "attachedTemplate", "file:///C:\\Users\\Maud\\Templates\\Report.dotm", True),
    with_relation(OFFICE + "attachedTemplate", "Normal.dotm", True),
    with_relation(OFFICE + "image", "media/image1.png"),
    with_part("word/media/image1.png"),
    with_body(field("PAGE")),
    with_body(field('HYPERLINK "https://brackenshire.example/"')),
    with_body(field("DATE \\@ d")),
    with_body(WORD_RUN.format("<w:t>The DDE link and the INCLUDETEXT field were explained to me.</w:t>")),
]


@pytest.mark.parametrize("content", CLEAN)
def test_a_clean_file_has_none(content: bytes) -> None:
    assert open_word(content).hazards == ()


def test_hazards_are_told_with_the_reading_in_order_and_the_answers_are_still_read() -> None:
    content = with_body(field("DDE x"), with_relation(OFFICE + "oleObject", "x.bin"))
    reading = FormsReader((audit_form(),)).read(content)
    assert reading.hazards == ("a DDE field", "an embedded object")
    assert {key: answer.value for key, answer in reading.answers.items()} == meant(audit_form())


def test_a_hazard_in_a_strict_file_and_in_utf_16_is_found_too() -> None:
    strict = replaced(
        with_relation("http://purl.oclc.org/ooxml/officeDocument/relationships/aFChunk", "c.html"),
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert open_word(strict).hazards == ("a document drawn in from elsewhere",)
    wide = with_parts(
        with_body(field("DDE x")),
        lambda parts: {**parts, DOCUMENT: parts[DOCUMENT].decode().split("?>")[-1].encode("utf-16")},
    )
    assert open_word(wide).hazards == ("a DDE field",)


def test_comments_come_with_the_package() -> None:
    content = with_relation(OFFICE + "comments", "comments.xml")
    note = b'<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    package = open_word(with_parts(content, lambda parts: {**parts, "word/comments.xml": note}))
    assert package.comments is not None
    assert open_word(filled()).comments is None


@pytest.mark.parametrize("code", ["", " ", "1 2", "PAGE", "DDEX", '"', "\\* MERGEFORMAT"])
def test_other_field_codes_are_harmless(code: str) -> None:
    assert of_field(code) == ""


def test_an_old_word_file_tells_its_macros_objects_and_fields() -> None:
    assert hazards_of_doc(doc()) == set()
    assert hazards_of_doc(doc(words=b"The \x13 PAGE \x14 and the macros")) == set()
    assert hazards_of_doc(doc(Macros={"VBA": {"dir": b"x"}})) == {"macros"}
    assert hazards_of_doc(doc(ObjectPool={"_123": {"Ole": b"x"}})) == {"an embedded object"}
    assert hazards_of_doc(doc(words=b'\x13 DDEAUTO c:\\x "y" \x14')) == {"a DDE field"}
    assert hazards_of_doc(doc(words="\x13 INCLUDETEXT x \x14".encode("utf-16-le"))) == {
        "a document drawn in from elsewhere"
    }


@pytest.mark.parametrize(
    ("body", "hazard"),
    [
        ('<draw:image xlink:href="https://x.example/1.png"/>', "a linked picture"),
        ('<draw:image xlink:href="../1.png"/>', ""),
        ('<draw:image xlink:href="file:///home/maud/1.png"/>', "a linked picture"),
        ('<draw:image xlink:href="/home/maud/1.png"/>', "a linked picture"),
        ('<draw:image xlink:href="Pictures/1.png"/>', ""),
        ('<text:section-source xlink:href="file:///etc/passwd"/>', "a document drawn in from elsewhere"),
        ('<text:section-source text:section-name="Here"/>', ""),
        ('<office:dde-source office:dde-topic="x"/>', "a DDE field"),
        ('<draw:object xlink:href="./Object 1"/>', "an embedded object"),
        ('<script:event-listener script:event-name="dom:load"/>', "macros"),
        ('<meta:template xlink:href="https://x.example/t.ott"/>', "a remote template"),
        ('<meta:template xlink:href="/C:/Users/Maud/Templates/t.ott"/>', ""),
        ('<text:a xlink:href="https://brackenshire.example/">link</text:a>', ""),
    ],
)
def test_an_opendocument_file_tells_what_it_draws_in(body: str, hazard: str) -> None:
    assert source_hazards.in_opendocument(odt(body)) == ({hazard} if hazard else set())


def test_an_opendocument_file_tells_its_macros_and_objects_by_their_folders() -> None:
    assert source_hazards.in_opendocument(odt("", "text", ("Basic/Standard/A.xml", b"x"))) == {"macros"}
    assert source_hazards.in_opendocument(odt("", "text", ("Scripts/python/a.py", b"x"))) == {"macros"}
    assert source_hazards.in_opendocument(odt("", "text", ("Object 1/content.xml", b"x"))) == {
        "an embedded object"
    }


@pytest.mark.parametrize(
    ("words", "hazard"),
    [
        (b"{\\object\\objemb{\\*\\objdata 0105}}", "an embedded object"),
        (b"{\\object\\objocx{\\*\\objdata 0105}}", "an ActiveX control"),
        (b"{\\*\\template https://x.example/t.dotm}", "a remote template"),
        (b"{\\*\\template C:\\\\Templates\\\\t.dotm}", ""),
        (b"{\\field{\\*\\fldinst {\\rtlch DDE}{\\b AUTO} x}{\\fldrslt y}}", "a DDE field"),
        (b"{\\field{\\*\\fldinst INCLUDEPICTURE x}{\\fldrslt y}}", "a linked picture"),
        (b"{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt DDE}}", ""),
    ],
)
def test_an_rtf_file_tells_its_objects_template_and_fields(words: bytes, hazard: str) -> None:
    found = source_hazards.in_rtf(b"{\\rtf1 " + words + b"}")
    assert hazard in found if hazard else found == set()


def test_a_web_page_tells_its_frames_and_linked_pictures() -> None:
    assert source_hazards.in_web_page(b'<html><a href="https://x.example"><img src="1.png">') == set()
    assert source_hazards.in_web_page(b'<html><IMG alt="" SRC=https://x.example/1.png>') == {
        "a linked picture"
    }
    assert source_hazards.in_web_page(b'<html><iframe src="x">') == {"a document drawn in from elsewhere"}
