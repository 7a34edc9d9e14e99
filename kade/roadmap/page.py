"""The whole page: one file that needs no network, reads on a phone, and prints on A4."""

from __future__ import annotations

from html import escape

from kade.roadmap.chapters import chapters
from kade.roadmap.essentials import essentials
from kade.roadmap.figures import Roadmap
from kade.roadmap.words import Words

_STYLE = """
:root{--ink:#1b1b1b;--accent:#01538f;--pale:#eef3f8;--line:#c6d0da}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1rem 1.25rem 3rem;color:var(--ink);background:#fff;
font:1.05rem/1.55 system-ui,"Segoe UI",sans-serif}
h1{font-size:1.9rem;line-height:1.2;color:var(--accent);margin:.6rem 0}
h2{font-size:1.45rem;color:var(--accent);border-bottom:3px solid var(--accent);padding-bottom:.2rem;
margin:2.2rem 0 1rem}
h3{font-size:1.15rem;margin:1.5rem 0 .4rem}
h4{font-size:1.02rem;margin:.2rem 0}
p{margin:.4rem 0 .7rem;max-width:44rem}
.big{font-size:1.25rem;font-weight:600}
.source,.made{font-size:.9rem;color:#444}
nav ol{columns:2;padding-left:1.4rem}
a{color:var(--accent)}
a:focus,.wide:focus{outline:3px solid #a8480c;outline-offset:2px}
.wide{overflow-x:auto;margin:.6rem 0 1.2rem}
table{border-collapse:collapse;width:100%;font-size:.93rem;hyphens:auto}
caption.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);font-weight:400}
thead th{background:var(--pale);font-weight:600}
tbody th{font-weight:600}
.number{text-align:right}
td.number{white-space:nowrap}
figure{margin:1rem 0}
figcaption{font-size:.9rem;color:#444}
svg{width:100%;height:auto;max-width:46rem}
.meter{height:1.1rem;background:var(--pale);border:1px solid var(--line);max-width:30rem}
.meter span{display:block;height:100%;background:var(--accent)}
.decision{border-left:5px solid var(--accent);background:var(--pale);padding:.6rem 1rem;margin:.8rem 0}
.decision.late{border-color:#a8480c}
@media (max-width:40rem){body{padding:.6rem .8rem;font-size:1rem}h1{font-size:1.5rem}nav ol{columns:1}}
@media screen and (max-width:40rem){
.wide table,.wide tbody,.wide tr,.wide th,.wide td{display:block}
.wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.wide tr{border-bottom:1px solid var(--line);padding:.4rem 0}
.wide tbody th,.wide tbody td{border:0;padding:.1rem 0;text-align:left;white-space:normal}
.wide td::before{content:attr(data-head) ": ";color:#444}
}
@media print{
@page{size:A4;margin:11mm 14mm}
body{max-width:none;padding:0;font-size:10.5pt}
nav{display:none}
#essentials{break-after:page;font-size:8.7pt;line-height:1.26}
#essentials h2{margin:.2rem 0;font-size:13pt}
#essentials h3{margin:.28rem 0 0;font-size:10pt}
#essentials p,#essentials ul{margin:.05rem 0 .15rem;max-width:none}
#essentials .source{font-size:7.2pt}
#essentials .wide{margin:.1rem 0 .15rem}
#essentials .meter{height:.5rem}
#essentials .big{font-size:9.6pt}
#essentials table{font-size:7.9pt}
#essentials td,#essentials th{padding:.05rem .3rem}
h1{font-size:16pt;margin:0}
.made{margin:0;font-size:8.5pt;max-width:none}
.source{font-size:8pt}
h2,h3,h4{break-after:avoid}
figure,tr,p,.decision,.short{break-inside:avoid}
thead{display:table-header-group}
.wide{overflow:visible}
table{font-size:8.6pt}
th,td{padding:.2rem .35rem}
a{color:inherit;text-decoration:none}
}
"""


def page(map_: Roadmap, say: Words) -> str:
    """The roadmap as HTML."""
    title, parts = say("title", name=map_.name), chapters(map_, say)
    contents = "".join(f"<li><a href='#{key}'>{escape(name)}</a></li>" for key, name, _body in parts)
    return (
        f"<!doctype html><html lang='{say.language}'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(title)}</h1>"
        f"<p class='made'>{escape(say('made', today=map_.today))}</p></header><main>{essentials(map_, say)}"
        f"<nav aria-labelledby='contents'><h2 id='contents'>{escape(say('toc'))}</h2><ol>{contents}</ol></nav>"
        f"{''.join(body for _key, _name, body in parts)}</main></body></html>\n"
    )
