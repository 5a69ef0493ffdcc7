"""`starter.py papers`: the papers of a case as PDF files, and the verification of a printed file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.client.session import with_client
from desk.commands.staff_options import case_number
from desk.files.files import bureau_key
from desk.language import say
from desk.print.titles import version_words
from desk.problems import BadInput, of_the_whole
from desk.screens.screen import JsonOption, console, print_json, table
from models.files.system_errors import why_not
from models.files.whole_file import whole_file

if TYPE_CHECKING:
    from desk.client.views.case import CaseView
    from desk.print.case_papers import PrintablePaper
    from desk.print.verifying import Verification

VERIFY = "verify"
PASSWORD_VARIABLE = "TRANSFER_SEAL_PASSWORD"


def papers(
    case: Annotated[str, typer.Argument(metavar="CASE|verify", help="A case number, or the word verify.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="With verify: a printed file.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Directory the files are written to.")] = None,
    seal: Annotated[
        Path | None,
        typer.Option(help=f"Seal each file with this PKCS #12 file; its password is {PASSWORD_VARIABLE}."),
    ] = None,
    dossier_at: Annotated[
        str, typer.Option("--bureau", help="Whose dossier to read once the case has ended.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Print every paper of a case as a PDF file, or verify a printed file against the register.

    Verify exits with 0 when the file is the paper as it is filed, and with 1 when it is not.
    """
    from desk.client.filed_cases import look_up_either

    _require_extra()
    if case == VERIFY:
        _verify(file, as_json)
        return
    if out is None or file is not None:
        raise BadInput(
            say(
                "Say where the files are to go: papers CASE --out DIRECTORY.",
                "请指定输出目录：papers 案号 --out 目录。",
            )
        )
    key = bureau_key(dossier_at) if dossier_at else ""
    case = case_number(case)
    view = with_client(lambda client: look_up_either(client, case, key))
    written = _write(view, out, seal)
    if as_json:
        print_json([_document(paper, path) for paper, path in written])
        return
    several = Counter(paper.title for paper, _ in written)
    shown = table(say("paper", "文书"), say("check code", "校验码"), say("file", "文件"), whole=(1, 2))
    for paper, path in written:
        named = say(f"{paper.title.en} 《{paper.title.zh}》", f"《{paper.title.zh}》")
        if several[paper.title] > 1:
            named += f" {version_words(paper.mark.version)}"
        shown.add_row(named, paper.mark.check, path.name)
    screen = console()
    screen.print(shown)
    screen.print(say(f"{len(written)} files in {out}", f"{len(written)} 个文件，位于 {out}"), markup=False)


def _require_extra() -> None:
    """Raises BadInput when the packages that `make print` installs are missing."""
    missing = [name for name in ("pyhanko", "pylopdf_fonts_zh_cn", "segno", "typst") if not find_spec(name)]
    if missing:
        listed = ", ".join(missing)
        raise BadInput(
            say(
                f"Printing needs a typesetter and fonts that are not installed ({listed}): run `make print`.",
                f"打印需要尚未安装的排版程序和字体（{listed}）：请运行 `make print`。",
            )
        )


def _write(view: CaseView, out: Path, seal: Path | None) -> Sequence[tuple[PrintablePaper, Path]]:
    """Write all files or none. Raises BadInput with every paper that cannot be printed."""
    from desk.print.case_papers import printable_papers
    from desk.print.glyphs import Unprintable

    printable, files, problems = printable_papers(view), [], []
    for paper in printable:
        try:
            files.append(_sealed(paper.pdf(), seal))
        except Unprintable as rare:
            listed = ", ".join(rare.code_points)
            title_en, title_zh = paper.title.en, paper.title.zh
            problems.append(of_the_whole(f"{title_en}: {listed}", f"《{title_zh}》：{listed}"))
    if problems:
        raise BadInput(
            say(
                "Nothing was printed: no font at hand has these characters:",
                "未打印：现有字体没有下列字符：",
            ),
            problems,
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = [(paper, out / paper.file_name) for paper in printable]
        for (_, path), raw in zip(written, files, strict=True):
            # The papers bear names and ID numbers: only the clerk may read them.
            path.touch(mode=0o600)
            path.write_bytes(raw)
    except OSError as error:
        raise BadInput(
            say(
                f"{out} cannot be written: {why_not(error).en}.",
                f"无法写入 {out}：{why_not(error).zh}。",
            )
        ) from None
    return written


def _sealed(printed: bytes, seal: Path | None) -> bytes:
    """The file, sealed if a certificate is named. Raises BadInput when that cannot be used."""
    import asyncio
    import os

    from desk.print.seals import BureauSeal, UnusableCertificate

    if seal is None:
        return printed
    try:
        return asyncio.run(BureauSeal(seal, os.environ.get(PASSWORD_VARIABLE, "").encode()).put_on(printed))
    except UnusableCertificate:
        raise BadInput(
            say(
                f"{seal} holds no key and certificate that {PASSWORD_VARIABLE} opens.",
                f"{seal} 中没有可用 {PASSWORD_VARIABLE} 打开的密钥和证书。",
            )
        ) from None


def _document(paper: PrintablePaper, path: Path) -> dict[str, Any]:
    mark = paper.mark
    return {
        "file": str(path),
        "kind": mark.kind,
        "version": mark.version,
        "bureau": mark.bureau,
        "digest": mark.digest,
        "en": paper.title.en,
        "zh": paper.title.zh,
    }


def _verify(file: Path | None, as_json: bool) -> None:
    from desk.print.verifying import verify

    if file is None:
        raise BadInput(say("Name the file: papers verify FILE.", "请指定文件：papers verify 文件。"))
    try:
        raw = whole_file(file)
    except OSError as error:
        raise BadInput(
            say(
                f"{file} cannot be read: {why_not(error).en}.",
                f"无法读取 {file}：{why_not(error).zh}。",
            )
        ) from None
    found = with_client(lambda client: verify(client, raw))
    if as_json:
        print_json(_verified(found))
    else:
        screen = console()
        screen.print(str(found.verdict.value), markup=False)
        screen.print(str(found.seal.words), markup=False)
        if found.mark:
            named = f"{found.title} {version_words(found.mark.version)}"
            screen.print(f"  {found.mark.case_no}  {named}", markup=False)
            screen.print(say("  check code ", "  校验码 ") + found.mark.check, markup=False)
    if not found.good:
        raise typer.Exit(1)


def _verified(found: Verification) -> dict[str, Any]:
    mark = found.mark
    return {
        "good": found.good,
        "verdict": found.verdict.name.lower(),
        "en": found.verdict.value.en,
        "zh": found.verdict.value.zh,
        "seal": found.seal,
        "case_no": mark.case_no if mark else None,
        "kind": mark.kind if mark else None,
        "version": mark.version if mark else None,
        "digest": mark.digest if mark else None,
    }
